// The texts of this visit: its language, and the names that the product's features have in it.
import { english as clientEnglish, format, german as clientGerman, type Texts } from "@tallygate/client/vue";
import { product } from "../products/index.ts";
import { language } from "../settings.ts";
import { english, type DashboardTexts } from "./english.ts";
import { germanActions } from "./german-actions.ts";
import { germanPersonalData } from "./german-personal-data.ts";
import { germanRefusals } from "./german-refusals.ts";
import { german } from "./german.ts";

const isGerman = language() === "de";
const clientsOwn = isGerman ? clientGerman : clientEnglish;

export const texts: DashboardTexts = isGerman ? german : english;

/** What the client package's components say. */
export const clientTexts: Texts = {
  ...clientsOwn,
  features: { ...clientsOwn.features, ...product.features },
  refusals: isGerman ? { ...clientsOwn.refusals, ...germanRefusals } : clientsOwn.refusals,
};

/** What a deletion erases, by what the API calls it. */
export const personalData: Partial<Record<string, string>> = isGerman ? germanPersonalData : {};

/** What has happened, by what the audit log calls it; what the operator did is called as what anybody does. */
export function actionName(action: string): string {
  const known = action.replace(/^operator\./, "");
  return (isGerman ? germanActions[known] : undefined) ?? format.featureName(known, {});
}
