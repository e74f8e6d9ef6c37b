// "Firefox on Linux", of what a browser says of itself.
import type { Texts } from "../texts/texts.ts";

/** A name, and what tells of it. */
type Signs = readonly (readonly [string, RegExp])[];

// In this order: most browsers name the ones that they are like, too.
const BROWSERS: Signs = [
  ["Edge", /\bEdgA?\//],
  ["Opera", /\bOPR\//],
  ["Firefox", /\b(Firefox|FxiOS)\b/],
  ["Chrome", /\b(Headless)?(Chrome|CriOS)\//],
  ["Safari", /\bSafari\b/],
];
const SYSTEMS: Signs = [
  ["Android", /\bAndroid\b/],
  ["iOS", /\b(iPhone|iPad)\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMac OS X\b/],
  ["Linux", /\bLinux\b/],
];

export function browserName(userAgent: string | null, texts: Texts): string {
  if (userAgent === null || userAgent === "") return texts.unknownBrowser;
  const find = (names: Signs): string | undefined => names.find(([, sign]) => sign.test(userAgent))?.[0];
  const browser = find(BROWSERS);
  const system = find(SYSTEMS);
  // A product may send a name of its own in place of the header.
  if (browser === undefined) return /^[\w .-]{1,60}$/.test(userAgent) ? userAgent : texts.unknownBrowser;
  return system === undefined ? browser : texts.browserOn(browser, system);
}
