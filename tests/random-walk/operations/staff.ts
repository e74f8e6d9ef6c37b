// What the operator's staff does, beside the scheduler and a catalog that is pushed.
import { DAY } from "../../harness/moments.ts";
import type { Operation } from "../operations.ts";
import { METER_NAMES, PACKAGE } from "../product.ts";
import type { Walk } from "../walk.ts";
import { about, customers, places, teams } from "./asking.ts";

const staff = (walk: Walk): string | undefined => walk.one(walk.picture.people.filter(({ account_type: type }) => type === "super_admin"))?.id;
const soon = (walk: Walk): string => new Date(walk.now + (1 + walk.random(5)) * DAY).toISOString();

const act = <Of>(action: string, share: number, list: (walk: Walk) => readonly Of[], body: (row: Of, walk: Walk) => Record<string, unknown>): Operation =>
  about(`console ${action}`, share, list, (row, walk) => ({ fn: "console", path: `/${action}`, person: staff(walk), body: { reason: "a ticket of theirs", ...body(row, walk) } }));

export const staffOperations: Operation[] = [
  act("grant-usage", 3, places, ({ team }, walk) => ({ organization: team, feature: walk.one(METER_NAMES), quantity: 1 + walk.random(5), endsAt: soon(walk), ...(walk.random(2) === 0 && { idempotencyKey: `ticket-${walk.random(9)}` }) })),
  act("override-limit", 3, places, ({ team }, walk) => {
    const feature = walk.one(["seats", "concurrent_sessions", ...METER_NAMES]);
    return { organization: team, feature, limit: 1 + walk.random(14), endsAt: soon(walk) };
  }),
  act("override-plan", 2, places, ({ team }, walk) => ({ organization: team, plan: walk.one(walk.plans), endsAt: soon(walk) })),
  act("lift-override", 2, ({ picture }) => picture.overrides, ({ team, id }) => ({ organization: team, override: id })),
  act("grant-package", 1, customers, ({ id }) => ({ user: id, package: PACKAGE, uses: 3 })),
  act("transfer-ownership", 1, teams, ({ team, person }) => ({ organization: team, user: person })),
  act("extend-trial", 1, places, ({ team }, walk) => ({ organization: team, endsAt: soon(walk) })),
  act("archive", 1, teams, ({ team }) => ({ organization: team })),
  act("restore", 1, ({ picture }) => picture.archived, ({ team }) => ({ organization: team })),
  act("move-plan", 1, places, ({ team }, walk) => ({ organization: team, plan: walk.one(walk.plans) })),
  act("ban", 1, customers, ({ id }) => ({ user: id })),
  act("unban", 2, customers, ({ id }) => ({ user: id })),
  act("end-sessions", 1, customers, ({ id }) => ({ user: id })),
  act("resend-invitation", 1, ({ picture }) => picture.invitations, ({ team, id }) => ({ organization: team, invitation: id })),
];
