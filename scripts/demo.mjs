// @ts-check
// Somebody to be in local work: a team with one person in every role, somebody on their own, an invitation, and one of the operator's staff.
// The rows are those that signing up, founding a team, joining and uploading would have left.
import { createHash, createHmac } from "node:crypto";
import { idAt, userId } from "./local/identity.mjs";

/** @typedef {import("./local/database.mjs").Statement} Statement */

const DAY = 86_400_000;
const TEAM = { name: "Northwind Voice", slug: "northwind-voice" };

/**
 * Somebody of the demo. `role`: in the team of the scene; `plan`: in place of the one that the catalog starts with; `used`: of
 * meters, in what is counted; `accountType`: what they are to the operator, in place of a customer.
 * @typedef {{ email: string, name: string, is: string, role?: string, plan?: string, used?: Record<string, number>, accountType?: "user" | "admin" | "super_admin" }} DemoPerson
 */

/**
 * Who is there in each product.
 * @type {Record<string, { people: DemoPerson[], invitee?: { email: string, is: string } }>}
 */
const SCENES = {
  voip: {
    people: [
      { email: "ada@northwind.example", name: "Ada Archer", is: `owner of ${TEAM.name}, a team on its trial`, role: "owner" },
      { email: "ben@northwind.example", name: "Ben Baker", is: "admin there", role: "admin" },
      { email: "cleo@northwind.example", name: "Cleo Carter", is: "member there", role: "member" },
      { email: "dora@northwind.example", name: "Dora Dyer", is: "viewer there, who may only look", role: "viewer" },
      { email: "eli@solo.example", name: "Eli Evans", is: "on their own, on an individual trial with 42 uploads made" },
    ],
    invitee: { email: "fay@northwind.example", is: `invited to ${TEAM.name} and not signed up yet` },
  },
  coaching: {
    people: [
      { email: "ida@coaching.example", name: "Ida Imhof", is: "on Free, with all 15 minutes used", used: { ai_voice_minutes: 900 } },
      { email: "jon@coaching.example", name: "Jon Jarvis", is: "on Lifestyle, 119 of 120 minutes used", plan: "lifestyle", used: { ai_voice_minutes: 7_140 } },
      { email: "kim@coaching.example", name: "Kim Koch", is: "on Growth, with the one call used", plan: "growth", used: { human_coach_calls: 1 } },
      { email: "lea@coaching.example", name: "Lea Lund", is: "on Mastery, 500 minutes used", plan: "mastery", used: { ai_voice_minutes: 30_000 } },
    ],
  },
  "voice-training": {
    people: [
      { email: "mia@training.example", name: "Mia Marsh", is: "on Free, 8 of 10 sessions trained", used: { training_sessions: 8, scenarios: 2 } },
      { email: "ned@training.example", name: "Ned Novak", is: "on Pro, 40 of 100 sessions trained", plan: "individual_pro", used: { training_sessions: 40 } },
      { email: "ola@training.example", name: "Ola Olsen", is: "on Ultra", plan: "individual_ultra" },
    ],
  },
  "starter-kit": {
    people: [
      { email: "pia@kit.example", name: "Pia Park", is: "on Free, with 99 of 100 records", used: { max_records: 99, max_api_calls_per_month: 640 } },
      { email: "quin@kit.example", name: "Quin Quist", is: "on Pro", plan: "pro", used: { max_records: 4_200 } },
      { email: "rae@kit.example", name: "Rae Rossi", is: "on Business", plan: "business" },
    ],
  },
  wellness: {
    people: [
      { email: "sam@sonicus.example", name: "Sam Sato", is: "on the trial of Starter" },
      { email: "tia@sonicus.example", name: "Tia Torres", is: "on Premium, whose packages are open", plan: "premium" },
    ],
  },
};

/** Of the operator's staff, in every product: who sees the console without `npm run console -- grant`. @type {DemoPerson} */
const STAFF = { email: "root@staff.example", name: "Root Reed", is: "of the operator's staff: the console is at /console", accountType: "super_admin" };

/** The scene of a catalog; of one that is not ours, somebody on the plan that it starts with. @param {string} catalog */
export function demoScene(catalog) {
  const scene = SCENES[catalog] ?? { people: [{ email: "ada@example.test", name: "Ada Archer", is: "on the plan that the catalog starts with" }], invitee: undefined };
  return { ...scene, people: [...scene.people, STAFF] };
}

/** The token of the pending invitation: not stored anywhere, the same at every start. @param {string} secret */
export function invitationToken(secret) {
  return createHmac("sha256", secret).update("demo invitation").digest("base64url");
}

/**
 * @param {number} now
 * @param {string} secret
 * @param {string} catalog
 * @returns {Statement[]}
 */
export function demoStatements(now, secret, catalog) {
  const { people, invitee } = demoScene(catalog);
  const team = idAt(now, TEAM.slug);
  const founder = people.find(({ role }) => role === "owner");
  return [
    ...people.flatMap((person) => signUp(person, now)),
    ...(founder ? foundTeam(team, userId(founder.email), now) : []),
    ...people.flatMap((person) => (person.role ? join(team, person.email, person.role, now) : [])),
    ...people.flatMap(({ email, used }) => Object.entries(used ?? {}).flatMap(([feature, quantity]) => usage(email, feature, quantity, now))),
    ...(catalog === "voip" ? uploads("eli@solo.example", now) : []),
    ...(founder && invitee ? [{
      sql: `INSERT INTO organization_invitations
  (organization_id, id, email, role, token_hash, status, invited_by, created_at, expires_at, request_id)
VALUES (?, ?, ?, 'member', ?, 'pending', ?, ?, ?, ?)`,
      values: [team, idAt(now, "invitation"), invitee.email, sha256(invitationToken(secret)), userId(founder.email), now, now + 7 * DAY, idAt(now, "invite")],
    }] : []),
  ];
}

/**
 * What was used of a meter in its period, as one event and its counter.
 * @param {string} email
 * @param {string} feature
 * @param {number} quantity
 * @param {number} now
 * @returns {Statement[]}
 */
function usage(email, feature, quantity, now) {
  const organization = idAt(now, `personal ${email}`);
  const date = new Date(now);
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const start = `CASE f.reset WHEN 'calendar_month' THEN ${month} WHEN 'billing_period' THEN s.current_period_start ELSE 0 END`;
  const from = "FROM org_subscriptions s JOIN plan_features f ON f.plan_id = s.plan_id AND f.feature = ? WHERE s.organization_id = ?";
  return [
    {
      sql: `INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
  period_total, lifetime_total, request_hash, request_id, created_at, counted, change_number)
SELECT s.organization_id, ?, ?, f.feature, f.feature, ?, 1, s.plan_id, f.limit_value, ${start}, ?, ?, ?, ?, ?, ?, 1 ${from}`,
      values: [idAt(now, `used ${email} ${feature}`), userId(email), quantity, quantity, quantity, sha256(feature), idAt(now, `use ${email} ${feature}`), now, quantity, feature, organization],
    },
    {
      sql: `INSERT INTO usage_counters (organization_id, feature, period_start, quantity, changes)
SELECT s.organization_id, f.feature, ${start}, ?, 1 ${from}`,
      values: [quantity, feature, organization],
    },
  ];
}

/**
 * A user with the personal organization, its membership and the catalog's first plan for individuals.
 * @param {DemoPerson} user
 * @param {number} now
 * @returns {Statement[]}
 */
function signUp({ email, name, plan, accountType = "user" }, now) {
  const user = userId(email);
  const personal = idAt(now, `personal ${email}`);
  const request = idAt(now, `sign-up ${email}`);
  return [
    {
      sql: `INSERT INTO users (id, email, email_verified, email_updated_at, name, current_organization_id, account_type, created_at, request_id)
VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)`,
      values: [user, email, now, name, personal, accountType, now, request],
    },
    {
      sql: `INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
VALUES (?, 'personal', 'personal', ?, ?, ?, ?, ?)`,
      values: [personal, `${name.split(" ")[0]}'s Workspace`, `personal-${user.slice(0, 8)}`, user, user, now],
    },
    member(personal, user, "owner", now, request),
    firstPlan(personal, "individual", now, plan),
    audit(personal, "user.registered", user, user, now, request),
    {
      sql: `INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
SELECT ?, o.organization_id, 'user.registered', u.user_id,
  '{"user":' || u.object || ',"organization":' || o.object || ',"subscription":' || s.object || '}', ?
FROM event_organizations o JOIN event_users u ON u.user_id = ? JOIN event_subscriptions s ON s.organization_id = o.organization_id
WHERE o.organization_id = ?`,
      values: [idAt(now, `outbox ${email}`), now, user, personal],
    },
  ];
}

/**
 * @param {string} team
 * @param {string} founder
 * @param {number} now
 * @returns {Statement[]}
 */
function foundTeam(team, founder, now) {
  const request = idAt(now, "found");
  return [
    {
      sql: `INSERT INTO organizations (id, kind, org_type, name, slug, billing_email, founded_by, created_at)
VALUES (?, 'team', 'business', ?, ?, 'billing@northwind.example', ?, ?)`,
      values: [team, TEAM.name, TEAM.slug, founder, now],
    },
    firstPlan(team, "team", now),
    { sql: "UPDATE users SET team_trial_started_at = ? WHERE id = ?", values: [now, founder] },
    audit(team, "organization.created", founder, team, now, request),
  ];
}

/**
 * Joining a team makes it the current organization.
 * @param {string} team
 * @param {string} email
 * @param {string} role
 * @param {number} now
 * @returns {Statement[]}
 */
function join(team, email, role, now) {
  const user = userId(email);
  return [
    member(team, user, role, now, idAt(now, `join ${email}`)),
    { sql: "UPDATE users SET current_organization_id = ? WHERE id = ?", values: [team, user] },
  ];
}

/**
 * Uploads of this month, in a catalog that counts them.
 * @param {string} email
 * @param {number} now
 * @returns {Statement[]}
 */
function uploads(email, now) {
  const user = userId(email);
  const organization = idAt(now, `personal ${email}`);
  const date = new Date(now);
  const [month, next] = [0, 1].map((later) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later, 1));
  const made = [
    { type: "rate_sheet", quantity: 25, total: 25 },
    { type: "comparison", quantity: 12, total: 37 },
    { type: "rate_deck", quantity: 5, total: 42 },
  ];
  const counted = "FROM org_subscriptions s JOIN plan_features f ON f.plan_id = s.plan_id AND f.feature = 'uploads' WHERE s.organization_id = ?";
  return [
    ...made.map(({ type, quantity, total }) => ({
      sql: `INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
  period_start, period_end, period_total, lifetime_total, request_hash, request_id, created_at)
SELECT s.organization_id, ?, ?, 'uploads', ?, ?, 1, s.plan_id, f.limit_value, ?, ?, ?, ?, ?, ?, ? ${counted}`,
      values: [idAt(now, `upload ${type}`), user, type, quantity, month ?? 0, next ?? 0, total, total,
        sha256(`${type} ${quantity}`), idAt(now, `upload request ${type}`), now, organization],
    })),
    {
      sql: `INSERT INTO usage_counters (organization_id, feature, period_start, quantity, changes)
SELECT s.organization_id, 'uploads', ?, 42, 3 ${counted}`,
      values: [month ?? 0, organization],
    },
  ];
}

/**
 * The plan that the catalog starts this audience on: a trial where it has one. Or another one, paid for.
 * @param {string} organization
 * @param {"individual" | "team"} audience
 * @param {number} now
 * @param {string} [plan]
 * @returns {Statement}
 */
function firstPlan(organization, audience, now, plan) {
  const columns = "organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at";
  if (plan !== undefined) {
    // The days as one number: Postgres multiplies small ones in four bytes, which these are too many for.
    return { sql: `INSERT INTO org_subscriptions (${columns}) VALUES (?1, ?3, 'active', ?2, ?2 + ${30 * DAY}, NULL, ?2)`, values: [organization, now, plan] };
  }
  return {
    sql: `INSERT INTO org_subscriptions (${columns})
SELECT ?1, id, CASE WHEN trial_days > 0 THEN 'trialing' ELSE 'active' END, ?2,
  ?2 + CASE WHEN trial_days > 0 THEN trial_days ELSE 30 END * ${DAY},
  CASE WHEN trial_days > 0 THEN ?2 + trial_days * ${DAY} END, ?2
FROM plans WHERE starts IN (?3, 'any') AND retired = 0`,
    values: [organization, now, audience],
  };
}

/**
 * @param {string} organization
 * @param {string} user
 * @param {string} role
 * @param {number} now
 * @param {string} request
 * @returns {Statement}
 */
function member(organization, user, role, now, request) {
  return {
    sql: "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id) VALUES (?, ?, ?, ?, ?)",
    values: [organization, user, role, now, request],
  };
}

/**
 * @param {string} organization
 * @param {string} action
 * @param {string} actor
 * @param {string} target
 * @param {number} now
 * @param {string} request
 * @returns {Statement}
 */
function audit(organization, action, actor, target, now, request) {
  return {
    sql: `INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
VALUES (?, ?, ?, ?, ?, ?, ?)`,
    values: [organization, idAt(now, `${action} ${target}`), actor, action, target, request, now],
  };
}

/** @param {string} text */
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
