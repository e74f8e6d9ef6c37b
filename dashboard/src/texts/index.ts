// The texts of this visit: its language, and the names that the product's features have in it.
import { english, format, german, type Texts } from "@tallygate/client/vue";
import { product } from "../products/index.ts";
import { language } from "../settings.ts";
import { actions, personalData, refusals, texts } from "./spoken.ts";

const clientsOwn = language() === "de" ? german : english;

/** What the client package's components say. */
export const clientTexts: Texts = {
  ...clientsOwn,
  features: { ...clientsOwn.features, ...product.features },
  refusals: { ...clientsOwn.refusals, ...refusals },
};

/** What has happened, by what the audit log calls it; what the operator did is called as what anybody does. */
export function actionName(action: string): string {
  const known = action.replace(/^operator\./, "");
  return actions[known] ?? format.featureName(known, {});
}

/** What the pages say; and what a deletion erases, by what the API calls it. */
export { personalData, texts };
