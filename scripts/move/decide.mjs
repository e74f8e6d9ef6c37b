// @ts-check
// What becomes of an organization and of each of its people: from what they have now, the rules, and what somebody has decided.
import { aMonthAfter } from "../import/moments.mjs";
import { Failure } from "../run.mjs";

const DAY = 86_400_000;

/**
 * @typedef {import("./survey.mjs").Team} Team
 * @typedef {import("./survey.mjs").Membership} Membership
 * @typedef {import("./survey.mjs").Subscription} Subscription
 * @typedef {import("./decisions.mjs").Ask} Ask
 * @typedef {import("../import/catalog.mjs").Plan} Plan
 */

/**
 * `gets`: the plan, until the organization's period ends; `given`: the plan, for nothing; `keeps`: what they have by themselves is as
 * good, or it was decided so; `pays`: they pay for a plan of their own already; `elsewhere`: they get that of another organization; `nothing`: there was
 * nothing to get; `ask`: somebody has to decide; `leave`: it was decided that they stay as they are.
 * @typedef {"gets" | "given" | "keeps" | "pays" | "elsewhere" | "nothing" | "ask" | "leave"} Outcome
 */

/** @typedef {{ member: Membership, outcome: Outcome, plan: string | null, priceCents: number | null, after: Subscription | null }} Person */
/** @typedef {{ reason: string, about: string, detail: string }} Finding */

/**
 * @typedef {object} Decided
 * @property {Team} team
 * @property {"move" | "ask" | "leave"} outcome
 * @property {string | null} plan What its people get.
 * @property {number | null} endsAt Until when, where it has something to give.
 * @property {Person[]} people Those that are not moved yet.
 * @property {Ask[]} asks
 * @property {Finding[]} findings What is lost, or to be looked at.
 */

/**
 * @typedef {object} Given
 * @property {import("./rules.mjs").Rules} rules
 * @property {import("./decisions.mjs").Decisions} decisions
 * @property {import("../import/catalog.mjs").Catalog} catalog
 * @property {number} now
 */

/** @param {Team} team @param {Given} given @returns {Decided} */
export function decide(team, given) {
  const { rules, decisions, now } = given;
  // What is finished stays so, also where its owner has it back.
  if (team.moved?.state === "finished") return { team, outcome: "leave", plan: null, endsAt: null, people: [], asks: [], findings: [] };
  /** @type {Ask[]} */
  const asks = [];
  const decided = (/** @type {Ask} */ ask) => {
    const decision = decisions.of(ask.question, ask.about) ?? rules.undecided[ask.question];
    if (decision === "ask") asks.push(ask);
    return decision;
  };
  const people = team.members.filter(({ isMoved }) => !isMoved);
  const plan = planOf(team, given, decided);
  const payer = team.members.length <= rules.manyPeople ? "each"
    : team.moved?.state === "moved" ? decisions.of("one_payer", team.id) ?? "each"
    : decided({ question: "one_payer", about: team.id, options: "each, given, leave", detail: `${team.name}: ${team.members.length} people` });
  if (!["each", "given", "leave", "ask"].includes(payer)) throw new Failure(`one_payer of ${team.id} is each, given or leave, and not "${payer}".`);
  const endsAt = endOf(team, given);
  const outcome = plan === "leave" || payer === "leave" ? "leave" : plan === "ask" || payer === "ask" ? "ask" : "move";
  const target = outcome === "move" ? given.catalog.plans.get(plan) ?? null : null;
  return {
    team, outcome, plan: target?.id ?? null, endsAt, asks,
    people: outcome === "leave" ? [] : people.map((member) => personOf(member, team, { target, endsAt, isGiven: payer === "given", outcome }, given, decided)),
    findings: findingsOf(team, people, target, now),
  };
}

/** @param {Team} team @param {Given} given @param {(ask: Ask) => string} decided */
function planOf(team, { rules, catalog }, decided) {
  const mapped = rules.plans.get(team.held.planId);
  const isCustom = rules.customPlans.has(team.held.planId);
  const asking = (/** @type {"custom_plan" | "unknown_plan"} */ question) => decided({ question, about: team.id, options: `${[...new Set(rules.plans.values())].join(", ")}, leave`, detail: `${team.name}: ${team.held.planId}${mapped === undefined ? "" : `, which would be ${mapped}`}` });
  const plan = isCustom ? asking("custom_plan") : mapped ?? asking("unknown_plan");
  if (plan === "ask" || plan === "leave") return plan;
  const known = catalog.plans.get(plan);
  if (known === undefined || !catalog.fits(known, "individual")) throw new Failure(`There is no plan "${plan}" of individuals in the database, which people of ${team.id} (${team.held.planId}) are to get.`);
  return plan;
}

/** Until when its people have what it gives them: as long as it is paid for or tried, and for the days of notice. @param {Team} team @param {Given} given */
function endOf(team, { rules, now }) {
  if (team.moved?.state === "moved") return team.moved.endsAt;
  if (team.accessUntil <= now) return null;
  const { status, periodEnd, trialEndsAt, cancelAt } = team.held;
  // In whole days, so that a run that is stopped and started again gives everybody the same.
  const notice = now - (now % DAY) + (rules.noticeDays + 1) * DAY;
  const paid = status === "trialing" ? trialEndsAt ?? 0 : status === "active" ? cancelAt ?? periodEnd : 0;
  return Math.max(notice, paid);
}

/**
 * @param {Membership} member
 * @param {Team} team
 * @param {{ target: Plan | null, endsAt: number | null, isGiven: boolean, outcome: "move" | "ask" }} of
 * @param {Given} given
 * @param {(ask: Ask) => string} decided
 * @returns {Person}
 */
function personOf(member, team, { target, endsAt, isGiven, outcome }, given, decided) {
  const person = (/** @type {Outcome} */ became, /** @type {Subscription | null} */ after = null) => ({
    member, outcome: became, plan: became === "gets" || became === "given" ? target?.id ?? null : null, priceCents: became === "gets" ? target?.price ?? null : became === "given" ? 0 : null, after,
  });
  const source = sourceOf(member, given, decided);
  if (source === "leave" || source === "ask") return person(source);
  if (outcome === "ask") return person("ask");
  if (source !== team.id) return person("elsewhere");
  if (member.paysAtStripe) return person("pays");
  const { own } = member;
  if (target === null || endsAt === null || own === null) return person("nothing");
  const kept = ownPlan(member, { target, endsAt: isGiven ? Infinity : endsAt }, given, decided);
  if (kept === "leave" || kept === "ask") return person(kept);
  if (kept === "keep") return person("keeps");
  const bare = { ...own, planId: target.id, periodStart: given.now, pastDueSince: null, interval: "month", stripe: null, cancelAt: null, pendingPlan: null, pendingInterval: null, pendingAt: null, updatedAt: given.now, request: null };
  // A trial is what nobody pays for until it ends, which keeps what is left of it when they do, and is warned of.
  return isGiven
    ? person("given", { ...bare, status: "active", periodEnd: aMonthAfter(given.now), trialEndsAt: null })
    : person("gets", { ...bare, status: "trialing", periodEnd: endsAt, trialEndsAt: endsAt });
}

/** Of which organization they get the plan. @param {Membership} member @param {Given} given @param {(ask: Ask) => string} decided */
function sourceOf({ user, email, teams }, { rules, catalog, now }, decided) {
  const [first, ...more] = teams;
  if (first === undefined || more.length === 0) return first?.organization ?? "leave";
  const answer = decided({ question: "two_organizations", about: user, options: `highest, ${teams.map(({ organization }) => organization).join(", ")}, leave`, detail: `${email ?? user}: ${teams.map(({ organization, planId }) => `${planId} of ${organization}`).join(", ")}` });
  if (answer === "ask" || answer === "leave") return answer;
  if (answer === "highest") {
    const place = (/** @type {string} */ planId) => catalog.plans.get(rules.plans.get(planId) ?? "")?.position ?? -1;
    const isOn = (/** @type {number} */ until) => Number(until > now);
    return [...teams].sort((one, two) => isOn(two.accessUntil) - isOn(one.accessUntil) || place(two.planId) - place(one.planId) || two.accessUntil - one.accessUntil || (one.organization < two.organization ? -1 : 1))[0]?.organization ?? "leave";
  }
  if (!teams.some(({ organization }) => organization === answer)) throw new Failure(`two_organizations of ${user} is highest, leave, or one of ${teams.map(({ organization }) => organization).join(", ")}, and not "${answer}".`);
  return answer;
}

/** What lasts until then or longer has no end (`entitlements.access_until`). */
const WITHOUT_END = Number.MAX_SAFE_INTEGER;

/**
 * Whether they keep the plan that they have by themselves. One that is better in rank and worse in length, or the other way round, is
 * neither the better nor the worse one, and would be gone for good: somebody has to decide.
 * @param {Membership} member
 * @param {{ target: Plan, endsAt: number }} offered
 * @param {Given} given
 * @param {(ask: Ask) => string} decided
 * @returns {"keep" | "get" | "leave" | "ask"}
 */
function ownPlan({ user, email, own, ownAccessUntil }, { target, endsAt }, { catalog, now }, decided) {
  if (own === null || ownAccessUntil <= now) return "get";
  const place = catalog.plans.get(own.planId)?.position ?? -1;
  const [rank, length] = [place - target.position, Math.min(ownAccessUntil, WITHOUT_END) - Math.min(endsAt, WITHOUT_END)];
  if (rank >= 0 && length >= 0) return "keep";
  if (rank <= 0 && length <= 0) return "get";
  const until = (/** @type {number} */ moment) => (moment >= WITHOUT_END ? "without an end" : `until ${new Date(moment).toISOString().slice(0, 10)}`);
  const answer = decided({ question: "own_plan", about: user, options: "keep, get, leave", detail: `${email ?? user}: has ${own.planId} ${until(ownAccessUntil)}, and would get ${target.id} ${until(endsAt)} in place of it` });
  if (answer === "keep" || answer === "get" || answer === "leave" || answer === "ask") return answer;
  throw new Failure(`own_plan of ${user} is keep, get or leave, and not "${answer}".`);
}

/** @param {Team} team @param {Membership[]} people @param {Plan | null} target @param {number} now */
function findingsOf(team, people, target, now) {
  /** @type {Finding[]} */
  const findings = [];
  const note = (/** @type {string} */ reason, /** @type {string} */ about, /** @type {string} */ detail) => { findings.push({ reason, about, detail }); };
  if (team.members.length === 0) note("nobody_in_it", team.id, `${team.name} has no people`);
  if (team.accessUntil <= now && team.moved === null) note("not_running", team.id, `${team.name} is ${team.held.status}: its people get nothing, and keep what they have`);
  if (team.seats !== -1 && team.members.length > team.seats) note("over_seats", team.id, `${team.name}: ${team.members.length} people on ${team.seats} seats; all of them are moved`);
  if (team.invitations.length > 0) note("pending_invitations", team.id, `${team.name}: ${team.invitations.length} invitations are revoked; there is nothing to join any more`);
  if (team.grants > 0) note("grants", team.id, `${team.name}: ${team.grants} allowances beyond its plan are not brought along`);
  if (target !== null && target.price === null) note("no_price", target.id, "has no price yet: nobody can pay for it");
  for (const { user, email, isBanned, personal, paysAtStripe, ownAccessUntil } of people) {
    if (email === null) note("no_address", user, "nobody can write to them that they have to pay");
    if (isBanned) note("banned", user, "is moved, and stays banned");
    if (personal === null) note("no_personal_organization", user, "gets nothing: sign-up has not come to its end; it is made when they sign in");
    if (paysAtStripe && ownAccessUntil > now) note("pays_already", user, "keeps what they pay for");
    else if (paysAtStripe) note("pays_nothing", user, "gets nothing: their own subscription at Stripe goes on, and is not paid for (unpaid or paused): it is to be settled or ended there first");
  }
  return findings;
}
