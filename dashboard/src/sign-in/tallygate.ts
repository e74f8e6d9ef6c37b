// The client and the session of this page.
import { createClient } from "@tallygate/client";
import { SessionKeeper } from "@tallygate/client/session";
import { currentToken, keepChosen, provider, signIn } from "./person.ts";

export const session = new SessionKeeper();

/** Resolved where this browser has registered, or could not. */
let registered: Promise<unknown> = Promise.resolve();

/**
 * What pages ask waits for the registration: it may give the session another secret, and what is on its way with the one before is
 * refused and sent once more.
 */
export const tallygate = createClient({
  session,
  getToken: async () => {
    await registered;
    return currentToken();
  },
});

/** The keeper's own way, which waits for nothing. It is made last, so that it is the one by which the keeper knows whose session it is. */
const registering = createClient({ session, getToken: currentToken });

/** Who only looks is no browser of the customer's. */
export function startSession(): void {
  if (!signIn.isViewing) registered = session.start(registering).catch(() => undefined);
}

/** Another demo person, or nobody: everything is fetched anew. */
export async function become(email: string | undefined): Promise<void> {
  await session.signOut();
  await provider?.signOut();
  keepChosen(email);
  location.assign(email === undefined ? "/sign-in" : "/overview");
}
