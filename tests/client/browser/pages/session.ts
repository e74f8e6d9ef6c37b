// A page that keeps a session and shows nothing: the suite asks it by `window.page`.
import { createClient, isRefusal } from "../../../../client/src/index.ts";
import { SessionKeeper, type SessionKeeperOptions, type SessionState } from "../../../../client/src/session/index.ts";

export interface SessionPage {
  state(): SessionState;
  /** What `x-session-id` says. */
  id(): string | undefined;
  takeOver(): Promise<void>;
  signOut(): Promise<void>;
  /** Somebody signs in without leaving the page. */
  signIn(token: string): Promise<void>;
  /** The code of a refused request about usage, or its answer's `success`. */
  ask(): Promise<string>;
}

declare global {
  interface Window {
    page: SessionPage;
    startPage(url: string, token: string, options?: SessionKeeperOptions): Promise<void>;
  }
}

window.startPage = async (url, token, options) => {
  const keeper = new SessionKeeper(options);
  let newest = token;
  // The page's clock jumps while requests are under way, and none of them is late for that.
  const client = createClient({ url, getToken: () => newest, session: keeper, timeout: 1_000_000_000 });
  window.page = {
    state: () => keeper.state,
    id: () => keeper.credentials()?.id,
    takeOver: () => keeper.takeOver(),
    signOut: () => keeper.signOut(),
    signIn(given) {
      newest = given;
      return keeper.start(client);
    },
    ask: () => client.trackUsage.entitlements().then(({ success }) => String(success), (error: unknown) => (isRefusal(error) ? error.code : String(error))),
  };
  await keeper.start(client);
};
