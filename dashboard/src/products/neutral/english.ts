import type { CatalogFacts, ProductTexts } from "../product.ts";

/** What can be said of a product of which only its name and its plans are known. */
export function english({ name, plans: [first = "", ...others] }: CatalogFacts): ProductTexts {
  const points = [`Begin with ${first}`, ...others.map((plan) => `${plan} when you need more`)].slice(0, 3);
  return {
    features: {},
    tagline: name,
    landings: {
      individuals: { title: `${name} for one person`, text: "Choose a plan, and change it whenever you want to.", points },
      freelancers: { title: `${name} for freelancers`, text: "What you need today, and more of it tomorrow.", points },
      consultants: { title: `${name} for consultants`, text: "A plan that goes along with each engagement.", points },
    },
  };
}
