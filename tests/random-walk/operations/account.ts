// People: their sessions, what they say of themselves, what providers say of them, and their end.
import { clerkAsk, clerkUser } from "../../harness/provider-messages.ts";
import type { Operation } from "../operations.ts";
import { PACKAGE } from "../product.ts";
import type { Walk } from "../walk.ts";
import { about, customers, people, type Asking } from "./asking.ts";

const account = (action: string, person: string, body: Record<string, unknown>, method = "POST"): Asking => ({ fn: "account", path: `/${action}`, method, person, body });
const session = (action: string, person: string, sessionId: string): Asking => ({ fn: "manage-session", person, body: { action, sessionId } });

export const accountOperations: Operation[] = [
  { name: "first request", share: 2, draw: (walk) => () => walk.system.call("manage-session", { token: walk.stranger(), body: { action: "validate", sessionId: "first" } }) },
  about("validate", 12, people, ({ id }, walk) => session("validate", id, `browser-${walk.random(4)}`)),
  about("heartbeat", 4, ({ picture }) => picture.sessions, ({ person, id }) => session("heartbeat", person, id)),
  about("terminate", 3, ({ picture }) => picture.sessions, ({ person, id }) => session("terminate", person, id)),
  about("end-other-sessions", 1, ({ picture }) => picture.sessions, ({ person, id }) => account("end-other-sessions", person, { sessionId: id })),
  about("username", 4, people, ({ id }, walk) => account("username", id, { username: walk.random(2) === 0 ? `Walker${walk.random(5)}` : `walker${walk.random(5)}` })),
  about("profile", 3, people, ({ id }, walk) => account("profile", id, { firstName: `Ada${walk.random(9)}` }, "PATCH")),
  about("onboarding", 2, people, ({ id }, walk) => account("onboarding", id, { step: `step-${walk.random(4)}` })),
  about("complete-onboarding", 1, people, ({ id }) => account("complete-onboarding", id, {})),
  about("preferences", 2, people, ({ id }, walk) => account("preferences", id, { preferences: { sessionMinutes: 10 + 5 * walk.random(5) } }, "PATCH")),
  about("analytics", 3, people, ({ id }, walk) => account("analytics", id, { seconds: walk.random(900), item: `item-${walk.random(3)}`, ...(walk.random(3) === 0 && { idempotencyKey: `session-${walk.random(9)}` }) })),
  about("open-package", 3, people, ({ id }) => account("open-package", id, { package: PACKAGE })),
  about("mail preferences", 1, people, ({ id }, walk) => ({ fn: "mails", path: "/preferences", person: id, body: { limitWarning: walk.random(2) === 0 } })),
  about("delete", 1, customers, ({ id, email }) => account("delete", id, { confirm: email })),
  {
    name: "user.updated", share: 3,
    draw: (walk) => {
      const person = walk.one(customers(walk));
      if (person === undefined) return undefined;
      const user = clerkUser({ id: person.id, email: person.email, firstName: `Ada${walk.random(9)}`, updatedAt: walk.now });
      return () => walk.system.call("identity", clerkAsk("user.updated", user, { timestamp: new Date(walk.now) }));
    },
  },
  {
    name: "user.deleted", share: 1,
    draw: (walk) => {
      const person = walk.random(3) === 0 ? walk.one(customers(walk)) : undefined;
      return person === undefined ? undefined : () => walk.system.call("identity", clerkAsk("user.deleted", { id: person.id, deleted: true }, { timestamp: new Date(walk.now) }));
    },
  },
];
