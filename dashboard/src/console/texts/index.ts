import { language } from "../../settings.ts";
import { english, type ConsoleTexts } from "./english.ts";
import { german } from "./german.ts";

/** What the staff's pages say in this visit's language. */
export const said: ConsoleTexts = language() === "de" ? german : english;
