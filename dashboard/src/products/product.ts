// What the pages say and show of one product. What it costs and gives is in its catalog alone.

/** The same in each language. */
export interface Said {
  en: string;
  de: string;
}

/** A figure of the overview, of one meter's period or of what was told of sessions (`account/analytics`). */
export type Figure =
  | { kind: "score" | "used" | "streak" | "recent" | "projected"; meter: string }
  | { kind: "sessions" | "minutes" | "averageMinutes" | "completion" };

export interface Landing {
  title: Said;
  text: Said;
  points: Said[];
}

export interface Product {
  name: string;
  /** What the overview's chart is of; undefined where it is of sessions. */
  chart: string | undefined;
  /** Four, the most telling first. */
  figures: Figure[];
  hasPackages: boolean;
  /** Whether calls are logged. */
  hasCalls: boolean;
  /** Names of features that are not just their words. */
  features: Record<string, Said>;
  tagline: Said;
  landings: Record<"individuals" | "freelancers" | "consultants", Landing>;
}

export const said = (en: string, de: string): Said => ({ en, de });
