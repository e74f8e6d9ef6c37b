// The texts of this visit's language; those of the other one are not loaded.
import { language } from "../settings.ts";

export const { texts, refusals, actions, personalData } = language() === "de" ? await import("./in-german.ts") : await import("./in-english.ts");
