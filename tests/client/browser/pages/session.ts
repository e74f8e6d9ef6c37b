// A page that keeps a session and shows nothing: the suite asks it by `window.page`.
import { createClient, isRefusal } from "../../../../client/src/index.ts";
import { SessionKeeper, type SessionKeeperOptions, type SessionState } from "../../../../client/src/session/index.ts";

export interface SessionPage {
  start(): Promise<void>;
  state(): SessionState;
  /** What `x-session-id` says. */
  id(): string | undefined;
  takeOver(): Promise<void>;
  signOut(): Promise<void>;
  /** Somebody signs in without leaving the page. */
  signIn(token: string): Promise<void>;
  /** The code of a refused request about usage, or its answer's `success`. */
  ask(): Promise<string>;
  /** The same of a request that needs no session. */
  askForPlans(): Promise<string>;
}

declare global {
  interface Window {
    page: SessionPage;
    /** The page is there, and the session is not begun. */
    openPage(url: string, token: string, options?: SessionKeeperOptions): void;
    startPage(url: string, token: string, options?: SessionKeeperOptions): Promise<void>;
  }
}

window.openPage = (url, token, options) => {
  const keeper = new SessionKeeper(options);
  let newest = token;
  // The page's clock jumps while requests are under way, and none of them is late for that.
  const client = createClient({ url, getToken: () => newest, session: keeper, timeout: 1_000_000_000 });
  window.page = {
    start: () => keeper.start(client),
    state: () => keeper.state,
    id: () => keeper.credentials()?.id,
    takeOver: () => keeper.takeOver(),
    signOut: () => keeper.signOut(),
    signIn(given) {
      newest = given;
      return keeper.start(client);
    },
    ask: () => outcomeOf(client.trackUsage.entitlements()),
    askForPlans: () => outcomeOf(client.billing.plans()),
  };
};

function outcomeOf(asked: Promise<{ success: boolean }>): Promise<string> {
  return asked.then(({ success }) => String(success), (error: unknown) => (isRefusal(error) ? error.code : String(error)));
}

window.startPage = (url, token, options) => {
  window.openPage(url, token, options);
  return window.page.start();
};
