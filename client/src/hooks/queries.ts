// What is fetched, under which key it is kept, and for how long it is good.
import type { Client } from "../client.ts";
import type { QueryOptions } from "../view/tools.ts";

/** Everything of Tallygate's: another organization, or another person, makes all of it another. */
export const ALL = ["tallygate"] as const;
export const KEYS = {
  entitlements: [...ALL, "entitlements"],
  usage: [...ALL, "usage"],
  alerts: [...ALL, "alerts"],
  check: [...ALL, "check"],
  me: [...ALL, "me"],
  organizations: [...ALL, "organizations"],
  members: [...ALL, "members"],
  invitations: [...ALL, "invitations"],
  plans: [...ALL, "plans"],
  billing: [...ALL, "billing"],
  profile: [...ALL, "profile"],
  username: [...ALL, "username"],
  preview: [...ALL, "preview"],
} as const;

/** What counting changes. */
export const COUNTED = [KEYS.entitlements, KEYS.usage, KEYS.alerts, KEYS.check] as const;

const HALF_A_MINUTE = 30_000;
const AN_HOUR = 3_600_000;

/** A read with nothing to say. */
export function reads<T>(key: readonly unknown[], read: (input: object, options: { signal: AbortSignal }) => Promise<T>, staleTime = HALF_A_MINUTE): QueryOptions<T> {
  return { queryKey: key, queryFn: ({ signal }) => read({}, { signal }), staleTime };
}

export const entitlementsQuery = (client: Client) => reads(KEYS.entitlements, client.trackUsage.entitlements);
export const plansQuery = (client: Client) => reads(KEYS.plans, client.billing.plans, AN_HOUR);
export const meQuery = (client: Client) => reads(KEYS.me, client.account.me);
