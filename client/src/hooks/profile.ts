// What a person says of themselves.
import type { Input } from "../types.ts";
import type { Tools } from "../view/tools.ts";
import { KEYS, reads } from "./queries.ts";

export function profileHook(tools: Tools) {
  const { client } = tools;
  const query = tools.query(() => reads(KEYS.profile, client.account.profile));
  const change = tools.change({ change: (input: Input<"account", "changeProfile">) => client.account.changeProfile(input), invalidates: [KEYS.profile, KEYS.me] });
  return {
    get profile() { return query.data?.profile; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isSaving() { return change.isRunning; },
    get refusal() { return change.error; },
    /** Only where nobody has changed it since it was shown here. */
    change: (fields: Input<"account", "changeProfile">) => change.run({ updatedAt: query.data?.profile.updatedAt ?? null, ...fields }),
  };
}

/** Whether a username is to be had; asked for as soon as `wanted` is not empty. */
export function usernameHook(tools: Tools, wanted: () => string) {
  const { client } = tools;
  const query = tools.query(() => ({
    queryKey: [...KEYS.username, wanted()],
    queryFn: ({ signal }) => client.account.username({ wanted: wanted() }, { signal }),
    enabled: wanted() !== "",
    staleTime: 10_000,
  }));
  const take = tools.change({ change: (username: string) => client.account.takeUsername({ username }), invalidates: [KEYS.profile, KEYS.me, KEYS.username] });
  return {
    get answer() { return query.data; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isTaking() { return take.isRunning; },
    get refusal() { return take.error; },
    take: (username: string) => take.run(username),
  };
}
