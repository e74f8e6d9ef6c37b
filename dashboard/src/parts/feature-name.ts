import { format } from "@tallygate/client/vue";
import { clientTexts } from "../texts/index.ts";

/** `voice_minutes`: "Voice minutes", unless the product has a name for it. */
export const featureName = (feature: string): string => format.featureName(feature, clientTexts.features);
