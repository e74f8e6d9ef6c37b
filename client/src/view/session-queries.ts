// What was refused while the session was over is asked anew when it goes on.
import type { SessionHandle } from "./tools.ts";

/** Calls `refetch` each time the session is live again; returns how to stop it. */
export function whenLiveAgain(session: SessionHandle | undefined, refetch: () => void): () => void {
  let was = session?.state.status;
  return session?.subscribe(({ status }) => {
    if (status === "live" && was === "ended") refetch();
    was = status;
  }) ?? (() => undefined);
}
