// @ts-check
// A page of the move: what it changes of organizations and their people, with what each row was before, as one transaction.
import { expanded } from "../import/catalog.mjs";
import { lists, valueOf } from "../import/write.mjs";
import { added, changed, events, failUnless, history, locked, stillAsRead } from "./statements.mjs";
import { among, subscriptionRow, SUBSCRIPTION_COLUMNS } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./decide.mjs").Decided} Decided
 * @typedef {import("./decide.mjs").Person} Person
 * @typedef {import("./survey.mjs").HeldPackage} HeldPackage
 * @typedef {import("./brought.mjs").Brought} Brought
 * @typedef {import("./statements.mjs").Value} Value
 */

const DAY = 86_400_000;
export const REQUEST = "move-to-b2c";
export const PACKAGE_COLUMNS = ["#granted_at", "granted_by", "#grant_ends_at", "#grant_uses", "#granted_uses", "request_id"];
const ORGANIZATION_COLUMNS = ["organization_id", "plan_id", "status", "state", "#people", "#ends_at", "stripe_subscription_id", "#is_ended_by_move", "#analytics_sessions", "#analytics_seconds", "#moved_at", "request_id"];
const SESSION_COLUMNS = ["#seconds", "item", "#completed", "#stress_before", "#stress_after", "#mood", "#occurred_at", "request_id"];

/** Those of an organization's people that are moved with it now. @param {Decided} decided */
export const movedNow = ({ people }) => people.filter(({ outcome }) => outcome !== "ask" && outcome !== "leave");

/** Whether there is anything to do yet. @param {Decided} decided */
export const isToDo = (decided) => decided.outcome === "move" && (decided.team.moved?.state !== "moved" || movedNow(decided).length > 0);

/** @param {HeldPackage} held */
export const packageRow = (held) => [held.grantedAt, held.grantedBy, held.endsAt, held.uses, held.grantedUses, held.request];

/**
 * @param {ChosenDatabase} database
 * @param {Decided[]} page
 * @param {{ brought: Brought, packages: Map<string, HeldPackage>, endedByMove: Set<string>, now: number }} given `packages` are changed to what they will be.
 * @returns {string[]}
 */
export function pageStatements(database, page, { brought, packages, endedByMove, now }) {
  const anchor = page[0]?.team.id ?? "";
  const readPackages = new Map([...packages].map(([key, held]) => [key, { ...held }]));
  const journal = new Journal();
  /** @type {import("./statements.mjs").Told[]} */
  const told = [];
  const [subscriptions, users, invitations, sessions, archive, organizations] = Array.from({ length: 6 }, () => /** @type {Value[][]} */ ([]));
  /** @type {Person[]} */
  const people = [];
  /** @type {Set<string>} */
  const granted = new Set();
  for (const decided of page) {
    const { team } = decided;
    const isFirst = team.moved?.state !== "moved";
    const movers = movedNow(decided);
    people.push(...movers);
    for (const { member, outcome, plan, after } of movers) {
      const { user, personal, own } = member;
      journal.add(team.id, "organization_members", user, user, { role: member.role, joinedAt: member.joinedAt }, { outcome, plan, endsAt: after === null ? null : decided.endsAt });
      if (after !== null && own !== null && personal !== null) {
        journal.add(team.id, "org_subscriptions", personal, user, subscriptionRow(own), subscriptionRow(after));
        subscriptions?.push([personal, ...subscriptionRow(after)]);
      }
      if (member.current === team.id && personal !== null) {
        journal.add(team.id, "users", user, user, [team.id], [personal]);
        users?.push([user, personal]);
      }
      for (const grant of brought.packages.get(team.id) ?? []) {
        const key = `${user} ${grant.package}`;
        const held = packages.get(key);
        if (held !== undefined && lasts(held) >= (grant.endsAt ?? Infinity)) continue;
        const becomes = { grantedAt: now, grantedBy: "operator", endsAt: grant.endsAt, uses: grant.uses, grantedUses: 0, opened: held?.opened ?? 0, request: REQUEST };
        journal.add(team.id, "user_packages", key, user, held === undefined ? null : packageRow(held), packageRow(becomes));
        packages.set(key, becomes);
        granted.add(key);
      }
      if (personal !== null) told.push({ organization: personal, action: "user.moved", target: user, details: { organization: team.id, outcome, plan } });
    }
    told.push({ organization: team.id, action: "organization.moved", target: team.id, details: { people: movers.length, plan: decided.plan } });
    for (const { id, request } of team.invitations) {
      journal.add(team.id, "organization_invitations", id, null, ["pending", null, request], ["revoked", now, REQUEST]);
      invitations?.push([team.id, id, "revoked", now, REQUEST]);
    }
    const theirs = isFirst ? brought.sessions.get(team.id) ?? [] : [];
    const known = new Map(team.members.flatMap(({ user, email }) => [[user, user], ...(email === null ? [] : [[email, user]])].map(([name = "", id = ""]) => [name, id])));
    for (const session of theirs) {
      const user = known.get(session.person ?? "") ?? known.get(session.person?.toLowerCase() ?? "");
      const row = [session.seconds, session.item, session.completed, session.stressBefore, session.stressAfter, session.mood, session.occurredAt, REQUEST];
      if (user === undefined) archive?.push([team.id, session.id, ...row]);
      else {
        journal.add(team.id, "user_analytics_sessions", `${user} ${session.id}`, user, null, { seconds: session.seconds });
        sessions?.push([user, session.id, session.occurredAt - (session.occurredAt % DAY), ...row]);
      }
    }
    organizations?.push([
      team.id, team.held.planId, team.held.status, "moved", movers.length, decided.endsAt, team.paidSubscription, Number(endedByMove.has(team.id)),
      theirs.length, theirs.reduce((sum, { seconds }) => sum + seconds, 0), now, REQUEST,
    ]);
  }
  const grants = [...granted].map((key) => ({ key: key.split(" "), row: packageRow(/** @type {HeldPackage} */ (packages.get(key))), isNew: !readPackages.has(key) }));
  const own = people.flatMap(({ member: { personal, own: held }, after }) => (personal === null || held === null || after === null ? [] : [{ personal, held }]));
  const ids = page.map(({ team }) => team.id);
  return [
    ...locked(database),
    ...organizationStatements(database, organizations ?? []),
    // What it was decided by is still so.
    failUnless(anchor, `(SELECT COUNT(*) FROM moved_organizations moved WHERE moved.state = 'moved' AND moved.organization_id IN ${among(database, ids)}) = ${ids.length}`),
    ...stillAsRead(database, anchor, "org_subscriptions", ["organization_id"], ["plan_id", "status", "#updated_at"], page.map(({ team }) => [team.id, team.held.planId, team.held.status, team.held.updatedAt])),
    ...stillAsRead(database, anchor, "organization_members", ["organization_id", "user_id"], ["role"], page.flatMap(({ team }) => team.members.map(({ user, role }) => [team.id, user, role]))),
    failUnless(anchor, `(SELECT COUNT(*) FROM organization_members member WHERE member.organization_id IN ${among(database, ids)}) = ${page.reduce((sum, { team }) => sum + team.members.length, 0)}`),
    failUnless(anchor, `(SELECT COUNT(*) FROM organization_invitations invited WHERE invited.status = 'pending' AND invited.organization_id IN ${among(database, ids)}) = ${invitations?.length ?? 0}`),
    failUnless(anchor, `(SELECT COUNT(*) FROM organizations team WHERE team.archived_at IS NULL AND team.kind = 'team' AND team.id IN ${among(database, ids)}) = ${ids.length}`),
    ...stillAsRead(database, anchor, "org_subscriptions", ["organization_id"], [...SUBSCRIPTION_COLUMNS], own.map(({ personal, held }) => [personal, ...subscriptionRow(held)])),
    ...stillAsRead(database, anchor, "users", ["id"], ["current_organization_id"], people.map(({ member }) => [member.user, member.current])),
    ...stillAsRead(database, anchor, "user_packages", ["user_id", "package_id"], PACKAGE_COLUMNS, [...granted].flatMap((key) => {
      const held = readPackages.get(key);
      return held === undefined ? [] : [[...key.split(" "), ...packageRow(held)]];
    })),
    ...journal.statements(database),
    ...changed(database, "org_subscriptions", ["organization_id"], [...SUBSCRIPTION_COLUMNS], subscriptions ?? []),
    ...changed(database, "users", ["id"], ["current_organization_id"], users ?? []),
    ...changed(database, "organization_invitations", ["organization_id", "id"], ["status", "#resolved_at", "request_id"], invitations ?? []),
    ...changed(database, "user_packages", ["user_id", "package_id"], PACKAGE_COLUMNS, grants.filter(({ isNew }) => !isNew).map(({ key, row }) => [...key, ...row])),
    ...added(database, "user_packages", ["user_id", "package_id", ...PACKAGE_COLUMNS], grants.filter(({ isNew }) => isNew).map(({ key, row }) => [...key, ...row])),
    ...added(database, "user_analytics_sessions", ["user_id", "id", "#day", ...SESSION_COLUMNS], sessions ?? []),
    ...added(database, "moved_analytics", ["organization_id", "id", ...SESSION_COLUMNS], archive ?? []),
    ...history(database, told, now, REQUEST),
    ...events(database, "subscription.updated", own.map(({ personal }) => ({ organization: personal, target: personal })), now),
    ...events(database, "user.updated", [...new Map(people.map(({ member: { personal, user } }) => [user, { organization: personal ?? "", target: user }])).values()].filter(({ organization }) => organization !== ""), now),
  ];
}

/** How long a grant opens a package. @param {HeldPackage} held */
const lasts = (held) => (held.grantedAt === null || held.uses !== null ? 0 : held.endsAt ?? Infinity);

/** What is kept of one whose other people are moved already. @param {string} otherwise @param {string} column */
const unlessMoved = (otherwise, column) => `CASE moved_organizations.state WHEN 'moved' THEN moved_organizations.${column} ELSE ${otherwise} END`;

/** @param {ChosenDatabase} database @param {Value[][]} rows */
function organizationStatements(database, rows) {
  const columns = ORGANIZATION_COLUMNS.map((column) => column.replace("#", ""));
  return lists(rows).map((list) => `INSERT INTO moved_organizations (${columns.join(", ")})
SELECT ${ORGANIZATION_COLUMNS.map((column, place) => valueOf(place, column.startsWith("#"))).join(", ")}
FROM ${expanded(database, list, false)} AS each WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET
  people = ${unlessMoved("0", "people")} + excluded.people, ${["plan_id", "status", "ends_at", "stripe_subscription_id", "is_ended_by_move", "analytics_sessions", "analytics_seconds", "moved_at"].map((column) => `${column} = ${unlessMoved(`excluded.${column}`, column)}`).join(", ")},
  state = CASE moved_organizations.state WHEN 'finished' THEN 'finished' ELSE excluded.state END, request_id = excluded.request_id`);
}

/**
 * Organizations of which nothing is moved, and whose subscription at Stripe is about to be told to end.
 * @param {ChosenDatabase} database
 * @param {Value[][]} rows Each an organization with its plan, status and subscription.
 */
export const toEnd = (database, rows) => lists(rows).map((list) => `INSERT INTO moved_organizations (organization_id, plan_id, status, stripe_subscription_id, state, people, is_ended_by_move, moved_at, request_id)
SELECT ${[0, 1, 2, 3].map((place) => valueOf(place, false)).join(", ")}, 'rolled_back', 0, 1, ${Date.now()}, '${REQUEST}'
FROM ${expanded(database, list, false)} AS each WHERE 1 = 1
ON CONFLICT (organization_id) DO UPDATE SET stripe_subscription_id = excluded.stripe_subscription_id, is_ended_by_move = 1 WHERE moved_organizations.state = 'rolled_back'`);

/** What each row was, and what it became. */
class Journal {
  /** @type {Value[][]} */
  #rows = [];

  /** @param {string} organization @param {string} table @param {string} key @param {string | null} user @param {unknown} before @param {unknown} after */
  add(organization, table, key, user, before, after) {
    this.#rows.push([organization, table, key, user, before === null ? null : JSON.stringify(before), JSON.stringify(after), REQUEST]);
  }

  /** @param {ChosenDatabase} database */
  statements(database) {
    return added(database, "moved_rows", ["organization_id", "table_name", "row_key", "user_id", "row_before", "row_after", "request_id"], this.#rows);
  }
}
