// What may be used, how much of it is used, and counting.
import type { Feature, MeterPeriod, Upgrade } from "../named.ts";
import type { Input, Output } from "../types.ts";
import type { Tools } from "../view/tools.ts";
import { COUNTED, KEYS, entitlementsQuery, reads } from "./queries.ts";

/** Everything that the organization has: plan, role, seats, features. */
export function entitlementsHook(tools: Tools) {
  const query = tools.query(() => entitlementsQuery(tools.client));
  return {
    get entitlements() { return query.data; },
    get plan() { return query.data?.plan; },
    get role() { return query.data?.role; },
    get seats() { return query.data?.seats; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    refetch: () => query.refetch(),
  };
}

/** One feature. Until it is known, it is not allowed: silence is never an allow. */
export function featureHook(tools: Tools, name: () => string) {
  const query = tools.query(() => entitlementsQuery(tools.client));
  const found = (): Feature | undefined => query.data?.features.find(({ feature }) => feature === name());
  // Which plan opens it is asked only where it is closed; so is what the list has not, as a member of a config or an event type.
  const asked = tools.query(() => ({
    queryKey: [...KEYS.check, name()],
    queryFn: ({ signal }) => tools.client.trackUsage.check({ feature: name() }, { signal }),
    enabled: query.data !== undefined && found()?.allowed !== true,
    staleTime: 30_000,
  }));
  const known = (): Feature | undefined => found() ?? asked.data;
  return {
    get allowed(): boolean { return known()?.allowed === true; },
    get reason(): Feature["reason"] { return known()?.reason; },
    get value(): unknown { return known()?.value; },
    get limit(): number | undefined { return known()?.limit; },
    get used(): number | undefined { return known()?.used; },
    get remaining(): number | undefined { return known()?.remaining; },
    /** Later plans that would allow it. */
    get upgrade(): Upgrade[] { return asked.data?.upgrade ?? []; },
    get isPending(): boolean { return query.isPending || (query.data !== undefined && known() === undefined && asked.isPending); },
    get isPaused(): boolean { return query.isPaused; },
    get error(): unknown { return query.error ?? asked.error; },
  };
}

/** The meters' periods, or one meter's; `track` counts and brings everything up to date. */
export function usageHook(tools: Tools, name: () => string | undefined) {
  const query = tools.query(() => reads(KEYS.usage, tools.client.trackUsage.summary));
  const track = tools.change({ change: (input: Input<"trackUsage", "track">): Promise<Output<"trackUsage", "track">> => tools.client.trackUsage.track(input), invalidates: COUNTED });
  return {
    get meters(): MeterPeriod[] { return (query.data?.meters ?? []).filter(({ feature }) => name() === undefined || feature === name()); },
    get meter(): MeterPeriod | undefined { return query.data?.meters.find(({ feature }) => feature === name()); },
    get overageCents(): number { return query.data?.overageCents ?? 0; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isTracking() { return track.isRunning; },
    /** Why the last one was not counted. */
    get refusal() { return track.error; },
    track: (input: Input<"trackUsage", "track">) => track.run(input),
    refetch: () => query.refetch(),
  };
}

export function alertsHook(tools: Tools) {
  const query = tools.query(() => reads(KEYS.alerts, tools.client.trackUsage.alerts));
  const acknowledge = tools.change({ change: (input: Input<"trackUsage", "acknowledge">) => tools.client.trackUsage.acknowledge(input), invalidates: [KEYS.alerts, KEYS.me] });
  return {
    get alerts() { return query.data?.alerts ?? []; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    acknowledge: (feature: string, alert: string) => acknowledge.run({ feature, alert }),
  };
}
