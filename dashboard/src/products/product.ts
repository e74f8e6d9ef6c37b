// What the pages show and say of one product. What it costs and gives is in its catalog alone.

/** A figure of the overview, of one meter's period or of what was told of sessions (`account/analytics`). */
export type Figure =
  | { kind: "score" | "used" | "streak" | "recent" | "projected"; meter: string }
  | { kind: "sessions" | "minutes" | "averageMinutes" | "completion" };

export type Audience = "individuals" | "freelancers" | "consultants";

export interface Landing {
  title: string;
  text: string;
  points: string[];
}

/** What is shown of it, in whichever language. */
export interface ProductShape {
  /** What the overview's chart is of: a meter, what was told of sessions, or whichever meter the plan has first. */
  chart: { meter: string } | "sessions" | "first_meter";
  /** Four, the most telling first; none where they are those of the plan's first meters. */
  figures: Figure[];
}

/** What is said of it, in one language. */
export interface ProductTexts {
  /** Names of features, event types and categories of packages. What has none is called by its words. */
  features: Record<string, string>;
  tagline: string;
  landings: Record<Audience, Landing>;
}

/** What the page says of its catalog (`scripts/build/page-facts.mjs`). */
export interface CatalogFacts {
  /** The name of its file. */
  id: string;
  name: string;
  /** Names of its plans, in the order of upgrades. */
  plans: string[];
  /** What it is sold in, as `usd`. */
  currency: string;
  /** Whether admins pay, too, beside owners. */
  adminsMayBill: boolean;
  hasPackages: boolean;
  /** Whether calls are logged. */
  hasCalls: boolean;
}

export type Product = ProductShape & ProductTexts & Pick<CatalogFacts, "name" | "currency" | "adminsMayBill" | "hasPackages" | "hasCalls">;
