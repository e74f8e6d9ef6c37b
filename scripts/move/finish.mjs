// @ts-check
// The end of a move: organizations whose people are all moved, and that nobody pays for any more, are archived. Who was in them stays
// written down; the way back is gone.
import { Progress } from "../run.mjs";
import { chargedOn } from "./charged.mjs";
import { movedOrganizations, presentOf } from "./moved.mjs";
import { REQUEST } from "./page.mjs";
import { TRIES } from "./run.mjs";
import { events, failUnless, history, locked, notTaken } from "./statements.mjs";
import { among, runs } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./moved.mjs").Moved} Moved
 * @typedef {{ reason: string, organization: string, about: string, detail: string }} Waiting
 */

/**
 * @param {ChosenDatabase} database
 * @param {{ organization?: string, stripe?: import("./stripe.mjs").StripeSide }} wanted
 * @returns {Promise<{ organizations: number, waiting: Waiting[] }>}
 */
export async function finish(database, { organization, stripe }) {
  const only = organization === undefined ? {} : { only: organization };
  const progress = new Progress("Archiving organizations");
  const charged = new Map((await chargedOn(database, { ...(organization === undefined ? {} : { organization }), stripe })).map(({ organization: id, subscription }) => [id, subscription]));
  const done = { organizations: 0, waiting: /** @type {Waiting[]} */ ([]) };
  try {
    /** @type {{ movedAt: number, id: string } | undefined} */
    let after;
    let tries = 1;
    for (;;) {
      const page = await movedOrganizations(database, { states: ["moved"], ...only, ...(after === undefined ? {} : { after }) });
      if (page.last === undefined) break;
      const present = await presentOf(database, page.moved);
      const waiting = page.moved.flatMap((one) => waitsFor(one, charged.get(one.id), [...(present.members.get(one.id)?.keys() ?? [])]));
      const ready = page.moved.filter(({ id }) => !waiting.some(({ organization: of }) => of === id));
      try {
        if (ready.length > 0) await database.write(statements(database, ready));
      } catch (error) {
        if (tries === TRIES) throw notTaken(database, error);
        tries += 1;
        continue;
      }
      tries = 1;
      done.organizations += ready.length;
      done.waiting.push(...waiting);
      after = page.last;
      progress.counted = `${done.organizations} organizations`;
    }
    progress.done();
    return done;
  } finally {
    progress.close();
  }
}

/** @param {Moved} moved @param {string | undefined} charged @param {string[]} members @returns {Waiting[]} */
function waitsFor({ id, paid, entries }, charged, members) {
  const known = new Set(entries.filter(({ table }) => table === "organization_members").map(({ key }) => key));
  return [
    ...(charged !== undefined ? [{ reason: "charged_on", organization: id, about: charged, detail: "its subscription at Stripe goes on: run again ends it with its period" }]
      : paid !== null ? [{ reason: "still_paid", organization: id, about: paid, detail: "its subscription at Stripe runs to the end of its period" }] : []),
    ...members.filter((user) => !known.has(user)).map((user) => ({ reason: "not_moved", organization: id, about: user, detail: "waits for a decision, or came into it since: move them first" })),
  ];
}

/** @param {ChosenDatabase} database @param {Moved[]} ready @returns {string[]} */
function statements(database, ready) {
  const now = Date.now();
  const [anchor, ids] = [ready[0]?.id ?? "", among(database, ready.map(({ id }) => id))];
  const known = ready.reduce((sum, { entries }) => sum + entries.filter(({ table }) => table === "organization_members").length, 0);
  return [
    ...locked(database),
    failUnless(anchor, `(SELECT COUNT(*) FROM moved_organizations moved WHERE moved.state = 'moved' AND moved.organization_id IN ${ids}) = ${ready.length}`),
    failUnless(anchor, `(SELECT COUNT(*) FROM moved_rows was WHERE was.table_name = 'organization_members' AND was.organization_id IN ${ids}) = ${known}`),
    failUnless(anchor, `NOT EXISTS (SELECT 1 FROM organization_members member WHERE member.organization_id IN ${ids} AND NOT EXISTS (
  SELECT 1 FROM moved_rows was WHERE was.organization_id = member.organization_id AND was.table_name = 'organization_members' AND was.row_key = member.user_id))`),
    failUnless(anchor, `NOT EXISTS (SELECT 1 FROM billing_subscriptions paid WHERE paid.organization_id IN ${ids} AND ${runs("paid")})`),
    `UPDATE organizations SET archived_at = ${now}, archived_by = NULL WHERE archived_at IS NULL AND id IN ${ids}`,
    // Who has it back within 30 days has what is written in it, and nothing that somebody would have to pay for.
    `UPDATE org_subscriptions SET status = 'canceled', pending_plan_id = NULL, pending_interval = NULL, pending_at = NULL, updated_at = ${now}, request_id = NULL
WHERE status <> 'canceled' AND organization_id IN ${ids}`,
    `UPDATE organization_invitations SET status = 'revoked', resolved_at = ${now}, request_id = '${REQUEST}' WHERE status = 'pending' AND organization_id IN ${ids}`,
    `UPDATE users SET current_organization_id = (SELECT own.id FROM organizations own WHERE own.personal_user_id = users.id)
WHERE current_organization_id IN ${ids}`,
    `DELETE FROM moved_rows WHERE table_name <> 'organization_members' AND organization_id IN ${ids}`,
    `UPDATE moved_organizations SET state = 'finished', request_id = '${REQUEST}' WHERE organization_id IN ${ids}`,
    ...history(database, ready.map(({ id }) => ({ organization: id, action: "organization.archived", target: id, details: { by: REQUEST } })), now, REQUEST),
    ...events(database, "organization.archived", ready.map(({ id }) => ({ organization: id, target: id })), now),
  ];
}
