// `npm run move-to-b2c`: what becomes of a thousand organizations and their people, that a move which is killed again and again comes
// to the same as one that nobody kills, that the way back makes every row what it was, and that nobody pays twice.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import type { Stripe } from "stripe";
import { aMonthAfter } from "../scripts/import/moments.mjs";
import { splitStatements } from "../scripts/local/sql.mjs";
import { at } from "./harness/answers.ts";
import { engine } from "./harness/database.ts";
import { seeded } from "./harness/stripe/random.ts";
import { startStripeStandIn, type StripeStandIn } from "./harness/stripe/stand-in.ts";
import { startSystem, type System } from "./harness/system.ts";
import { TemporaryFiles } from "./harness/temporary-files.ts";
import { token } from "./harness/tokens.ts";
import { DAY, World, type Person, type Team } from "./harness/world.ts";
import { chosen, killed } from "./import/brought.ts";
import { ADDED_TO, contents, fill, move, plan, type ChosenDatabase } from "./move/moving.ts";
import { organizationsBefore, type Before } from "./move/organizations.ts";
import { finish } from "../scripts/move/finish.mjs";
import { rollBack } from "../scripts/move/roll-back.mjs";
import { StripeSide } from "../scripts/move/stripe.mjs";
import { verify } from "../scripts/move/verify.mjs";

const ORGANIZATIONS = 1_000;
const KILLS = 20;

interface Scene {
  system: System;
  database: ChosenDatabase;
  stripe: StripeStandIn;
  side: StripeSide;
  before: Before;
  now: number;
  packages: string;
  analytics: string;
}

const scenes: Pick<Scene, "system" | "stripe">[] = [];
const files = new TemporaryFiles();
after(async () => {
  files.remove();
  await Promise.all(scenes.flatMap(({ system, stripe }) => [system.close(), stripe.close()]));
});

/** A product with so many organizations, of which every eighth pays at Stripe. */
async function scene(count: number, { seed = 1, now = Date.now() } = {}): Promise<Scene> {
  const stripe = await startStripeStandIn({ now: () => Math.floor(now / 1_000) });
  const system = await startSystem({ catalog: "wellness-organizations", bindings: stripe.settings() });
  stripe.price({ id: "price_organization", amount: 9_900, interval: "month" });
  const paid = (place: number) => {
    if (place % 8 !== 6 || place % 101 === 50) return null;
    const customer = stripe.customer({ email: `payer${place}@mail.example` }).id;
    const { id, items } = stripe.subscription({ customer, price: "price_organization" });
    return { customer, subscription: id, price: "price_organization", end: (items.data[0]?.current_period_end ?? 0) * 1_000 };
  };
  const made = organizationsBefore(count, { seed, now, stripe: paid });
  const database = chosen(system);
  const name = `${scenes.length}`;
  const found = {
    system, database, stripe, side: await StripeSide.at({ key: stripe.secretKey, url: stripe.url }), before: made, now,
    packages: files.write(`packages${name}.csv`, made.packagesCsv), analytics: files.write(`analytics${name}.csv`, made.analyticsCsv),
  };
  scenes.push(found);
  await fill(database, made);
  return found;
}

/** Everything that is asked, decided one way or another: the same for the same questions. */
function decided(asks: { question: string; about: string; options: string }[]): string {
  const lines = asks.map(({ question, about, options }, place) => {
    const choices = options.split(", ");
    return `${question},${about},${question === "two_organizations" && place % 3 === 0 ? "highest" : choices[place % choices.length] ?? ""}`;
  });
  return files.write("decisions.csv", `question,about,decision\n${lines.join("\n")}\n`);
}

/** A D1 as wrangler reaches it: questions of which the system takes no more at once, and a transaction as the text of a file. */
const asDeployed = (database: ChosenDatabase): ChosenDatabase => ({
  ...database, kind: "remote",
  ask: async (questions) => {
    assert.ok(Buffer.byteLength(questions.join(";\n")) < 100_000, "questions are an argument of a program");
    return database.ask(questions);
  },
  write: (sql) => database.write(splitStatements(`${[sql].flat().join(";\n")};\n`)),
});

/** How often each subscription at Stripe was told to end. */
const told = (stripe: StripeStandIn): number => stripe.requests.filter(({ method, path }) => method === "POST" && path.includes("/subscriptions/sub_")).length;

describe("a thousand organizations", () => {
  let killedOne: Scene;
  let whole: Scene;
  let untouched: Record<string, string[]>;
  let decisions: string;
  before(async () => {
    const now = Date.now();
    [killedOne, whole] = [await scene(ORGANIZATIONS, { now }), await scene(ORGANIZATIONS, { now })];
    untouched = await contents(killedOne.system);
  });

  it("are planned without a change: what each becomes, what is lost, and what is to be decided", async () => {
    const { database, system } = killedOne;
    const snapshot = await system.snapshot();
    const found = await plan(database, {});
    assert.equal(await system.snapshot(), snapshot);
    assert.deepEqual([...new Set(found.asks.map(({ question }) => question))].sort(), ["custom_plan", "one_payer", "two_organizations", "unknown_plan"]);
    assert.deepEqual([...new Set(found.findings.map(({ reason }) => reason))].sort(), [
      "banned", "grants", "no_address", "no_price", "nobody_in_it", "not_running", "over_seats", "pays_already", "pending_invitations",
    ]);
    assert.match(found.text(), /organization_professional +premium/);
    decisions = decided(found.asks);
  });

  it("are moved to the same state although the move is killed at 20 random points, and nobody is told anything twice", async () => {
    const { database, packages, analytics, side } = killedOne;
    const chance = seeded(20_261_129);
    let kills = 0;
    for (let tries = 0; kills < KILLS; tries += 1) {
      assert.ok(tries < KILLS, `it was through after ${kills} kills`);
      await move(killed(database, 1 + chance(3), chance(2) === 0), { decisions, packages, analytics, stripe: side }).catch((error: Error) => {
        assert.match(error.message, /killed/);
        kills += 1;
      });
    }
    await move(database, { decisions, packages, analytics, stripe: side });
    await move(whole.database, { decisions, packages: whole.packages, analytics: whole.analytics, stripe: whole.side });

    // Two moves are not made at the same moment, and Stripe's ids are its own.
    const isOfMove = (moment: number): boolean => moment >= killedOne.now && moment <= Date.now() || moment >= aMonthAfter(killedOne.now) && moment <= aMonthAfter(Date.now());
    const same = (column: string, value: string | number | null): string | number | null => {
      if (typeof value === "number") return isOfMove(value) ? "the move" : value;
      if (value === null || column === "id" && /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(value)) return value && "an id";
      return value.replace(/(cus|sub)_[A-Za-z0-9]+/g, "$1").replace(/\b\d{13}\b/g, (moment) => (isOfMove(Number(moment)) ? "the move" : moment))
        .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (moment) => (isOfMove(Date.parse(moment)) ? "the move" : moment));
    };
    const [pieces, one] = [await contents(killedOne.system, same), await contents(whole.system, same)];
    for (const table of Object.keys(one)) assert.deepEqual(pieces[table], one[table], table);

    const snapshot = await killedOne.system.snapshot();
    assert.equal((await move(database, { decisions, packages, analytics, stripe: side })).organizations, 0);
    assert.equal(await killedOne.system.snapshot(), snapshot, "a further run has changed something");
    assert.equal(told(killedOne.stripe), told(whole.stripe), "each subscription is told once to end");
  });

  it("verify clean", async () => {
    const { database, side } = killedOne;
    const { before: was, after: is, wrong } = await verify(database, { stripe: side });
    assert.deepEqual(wrong, []);
    assert.deepEqual(is, was);
    assert.ok(was.organizations > 700 && was.gets > 1_500 && was.given > 5 && was.sessions > 1_000, JSON.stringify(was));
  });

  it("end at Stripe with their periods, until which their people have what they got, and nobody pays before that", async () => {
    const { system, stripe, before: { organizations } } = killedOne;
    const moved = new Map((await system.sql("SELECT organization_id, ends_at, is_ended_by_move FROM moved_organizations WHERE stripe_subscription_id IS NOT NULL")).map((row) => [row["organization_id"], row]));
    let ended = 0;
    for (const { id, stripe: subscription } of organizations) {
      if (subscription === null) continue;
      const held = stripe.account.subscription(subscription);
      const row = moved.get(id);
      assert.equal(held.cancel_at_period_end, row !== undefined, id);
      if (row === undefined) continue;
      ended += 1;
      assert.ok(Number(row["ends_at"]) >= (held.items.data[0]?.current_period_end ?? 0) * 1_000, id);
      assert.equal(row["is_ended_by_move"], 1);
    }
    assert.ok(ended > 80, String(ended));
    const [early] = await system.sql(`SELECT COUNT(*) AS people FROM moved_rows was JOIN entitlements can ON can.organization_id = was.row_key JOIN moved_organizations moved ON moved.organization_id = was.organization_id
WHERE was.table_name = 'org_subscriptions' AND can.access_until < moved.ends_at`);
    assert.equal(early?.["people"], 0);
  });

  it("are rolled back row by row to what they were, killed or not", async () => {
    const { database, system, side, stripe } = killedOne;
    let kills = 0;
    const chance = seeded(7);
    for (let tries = 0; tries < 6; tries += 1) {
      await rollBack(killed(database, 1 + chance(3), chance(2) === 0), { stripe: side }).catch((error: Error) => {
        assert.match(error.message, /killed/);
        kills += 1;
      });
    }
    assert.ok(kills >= 4, String(kills));
    const { kept } = await rollBack(database, { stripe: side });
    assert.deepEqual(kept, []);
    const now = await contents(system);
    for (const table of Object.keys(untouched)) {
      if (ADDED_TO.includes(table)) assert.deepEqual(untouched[table]?.filter((row) => !now[table]?.includes(row)), [], table);
      else assert.deepEqual(now[table], untouched[table], table);
    }
    for (const { stripe: subscription } of killedOne.before.organizations) if (subscription !== null) assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, false);
  });
});

/** Five organizations: what somebody can do with them is looked at one by one. */
describe("somebody who was moved", () => {
  let one: Scene;
  let decisions: string;
  const people = (place: number): string[] => one.before.organizations[place]?.people ?? [];
  const me = (user: string) => one.system.call("account", { path: "/me", method: "GET", token: token({ sub: user, email: `person${Number(user.slice(1))}@mail.example` }) });
  const held = async (user: string) => (await one.system.sql("SELECT held.plan_id, held.status, held.trial_ends_at, held.stripe_subscription_id FROM org_subscriptions held JOIN organizations own ON own.id = held.organization_id WHERE own.personal_user_id = ?", user))[0];
  before(async () => {
    one = await scene(24, { seed: 3 });
    await one.database.write(["UPDATE plans SET price_month_cents = 900 WHERE audience = 'individual'", "UPDATE users SET banned_at = NULL"]);
  });
  /** Of those who got a plan by an organization that is paid at Stripe. */
  const movedOnes = async (): Promise<{ user: string; organization: string; plan: string; endsAt: number }[]> => (await one.system.sql(`SELECT was.user_id, was.organization_id, held.plan_id, moved.ends_at
FROM moved_rows was JOIN moved_organizations moved ON moved.organization_id = was.organization_id AND moved.stripe_subscription_id IS NOT NULL
JOIN org_subscriptions held ON held.organization_id = was.row_key JOIN users person ON person.id = was.user_id AND person.email_verified = 1
WHERE was.table_name = 'org_subscriptions' ORDER BY was.user_id`)).map((row) => ({ user: String(row["user_id"]), organization: String(row["organization_id"]), plan: String(row["plan_id"]), endsAt: Number(row["ends_at"]) }));

  it("alone is moved with --organization, and no more than --limit at once", async () => {
    const { database, side, system } = one;
    const asked = (await plan(database, {})).asks;
    decisions = files.write("all.csv", `question,about,decision\n${asked.map(({ question, about }) => `${question},${about},${question === "two_organizations" ? "highest" : question === "one_payer" ? "given" : "pro"}`).join("\n")}\n`);
    const alone = engine === "d1" ? asDeployed(database) : database;
    assert.deepEqual(await move(alone, { decisions, stripe: side, organization: "org000000" }), { organizations: 1, people: people(0).length, waiting: 0, ended: 0 });
    assert.deepEqual((await verify(alone, { organization: "org000000" })).wrong, []);
    assert.deepEqual(await rollBack(alone, { organization: "org000000", stripe: side }), { organizations: 1, kept: [] });
    assert.equal((await move(alone, { decisions, stripe: side, organization: "org000000" })).organizations, 1);
    assert.equal((await move(database, { decisions, stripe: side, limit: 3 })).organizations, 3);
    const toml = files.write("all.toml", asked.map(({ question, about }) => `[[decisions]]\nquestion = "${question}"\nabout = "${about}"\ndecision = "${question === "two_organizations" ? "highest" : question === "one_payer" ? "given" : "pro"}"\n`).join("\n"));
    await move(database, { decisions: toml, stripe: side, packages: one.packages, analytics: one.analytics });
    assert.equal(Number((await system.sql("SELECT COUNT(*) AS organizations FROM moved_organizations"))[0]?.["organizations"]), one.before.organizations.length);
  });

  it("is decided anew where something changed while a page was written", async () => {
    const { database, side, system } = one;
    const [first] = await movedOnes();
    assert.ok(first);
    await rollBack(database, { organization: first.organization, stripe: side });
    let pages = 0;
    const quick: ChosenDatabase = {
      ...database,
      write: async (sql) => {
        const isPage = [sql].flat().some((one) => one.startsWith("INSERT INTO moved_rows"));
        if (isPage && pages++ === 0) await system.sql("UPDATE org_subscriptions SET plan_id = 'pro', status = 'active', trial_ends_at = NULL, updated_at = updated_at + 1 WHERE organization_id = ?", `p${first.user}`);
        await database.write(sql);
      },
    };
    await move(quick, { decisions, stripe: side, organization: first.organization });
    const [was] = await system.sql("SELECT row_after FROM moved_rows WHERE organization_id = ? AND table_name = 'organization_members' AND row_key = ?", first.organization, first.user);
    assert.deepEqual([pages, JSON.parse(String(was?.["row_after"])).outcome, (await held(first.user))?.["status"]], [2, "keeps", "active"]);
  });

  it("signs in, has the plan on their own and is told when it ends", async () => {
    const [first] = await movedOnes();
    assert.ok(first);
    const reply = await me(first.user);
    assert.deepEqual([reply.status, at(reply, "current", "kind"), at(reply, "current", "plan"), at(reply, "current", "status")], [200, "personal", first.plan, "trialing"], reply.text);
    const events = await one.system.sql("SELECT event_type, payload FROM outbox WHERE organization_id = ? ORDER BY id", `p${first.user}`);
    assert.deepEqual(events.map((row) => row["event_type"]).sort(), ["subscription.updated", "user.updated"]);
    const updated = events.find((row) => row["event_type"] === "subscription.updated");
    assert.deepEqual(["plan", "status"].map((name) => JSON.parse(String(updated?.["payload"])).subscription[name]), [first.plan, "trialing"]);
  });

  it("buys it before their organization's period is over, and pays from then on: nobody pays twice for the same days", async () => {
    const { stripe, system, database, now } = one;
    const paying = (await movedOnes()).find(({ endsAt }) => endsAt > now + 3 * DAY);
    assert.ok(paying);
    const organization = one.before.organizations.find(({ id }) => id === paying.organization);
    assert.ok(organization?.stripe);
    stripe.price({ id: "price_individual", amount: 900, interval: "month" });
    await database.write([`INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_individual', '${paying.plan}', 'month', 1)`]);
    const tell = async (events: readonly object[]): Promise<void> => {
      for (const event of events) assert.equal((await stripe.deliver(`${system.url}/functions/v1/billing/webhook`, event)).status, 200);
    };
    const charged = (): number[] => [...stripe.account.invoices.values()].filter(({ amount_due: due, created }) => due > 0 && created * 1_000 >= now - 1_000).map(({ amount_due: due }) => due);
    const before = charged();

    const theirs = token({ sub: paying.user, email: `person${Number(paying.user.slice(1))}@mail.example` });
    const opened = await system.call("billing", { path: "/checkout", token: theirs, body: { plan: paying.plan, interval: "month" } });
    assert.equal(opened.status, 200, opened.text);
    assert.equal(at(opened, "trialEndsAt"), new Date(paying.endsAt).toISOString());
    const session = String(at(opened, "checkoutSessionId"));
    await tell(stripe.completeCheckout(session));
    const bought = String(stripe.account.session(session).subscription);
    assert.deepEqual([await held(paying.user), stripe.account.subscription(bought).trial_end], [
      { plan_id: paying.plan, status: "trialing", trial_ends_at: paying.endsAt, stripe_subscription_id: bought }, paying.endsAt / 1_000,
    ]);
    assert.deepEqual(charged(), before, "they were charged while their organization had paid");

    await tell(stripe.renew(organization.stripe));
    assert.equal(stripe.account.subscription(organization.stripe).status, "canceled");
    assert.deepEqual(charged(), before, "the organization was charged for a further period");
    await tell(stripe.endTrial(bought));
    assert.deepEqual(charged(), [...before, 900]);
    assert.deepEqual([(await held(paying.user))?.["status"], at(await me(paying.user), "current", "status")], ["active", "active"]);
  });

  it("who has not paid by then may look at everything and use nothing that costs", async () => {
    const { system } = one;
    const late = (await movedOnes()).at(-1);
    assert.ok(late);
    await system.sql("UPDATE org_subscriptions SET trial_ends_at = ?, current_period_end = ? WHERE organization_id = ?", Date.now() - 1, Date.now(), `p${late.user}`);
    const theirs = token({ sub: late.user, email: `person${Number(late.user.slice(1))}@mail.example` });
    const packages = await system.call("account", { path: "/packages", method: "GET", token: theirs });
    assert.equal(packages.status, 200, packages.text);
    const opened = await system.call("account", { path: "/open-package", token: theirs, body: { package: "deep-sleep" } });
    assert.deepEqual([opened.status, at(opened, "lockedBecause")], [403, "subscription_required"], opened.text);
    await system.sql("UPDATE org_subscriptions SET trial_ends_at = ?, current_period_end = ? WHERE organization_id = ?", late.endsAt, late.endsAt, `p${late.user}`);
  });

  it("keeps by a way back what they did since, and all others are what they were", async () => {
    const { database, system, side } = one;
    const [bought, switched] = (await movedOnes()).filter(({ organization }, place, all) => all.findIndex((other) => other.organization === organization) === place);
    assert.ok(bought && switched);
    await system.batch([
      { sql: "UPDATE org_subscriptions SET status = 'active', stripe_subscription_id = 'sub_theirs', updated_at = updated_at + 1 WHERE organization_id = ?", values: [`p${bought.user}`] },
      { sql: "UPDATE users SET current_organization_id = ? WHERE id = ?", values: [switched.organization, switched.user] },
    ]);
    const { since, wrong } = await verify(database, {});
    assert.deepEqual(wrong, []);
    assert.ok(since.some(({ reason, about }) => reason === "subscription" && about === bought.user));
    const { kept } = await rollBack(database, { organization: bought.organization, stripe: side });
    assert.deepEqual(kept.filter(({ reason }) => reason !== "subscription_over").map(({ reason, about }) => [reason, about]), [["subscription", bought.user]]);
    assert.deepEqual((await held(bought.user))?.["stripe_subscription_id"], "sub_theirs");
    const others = await system.sql("SELECT row_key FROM moved_rows WHERE organization_id = ?", bought.organization);
    assert.deepEqual(others, []);
    assert.ok((await movedOnes()).some(({ user }) => user === switched.user), "another organization was taken back, too");
  });

  it("is looked back at when it is finished, and there is no way back", async () => {
    const { database, system, side, stripe } = one;
    await system.sql("UPDATE billing_subscriptions SET status = 'canceled' WHERE organization_id LIKE 'org%' AND organization_id <> ?", (await movedOnes()).at(-1)?.organization ?? "");
    const { organizations, waiting } = await finish(database, {});
    assert.ok(organizations > 15, String(organizations));
    assert.deepEqual([...new Set(waiting.map(({ reason }) => reason))], ["still_paid"]);
    const [archived] = await system.sql("SELECT organization_id FROM moved_organizations WHERE state = 'finished' AND people > 0 AND organization_id <> 'org000000' ORDER BY organization_id");
    const id = String(archived?.["organization_id"]);
    const [team] = await system.sql("SELECT archived_at FROM organizations WHERE id = ?", id);
    assert.ok(Number(team?.["archived_at"]) > 0);
    assert.equal((await system.sql("SELECT row_key FROM moved_rows WHERE organization_id = ? AND table_name = 'organization_members'", id)).length, (await system.sql("SELECT user_id FROM organization_members WHERE organization_id = ?", id)).length);
    assert.deepEqual((await system.sql("SELECT action FROM audit_events WHERE organization_id = ? ORDER BY id", id)).map((row) => row["action"]), ["organization.moved", "organization.archived"]);
    await assert.rejects(rollBack(database, { organization: id, stripe: side }), /is finished: there is no way back/);
    assert.deepEqual((await verify(database, {})).wrong, []);
    assert.equal((await finish(database, {})).organizations, 0);
    assert.ok(stripe);
  });
});

/** People and organizations one by one: what is theirs stays theirs, and what is done meanwhile is noticed. */
describe("what stands against a move", () => {
  let system: System;
  let database: ChosenDatabase;
  let world: World;
  let stripe: StripeStandIn;
  let side: StripeSide;
  let admin: Person;
  before(async () => {
    stripe = await startStripeStandIn({});
    system = await startSystem({ catalog: "wellness-organizations", bindings: stripe.settings() });
    scenes.push({ system, stripe });
    [database, world, side] = [chosen(system), new World(system), await StripeSide.at({ key: stripe.secretKey, url: stripe.url })];
    for (const [id, plan, amount] of [["price_professional", "organization_professional", 29_900], ["price_starter", "organization_starter", 9_900]] as const) {
      stripe.price({ id, amount, interval: "month" });
      await system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, 'month', 1)", id, plan);
    }
    admin = await world.staff("super_admin");
  });

  const held = async ({ organizationId }: Person) => (await system.sql("SELECT plan_id, status, trial_ends_at FROM org_subscriptions WHERE organization_id = ?", organizationId))[0];
  const outcome = async ({ id }: Person) => (await system.sql("SELECT organization_id, row_after FROM moved_rows WHERE user_id = ? AND table_name = 'organization_members' ORDER BY organization_id", id))
    .map((row) => [row["organization_id"], JSON.parse(String(row["row_after"])).outcome]);
  const decisionsOf = (...lines: string[]): string => files.write(`${randomUUID()}.csv`, `question,about,decision\n${lines.join("\n")}\n`);
  const tell = async (events: readonly object[]): Promise<void> => {
    for (const event of events) assert.equal((await stripe.deliver(`${system.url}/functions/v1/billing/webhook`, event)).status, 200);
  };
  const running = async ({ id }: Team): Promise<string> => String((await system.sql("SELECT stripe_subscription_id FROM billing_subscriptions WHERE organization_id = ? AND status IN ('active', 'trialing')", id))[0]?.["stripe_subscription_id"]);
  /** A team that buys its plan with a checkout of its own. */
  const paying = async (plan = "organization_professional"): Promise<Team> => {
    const team = await world.team({ plan, status: "trialing", trialEndsAt: Date.now() + 1 * DAY, members: { member: 2 } });
    await tell(stripe.completeCheckout(await checkout(team, plan)));
    return team;
  };
  const checkout = async (team: Team, plan = "organization_professional"): Promise<string> => {
    const opened = await system.call("billing", { path: "/checkout", token: team.owner.token, body: { plan, interval: "month", organizationId: team.id } });
    assert.equal(opened.status, 200, opened.text);
    return String(at(opened, "checkoutSessionId"));
  };
  const reasons = (lines: { reason: string; about: string }[]) => lines.map(({ reason, about }) => [reason, about]);

  it("a plan of one's own that is lower and lasts longer, or is higher and ends before, is a question, and is kept or given up as it is decided", async () => {
    const forever = await world.individual({ plan: "starter", status: "active" });
    const long = await world.individual({ plan: "starter", status: "trialing", trialEndsAt: Date.now() + 90 * DAY });
    const high = await world.individual({ plan: "pro", status: "trialing", trialEndsAt: Date.now() + 5 * DAY });
    const less = await world.individual({ plan: "starter", status: "trialing", trialEndsAt: Date.now() + 5 * DAY });
    const more = await world.individual({ plan: "pro", status: "active" });
    const team = await world.team({ plan: "organization_professional", status: "trialing", trialEndsAt: Date.now() + 3 * DAY });
    for (const person of [forever, long, high, less, more]) await world.join(team.id, person, "member");
    const had = [await held(forever), await held(long), await held(high)];

    const { asks } = await plan(database, { organization: team.id });
    assert.deepEqual(asks.map(({ question, about, options }) => [question, about, options]).sort(), [forever, long, high].map(({ id }) => ["own_plan", id, "keep, get, leave"]).sort());
    assert.match(asks.find(({ about }) => about === forever.id)?.detail ?? "", /has starter without an end, and would get premium until \d{4}-\d\d-\d\d in place of it/);
    await assert.rejects(move(database, { organization: team.id, decisions: decisionsOf(`own_plan,${long.id},perhaps`) }), /own_plan of .* is keep, get or leave, and not "perhaps"/);
    await move(database, { organization: team.id });
    assert.deepEqual([await held(forever), await held(long), await held(high)], had);
    assert.deepEqual([await outcome(forever), await outcome(less), await outcome(more)], [[], [[team.id, "gets"]], [[team.id, "keeps"]]]);
    assert.deepEqual(reasons((await finish(database, { organization: team.id })).waiting).sort(), [forever, long, high].map(({ id }) => ["not_moved", id]).sort());

    const decisions = decisionsOf(`own_plan,${forever.id},keep`, `own_plan,${long.id},get`, `own_plan,${high.id},keep`);
    await move(database, { organization: team.id, decisions });
    assert.deepEqual([await held(forever), await held(high)], [had[0], had[2]]);
    assert.deepEqual([await outcome(forever), await outcome(long), await outcome(high)], ["keeps", "gets", "keeps"].map((became) => [[team.id, became]]));
    assert.equal((await held(long))?.["plan_id"], "premium");
    assert.deepEqual((await verify(database, { organization: team.id })).wrong, []);
  });

  it("an organization that begins to pay while it is moved is told without Stripe's key, is not finished, and ended by a further run", async () => {
    const team = await world.team({ plan: "organization_professional", status: "trialing", trialEndsAt: Date.now() + 10 * DAY, members: { member: 2 } });
    const session = await checkout(team);
    await move(database, { organization: team.id, stripe: side });
    assert.deepEqual((await verify(database, { organization: team.id })).wrong, []);
    await tell(stripe.completeCheckout(session));
    const subscription = await running(team);
    for (const withStripe of [{}, { stripe: side }]) {
      assert.deepEqual(reasons((await verify(database, { organization: team.id, ...withStripe })).wrong), [["charged_on", subscription]]);
      assert.deepEqual(reasons((await finish(database, { organization: team.id, ...withStripe })).waiting), [["charged_on", subscription]]);
    }
    await assert.rejects(move(database, { organization: team.id }), /is moved and charged on at Stripe .* STRIPE_SECRET_KEY/);
    assert.deepEqual(await move(database, { organization: team.id, stripe: side }), { organizations: 0, people: 0, waiting: 0, ended: 1 });
    assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, true);
    assert.deepEqual((await verify(database, { organization: team.id, stripe: side })).wrong, []);
    assert.deepEqual(reasons((await finish(database, { organization: team.id, stripe: side })).waiting), [["still_paid", subscription]]);
    assert.equal((await move(database, { organization: team.id, stripe: side })).ended, 0);
    assert.deepEqual(await rollBack(database, { organization: team.id, stripe: side }), { organizations: 1, kept: [] });
    assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, false);
  });

  it("nobody buys a plan for an organization that is moved, changes it or goes on with it, and neither does it become personal", async () => {
    const [paid, tried] = [await paying(), await world.team({ plan: "organization_professional", status: "trialing", trialEndsAt: Date.now() + 10 * DAY })];
    const buys = ["/checkout", "/change-plan", "/resume"];
    for (const team of [paid, tried]) {
      await move(database, { organization: team.id, stripe: side });
      await system.call("account", { path: "/switch-organization", token: team.owner.token, body: { organizationId: team.id } });
      const [requests, snapshot] = [stripe.requests.length, await system.snapshot()];
      for (const path of buys) {
        const reply = await system.call("billing", { path, token: team.owner.token, body: { plan: "organization_starter", interval: "month", organizationId: team.id } });
        assert.deepEqual([reply.status, at(reply, "code")], [409, "organization_moved"], reply.text);
      }
      const back = await system.call("identity", { path: "/convert-back", token: team.owner.token, body: { organizationId: team.id } });
      assert.deepEqual([back.status, at(back, "code")], [409, "organization_moved"], back.text);
      assert.deepEqual([stripe.requests.length, await system.snapshot()], [requests, snapshot]);
      await rollBack(database, { organization: team.id, stripe: side });
      const reply = await system.call("billing", { path: "/checkout", token: team.owner.token, body: { plan: "organization_starter", interval: "month", organizationId: team.id } });
      assert.deepEqual([reply.status, at(reply, "code")], team === paid ? [409, "already_subscribed"] : [200, undefined], reply.text);
    }
  });

  it("an organization whose subscription somebody lets go on at Stripe is told and ended again", async () => {
    const team = await paying();
    const subscription = await running(team);
    await move(database, { organization: team.id, stripe: side });
    await tell(stripe.events.slice(-1));
    assert.deepEqual((await verify(database, { organization: team.id })).wrong, []);
    await stripe.client().subscriptions.update(subscription, { cancel_at_period_end: false });
    await tell(stripe.events.slice(-1));
    assert.deepEqual(reasons((await verify(database, { organization: team.id })).wrong), [["charged_on", subscription]]);
    assert.equal((await move(database, { organization: team.id, stripe: side })).ended, 1);
    assert.deepEqual([stripe.account.subscription(subscription).cancel_at_period_end, (await verify(database, { organization: team.id, stripe: side })).wrong], [true, []]);
  });

  it("a subscription that was told to end goes on by a way back, also where the move was stopped before anybody was moved", async () => {
    const team = await paying();
    const subscription = await running(team);
    for (const place of [1, 2]) {
      // Stopped after Stripe was told, with the page not written, or written and its answer lost.
      await assert.rejects(move(killed(database, 2, place === 2), { organization: team.id, stripe: side }), /killed/);
      assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, true);
      assert.deepEqual(reasons((await verify(database, { organization: team.id, stripe: side })).wrong), place === 1 ? [["ends_unmoved", subscription]] : []);
      const { kept } = await rollBack(database, { organization: team.id, stripe: side });
      assert.deepEqual([kept, stripe.account.subscription(subscription).cancel_at_period_end, marks(subscription)], [[], false, []]);
      assert.deepEqual((await verify(database, { organization: team.id, stripe: side })).wrong, []);
    }
    // Who had cancelled by themselves is left alone.
    await stripe.client().subscriptions.update(subscription, { cancel_at_period_end: true });
    await assert.rejects(move(killed(database, 2, false), { organization: team.id, stripe: side }), /killed/);
    await rollBack(database, { organization: team.id, stripe: side });
    assert.equal(stripe.account.subscription(subscription).cancel_at_period_end, true);
  });

  const marks = (subscription: string) => Object.keys(stripe.account.subscription(subscription).metadata).filter((name) => name.startsWith("tallygate_move"));
  /** A team whose next period is to be on the smaller plan. */
  const goingDown = async (): Promise<{ team: Team; subscription: string }> => {
    const team = await paying();
    const subscription = await running(team);
    await system.call("account", { path: "/switch-organization", token: team.owner.token, body: { organizationId: team.id } });
    const changing = await system.call("billing", { path: "/change-plan", token: team.owner.token, body: { plan: "organization_starter", interval: "month", organizationId: team.id } });
    assert.equal(changing.status, 200, changing.text);
    assert.ok(stripe.account.subscription(subscription).schedule);
    return { team, subscription };
  };

  /** Who dies with the answer to one of the things that are asked of Stripe, once it is done. */
  const dying = (place: number): StripeSide => {
    let calls = 0;
    return new StripeSide(new Proxy(stripe.client(), {
      get: (client, name: keyof Stripe) => (typeof client[name] !== "object" || client[name] === null ? client[name] : new Proxy(client[name], {
        get: (part, method: never) => async (...given: unknown[]) => {
          const answer: unknown = await (part[method] as (...all: unknown[]) => Promise<unknown>).apply(part, given);
          if (calls++ === place) throw new Error("killed");
          return answer;
        },
      })),
    }));
  };
  /** A way back that dies at each of them; says how often it has. */
  const takenBackKilled = async ({ id }: Team): Promise<number> => {
    let kills = 0;
    for (let place = 0; place < 14; place += 1) {
      await rollBack(database, { organization: id, stripe: dying(place) }).then(({ kept }) => assert.deepEqual(kept, []), (error: Error) => {
        assert.match(error.message, /killed/);
        kills += 1;
      });
    }
    return kills;
  };

  it("a change that waited for the period's end waits again, at whatever point the move was stopped before its way back", async () => {
    const { team, subscription } = await goingDown();
    for (const place of [0, 1, 2, 3, 4]) {
      await assert.rejects(move(database, { organization: team.id, stripe: dying(place) }), /killed/);
      assert.deepEqual((await rollBack(database, { organization: team.id, stripe: side })).kept, []);
      const { schedule, cancel_at_period_end: isEnding } = stripe.account.subscription(subscription);
      assert.deepEqual([isEnding, marks(subscription)], [false, []], String(place));
      assert.deepEqual(stripe.account.schedule(String(schedule)).phases.map(({ items }) => items.map(({ price }) => price)), [["price_professional"], ["price_starter"]], String(place));
      const [held] = await system.sql("SELECT pending_plan_id FROM org_subscriptions WHERE organization_id = ?", team.id);
      assert.equal(held?.["pending_plan_id"], "organization_starter");
    }
  });

  it("two subscriptions of an organization both go on by a way back, killed at any point", async () => {
    const team = await paying();
    const first = await running(team);
    await move(database, { organization: team.id, stripe: side });
    const before = stripe.events.length;
    const second = stripe.subscription({ customer: String(stripe.account.subscription(first).customer), price: "price_professional" }).id;
    await tell(stripe.events.slice(before));
    assert.equal((await move(database, { organization: team.id, stripe: side })).ended, 1);
    assert.ok(await takenBackKilled(team) >= 4);
    for (const subscription of [first, second]) assert.deepEqual([stripe.account.subscription(subscription).cancel_at_period_end, marks(subscription)], [false, []]);
    assert.deepEqual((await verify(database, { organization: team.id, stripe: side })).wrong, []);
  });

  for (const isTold of [true, false]) {
    it(`a change that waited for the period's end waits again after a way back, killed at any point, whether Stripe's messages have come (${isTold})`, async () => {
      const { team, subscription } = await goingDown();
      const had = () => system.sql("SELECT plan_id, status, cancel_at, pending_plan_id, pending_interval, pending_at FROM org_subscriptions WHERE organization_id = ?", team.id);
      const before = await had();
      assert.equal(before[0]?.["pending_plan_id"], "organization_starter");
      let told = stripe.events.length;
      const news = async (): Promise<void> => {
        if (isTold) await tell(stripe.events.slice(told));
        told = stripe.events.length;
      };
      await news();
      await move(database, { organization: team.id, stripe: side });
      assert.equal(stripe.account.subscription(subscription).schedule, null);
      await news();
      const kills = await takenBackKilled(team);
      assert.ok(kills >= 4, String(kills));
      assert.deepEqual(await had(), before);
      await news();
      assert.deepEqual(await had(), before, "Stripe's messages have changed it");
      const { schedule, cancel_at_period_end: isEnding } = stripe.account.subscription(subscription);
      assert.deepEqual([isEnding, marks(subscription)], [false, []]);
      const { phases } = stripe.account.schedule(String(schedule));
      assert.deepEqual(phases.map(({ items }) => items.map(({ price }) => price)), [["price_professional"], ["price_starter"]]);
      await tell(stripe.renew(subscription));
      assert.deepEqual((await had()).map((row) => [row["plan_id"], row["pending_plan_id"]]), [["organization_starter", null]]);
    });
  }

  it("a change to a price that is not sold any more does not come back, and the way back says so", async () => {
    const { team, subscription } = await goingDown();
    await move(database, { organization: team.id, stripe: side });
    const sold = stripe.account.price("price_starter");
    stripe.account.prices.delete(sold.id);
    const { kept } = await rollBack(database, { organization: team.id, stripe: side });
    stripe.account.prices.set(sold.id, sold);
    assert.deepEqual(kept.map(({ reason, organization, about }) => [reason, organization, about]), [["plan_change", team.id, subscription]]);
    assert.match(kept[0]?.detail ?? "", /a change to price_starter had waited/);
    const { schedule, cancel_at_period_end: isEnding } = stripe.account.subscription(subscription);
    assert.deepEqual([schedule, isEnding, marks(subscription)], [null, false, []]);
  });

  it("whose own subscription goes on and is not paid for is told of", async () => {
    const team = await world.team({ plan: "organization_professional", members: { member: 1 } });
    const [owes] = team.members;
    assert.ok(owes);
    await system.batch([
      { sql: "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id) VALUES (?, 'sub_owes', 'si', 'price', 'unpaid', 900, 'usd', 'month', 1, 2, 1, 1, 'r')", values: [owes.organizationId] },
      { sql: "UPDATE org_subscriptions SET status = 'unpaid', stripe_subscription_id = 'sub_owes' WHERE organization_id = ?", values: [owes.organizationId] },
    ]);
    const { findings } = await plan(database, { organization: team.id });
    assert.deepEqual(findings.filter(({ reason }) => reason.startsWith("pays")).map(({ reason, about }) => [reason, about]), [["pays_nothing", owes.id]]);
  });

  it("the highest of two organizations is one that runs, by the plan that is paid", async () => {
    const [one, two] = await world.individuals(2, { plan: "starter", status: "canceled" });
    assert.ok(one && two);
    const [runs, dead] = [await world.team({ plan: "organization_starter" }), await world.team({ plan: "organization_enterprise", status: "canceled" })];
    const [high, lifted] = [await world.team({ plan: "organization_professional" }), await world.team({ plan: "organization_starter" })];
    await Promise.all([world.join(dead.id, one, "member"), world.join(high.id, two, "member")]);
    await Promise.all([world.join(runs.id, one, "member"), world.join(lifted.id, two, "member")]);
    const given = await system.call("console", { path: "/override-plan", token: admin.token, body: { organization: lifted.id, plan: "organization_enterprise", endsAt: new Date(Date.now() + DAY).toISOString(), reason: "a gift" } });
    assert.equal(given.status, 200, given.text);
    const decisions = decisionsOf(`two_organizations,${one.id},highest`, `two_organizations,${two.id},highest`);
    for (const team of [dead, runs, lifted, high]) await move(database, { organization: team.id, decisions });
    assert.deepEqual(new Map((await outcome(one)) as [string, string][]), new Map([[runs.id, "gets"], [dead.id, "elsewhere"]]));
    assert.deepEqual(new Map((await outcome(two)) as [string, string][]), new Map([[high.id, "gets"], [lifted.id, "elsewhere"]]));
    assert.deepEqual([(await held(one))?.["plan_id"], (await held(two))?.["plan_id"]], ["starter", "premium"]);
  });

  it("what is finished stays so, also where its owner has it back", async () => {
    const team = await world.team({ plan: "organization_professional", members: { member: 1 } });
    await move(database, { organization: team.id });
    assert.equal((await finish(database, { organization: team.id })).organizations, 1);
    const restored = await system.call("account", { path: "/restore-organization", token: team.owner.token, body: { organizationId: team.id } });
    assert.equal(restored.status, 200, restored.text);
    await system.call("account", { path: "/switch-organization", token: team.owner.token, body: { organizationId: team.id } });
    const late = await world.individual();
    await world.join(team.id, late, "member");
    const snapshot = await system.snapshot();
    assert.deepEqual(await move(database, { organization: team.id }), { organizations: 0, people: 0, waiting: 0, ended: 0 });
    assert.equal(await system.snapshot(), snapshot);
    assert.match((await plan(database, { organization: team.id })).text(), /Moved already: 1 organization\./);
    const { wrong, since } = await verify(database, { organization: team.id });
    assert.deepEqual([wrong, reasons(since).filter(([reason]) => reason === "restored")], [[], [["restored", team.id]]]);
    await assert.rejects(rollBack(database, { organization: team.id }), /is finished: there is no way back/);
    assert.equal((await outcome(team.owner)).length, 1);
  });

  it("an override that was given since, or is over, keeps nobody on the moved plan", async () => {
    const team = await world.team({ plan: "organization_enterprise", members: { member: 3 } });
    const [limited, lifted, other] = team.members;
    assert.ok(limited && lifted && other);
    const had = await held(limited);
    await move(database, { organization: team.id });
    for (const { organizationId } of [limited, lifted]) {
      const given = await system.call("console", { path: "/override-limit", token: admin.token, body: { organization: organizationId, feature: "concurrent_sessions", limit: 5, endsAt: new Date(Date.now() + DAY).toISOString(), reason: "a trip" } });
      assert.equal(given.status, 200, given.text);
    }
    const [kept] = await system.sql("SELECT id FROM plan_overrides WHERE organization_id = ?", lifted.organizationId);
    const over = await system.call("console", { path: "/lift-override", token: admin.token, body: { organization: lifted.organizationId, override: String(kept?.["id"]), reason: "it is over" } });
    assert.equal(over.status, 200, over.text);
    assert.deepEqual((await verify(database, { organization: team.id })).since, []);
    assert.deepEqual((await rollBack(database, { organization: team.id })).kept, []);
    for (const person of [limited, lifted, other]) assert.deepEqual({ ...(await held(person)), trial_ends_at: null }, { ...had, trial_ends_at: null });
    assert.equal((await system.sql("SELECT override_sessions FROM org_subscriptions WHERE organization_id = ?", limited.organizationId))[0]?.["override_sessions"], 5);
  });

  it("who has deleted their account, or has left, is nothing wrong", async () => {
    const team = await world.team({ plan: "organization_professional", members: { member: 3 } });
    const [gone, left] = team.members;
    assert.ok(gone && left);
    await move(database, { organization: team.id });
    const deleted = await system.call("console", { path: "/delete-person", token: admin.token, body: { user: gone.id, reason: "by letter" } });
    assert.equal(deleted.status, 200, deleted.text);
    const leaving = await system.call("manage-members", { token: left.token, body: { action: "leave", organizationId: team.id } });
    assert.equal(leaving.status, 200, leaving.text);
    const { wrong, since, before: was, after: is } = await verify(database, { organization: team.id });
    assert.deepEqual([wrong, is], [[], was]);
    assert.deepEqual(reasons(since).sort(), [["account", gone.id], ["membership", left.id]]);
    assert.equal((await finish(database, { organization: team.id })).organizations, 1);
    assert.deepEqual((await verify(database, { organization: team.id })).wrong, []);
  });

  for (const order of ["in which they were moved", "back"]) {
    it(`a package that two organizations have granted is gone when both are taken back, in the order ${order}`, async () => {
      const shared = await world.individual();
      const [one, two] = [await world.team({ plan: "organization_starter" }), await world.team({ plan: "organization_starter" })];
      for (const { id } of [one, two]) await world.join(id, shared, "member");
      const until = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
      const packages = files.write(`${randomUUID()}.csv`, `organization,package,ends_at,uses\n${one.id},deep-sleep,${until(10)},\n${two.id},deep-sleep,${until(20)},\n`);
      const granted = () => system.sql("SELECT package_id, granted_by FROM user_packages WHERE user_id = ?", shared.id);
      const decisions = decisionsOf(`two_organizations,${shared.id},highest`);
      for (const { id } of [one, two]) await move(database, { organization: id, packages, decisions });
      const [first, second] = order === "back" ? [two, one] : [one, two];
      assert.deepEqual((await rollBack(database, { organization: first.id })).kept, []);
      assert.deepEqual(await granted(), [{ package_id: "deep-sleep", granted_by: "operator" }]);
      assert.deepEqual((await rollBack(database, { organization: second.id })).kept, []);
      assert.deepEqual(await granted(), []);
    });
  }
});
