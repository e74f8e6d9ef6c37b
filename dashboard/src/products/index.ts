// The product that these pages are of: the page says which catalog is loaded (`scripts/build/pages.mjs` writes it in).
import { factOf } from "../page-facts.ts";
import { language, type Language } from "../settings.ts";
import * as coaching from "./coaching/index.ts";
import * as neutral from "./neutral/index.ts";
import type { CatalogFacts, Product, ProductShape, ProductTexts } from "./product.ts";
import * as starterKit from "./starter-kit/index.ts";
import * as voiceTraining from "./voice-training/index.ts";
import * as voip from "./voip/index.ts";
import * as wellness from "./wellness/index.ts";

const KNOWN: Partial<Record<string, { shape: ProductShape; english: ProductTexts; german: ProductTexts }>> = {
  coaching, "starter-kit": starterKit, "voice-training": voiceTraining, voip, wellness, "wellness-organizations": wellness,
};

export function productOf(catalog: CatalogFacts, spoken: Language): Product {
  const { shape, english, german } = KNOWN[catalog.id] ?? { shape: neutral.shape, english: neutral.english(catalog), german: neutral.german(catalog) };
  return { name: catalog.name, currency: catalog.currency, adminsMayBill: catalog.adminsMayBill, hasPackages: catalog.hasPackages, hasCalls: catalog.hasCalls, ...shape, ...(spoken === "de" ? german : english) };
}

export const product: Product = productOf(factOf<CatalogFacts>("catalog") ?? { id: "", name: "Tallygate", plans: [], currency: "usd", adminsMayBill: false, hasPackages: true, hasCalls: true }, language());
