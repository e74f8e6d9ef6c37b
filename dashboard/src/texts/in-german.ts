// All that is loaded for German.
export { germanActions as actions } from "./german-actions.ts";
export { germanPersonalData as personalData } from "./german-personal-data.ts";
export { germanRefusals as refusals } from "./german-refusals.ts";
export { german as texts } from "./german.ts";
