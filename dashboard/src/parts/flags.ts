// Flags that a catalog keeps under one key are features of their own to people.
import type { Feature } from "@tallygate/client";

/** Those of a config's value; none where it is something else. */
export function flagsIn(value: unknown): [string, boolean][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean");
}

/** Entitlements, one for each flag. */
export function singly(features: readonly Feature[]): Feature[] {
  return features.flatMap((feature) => {
    const flags = feature.kind === "config" ? flagsIn(feature.value) : [];
    return flags.length === 0 ? [feature] : flags.map(([name, allowed]) => ({ ...feature, feature: name, kind: "flag" as const, allowed }));
  });
}

interface Offered {
  feature: string;
  kind: string;
  included?: boolean;
  limit?: number;
  value?: unknown;
}

/** Whether a plan that is for sale has the feature. */
export function hasFeature(features: readonly Offered[], name: string): boolean {
  return features.some(({ feature, kind, included, limit, value }) =>
    feature === name ? (kind === "flag" ? included === true : kind === "meter" && limit !== 0) : kind === "config" && flagsIn(value).some(([flag, isOn]) => flag === name && isOn));
}
