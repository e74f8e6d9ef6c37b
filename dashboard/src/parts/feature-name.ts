import { format } from "@tallygate/client/vue";
import { limit } from "../format.ts";
import { clientTexts } from "../texts/index.ts";

/** `voice_minutes`: "Voice minutes", unless the product has a name for it. */
export const featureName = (feature: string): string => format.featureName(feature, clientTexts.features);

/** A config's value: `read_only` is "Read only"; a number is as the reader writes it. */
export function configValue(value: unknown): string {
  if (typeof value === "number") return limit(value);
  return featureName(String(value));
}
