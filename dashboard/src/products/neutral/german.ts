import type { CatalogFacts, ProductTexts } from "../product.ts";

/** What can be said of a product of which only its name and its plans are known. */
export function german({ name, plans: [first = "", ...others] }: CatalogFacts): ProductTexts {
  const points = [`Mit ${first} beginnen`, ...others.map((plan) => `${plan}, wenn Sie mehr brauchen`)].slice(0, 3);
  return {
    features: {},
    tagline: name,
    landings: {
      individuals: { title: `${name} für eine Person`, text: "Einen Tarif wählen, und ihn wechseln, wann immer Sie wollen.", points },
      freelancers: { title: `${name} für Freiberufler`, text: "Was Sie heute brauchen, und morgen mehr davon.", points },
      consultants: { title: `${name} für Berater`, text: "Ein Tarif, der jeden Auftrag mitgeht.", points },
    },
  };
}
