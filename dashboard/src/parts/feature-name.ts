import { clientTexts } from "../texts/index.ts";

/** `voice_minutes`: "Voice minutes", unless the product has a name for it. */
export function featureName(feature: string): string {
  const named = (clientTexts.features as Record<string, string>)[feature];
  const words = feature.replace(/[_.-]+/g, " ");
  return named ?? words.charAt(0).toUpperCase() + words.slice(1);
}
