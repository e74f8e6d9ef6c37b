// What the dialogs do to the session, without a browser.
import assert from "node:assert/strict";
import { it } from "node:test";
import { signedOutElsewhere } from "../../client/src/components/session-dialogs.ts";
import type { SessionKeeper } from "../../client/src/session/index.ts";
import { english } from "../../client/src/texts/english.ts";
import type { Child, ViewElement } from "../../client/src/view/element.ts";
import type { Tools } from "../../client/src/view/tools.ts";

const elements = (child: Child): ViewElement[] =>
  Array.isArray(child) ? child.flatMap(elements) : typeof child === "object" && child !== null && "tag" in child ? [child, ...elements(child.children)] : [];

it("who signs in again by the product's own way is let in: the end is forgotten first", async () => {
  const done: string[] = [];
  const session: Pick<SessionKeeper, "state" | "signOut"> = {
    state: { status: "ended", reason: "signed_in_elsewhere" },
    signOut: () => Promise.resolve().then(() => void done.push("signed out")),
  };
  const tools = { texts: english, id: () => "title", session, observed: (read: () => unknown) => read, state: (value: unknown) => ({ get: () => value }) };
  await new Promise<void>((signedIn) => {
    const onSignIn = (): void => {
      done.push("signs in");
      signedIn();
    };
    const shown = signedOutElsewhere.setup(tools as unknown as Tools, { onSignIn });
    elements(shown({})).find(({ tag }) => tag === "button")?.attributes.onClick?.();
  });
  assert.deepEqual(done, ["signed out", "signs in"]);
});
