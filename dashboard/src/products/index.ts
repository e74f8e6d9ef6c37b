// The product that these pages are of: the page says which catalog is loaded (`scripts/build/pages.mjs` writes it in). The texts of
// other products are not loaded.
import { factOf } from "../page-facts.ts";
import { language } from "../settings.ts";
import type { CatalogFacts, Product, ProductShape, ProductTexts } from "./product.ts";

interface Known {
  shape: ProductShape;
  english: ProductTexts;
  german: ProductTexts;
}

const KNOWN: Partial<Record<string, () => Promise<Known>>> = {
  coaching: () => import("./coaching/index.ts"),
  "starter-kit": () => import("./starter-kit/index.ts"),
  "voice-training": () => import("./voice-training/index.ts"),
  voip: () => import("./voip/index.ts"),
  wellness: () => import("./wellness/index.ts"),
  "wellness-organizations": () => import("./wellness/index.ts"),
};

const NO_CATALOG: CatalogFacts = { id: "", name: "Tallygate", plans: [], currency: "usd", adminsMayBill: false, hasPackages: true, hasCalls: true };

const catalog = factOf<CatalogFacts>("catalog") ?? NO_CATALOG;
const { shape, english, german } = await (KNOWN[catalog.id]?.() ?? neutral());
const { name, currency, adminsMayBill, hasPackages, hasCalls } = catalog;

export const product: Product = { name, currency, adminsMayBill, hasPackages, hasCalls, ...shape, ...(language() === "de" ? german : english) };

/** A catalog without texts of its own gets those that can be made of it. */
async function neutral(): Promise<Known> {
  const made = await import("./neutral/index.ts");
  return { shape: made.shape, english: made.english(catalog), german: made.german(catalog) };
}
