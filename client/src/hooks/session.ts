// The browser's session.
import type { SessionState } from "../session/index.ts";
import type { Tools } from "../view/tools.ts";

const NOBODY: SessionState = { status: "signed_out" };

export function sessionHook({ session, observed }: Tools) {
  const state = observed<SessionState>(() => session?.state ?? NOBODY, (changed) => session?.subscribe(changed) ?? (() => undefined));
  return {
    get state() { return state(); },
    get isLive() { return state().status === "live"; },
    takeOver: () => session?.takeOver() ?? Promise.resolve(),
    signOut: () => session?.signOut() ?? Promise.resolve(),
  };
}
