// The client and the session of this page.
import { createClient } from "@tallygate/client";
import { SessionKeeper } from "@tallygate/client/session";
import { currentToken, keepChosen, provider, signIn } from "./person.ts";

export const session = new SessionKeeper();

export const tallygate = createClient({ session, getToken: currentToken });

/** Who only looks is no browser of the customer's. */
export function startSession(): void {
  if (!signIn.isViewing) void session.start(tallygate).catch(() => undefined);
}

/** Another demo person, or nobody: everything is fetched anew. */
export async function become(email: string | undefined): Promise<void> {
  await session.signOut();
  await provider?.signOut();
  keepChosen(email);
  location.assign(email === undefined ? "/sign-in" : "/overview");
}
