// The texts of this visit: its language, and the names that the product's features have in it.
import { english as clientEnglish, german as clientGerman } from "@tallygate/client/vue";
import { product } from "../products/index.ts";
import { language } from "../settings.ts";
import { english, type DashboardTexts } from "./english.ts";
import { german } from "./german.ts";

const spoken = language();
const clientsOwn = spoken === "de" ? clientGerman : clientEnglish;

export const texts: DashboardTexts = spoken === "de" ? german : english;

/** What the client package's components say. */
export const clientTexts = {
  ...clientsOwn,
  features: { ...clientsOwn.features, ...Object.fromEntries(Object.entries(product.features).map(([feature, name]) => [feature, name[spoken]])) },
};
