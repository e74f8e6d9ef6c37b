// All that is loaded for English. What the API says of refusals, erased data and what has happened is English already.
export { english as texts } from "./english.ts";
export const refusals: Record<string, string> = {};
export const actions: Record<string, string> = {};
export const personalData: Record<string, string> = {};
