// `npm run import`: what is made of each source's people, that it is made once however often it is stopped, and that they are at
// home here afterwards.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { at } from "./harness/answers.ts";
import { startOfMonth } from "./harness/moments.ts";
import { clerk } from "./harness/provider-messages.ts";
import { StripeStandIn, startStripeStandIn } from "./harness/stripe/stand-in.ts";
import { startSystem, type System } from "./harness/system.ts";
import { token } from "./harness/tokens.ts";
import { brought, check, chosen, Files, killed, lines, run, type Finding } from "./import/brought.ts";
import { product } from "./import/sources.ts";
import { fillAccount, PRICES } from "./import/stripe.ts";

let system: System;
let stripe: StripeStandIn;
const files = new Files();
before(async () => {
  system = await startSystem();
  stripe = await startStripeStandIn();
});
after(async () => {
  files.remove();
  await system.close();
  await stripe.close();
});

/** TALLYGATE_GOLDEN=write writes the outcomes anew, of runs that nobody stops. They are to be looked through then. */
const isWritten = process.env["TALLYGATE_GOLDEN"] === "write";

/** The outcome that was looked through and found right. */
function isGolden(name: string, found: string[]): void {
  const file = new URL(`import/golden/${name}.txt`, import.meta.url);
  if (isWritten) writeFileSync(file, `${found.join("\n")}\n`);
  assert.deepEqual(found, readFileSync(file, "utf8").trimEnd().split("\n"));
}

const PEOPLE = 240;
const reasons = (findings: Finding[]): string[] => [...new Set(findings.map(({ reason }) => reason))].sort();

describe("a source", () => {
  interface Source {
    name: string;
    mapping: string;
    seed: number;
    write: (name: string, seed: number) => string[] | Promise<string[]>;
    /** What its people have at Stripe. */
    stripe?: { key: string; url: string };
    /** Names that are always the same, of what is called by chance. */
    names?: Map<string, string>;
  }
  const atStripe: Source = { name: "stripe", mapping: "supabase", seed: 6, write: (name, seed) => files.supabaseCsv(product(PEOPLE, { seed, name })) };
  let account: StripeStandIn;
  before(async () => {
    account = await startStripeStandIn();
    Object.assign(atStripe, { stripe: { key: account.secretKey, url: account.url }, names: fillAccount(account, product(PEOPLE, { seed: 6, name: "of5" })) });
    for (const [price, plan] of Object.entries(PRICES)) if (plan !== null) await system.sql("INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES (?, ?, 'month', 0)", price, plan);
  });
  after(() => account.close());
  const sources: Source[] = [
    { name: "supabase-csv", mapping: "supabase", seed: 1, write: (name, seed) => files.supabaseCsv(product(PEOPLE, { seed, name })) },
    { name: "supabase-dump", mapping: "supabase", seed: 2, write: (name, seed) => files.supabaseDump(product(PEOPLE, { seed, name })) },
    { name: "clerk-csv", mapping: "clerk", seed: 3, write: (name, seed) => files.clerkCsv(product(PEOPLE, { seed, name })) },
    { name: "clerk-json", mapping: "clerk", seed: 4, write: (name, seed) => files.clerkJson(product(PEOPLE, { seed, name })) },
    { name: "better-auth", mapping: "better-auth", seed: 5, write: (name, seed) => files.betterAuthSqlite(product(PEOPLE, { seed, name })) },
    atStripe,
  ];

  for (const [place, source] of sources.entries()) {
    const { name, mapping, seed, write } = source;
    it(`${name}: is checked without a change, brought in although it is killed after every page, and a second time changes nothing`, async () => {
      const given = await brought(mapping, await write(`of${place}`, seed), source.stripe);
      const database = chosen(system);
      const before = await system.snapshot();
      const outcome = await check(database, given);
      assert.equal(await system.snapshot(), before, "a check has changed something");

      let kills = 0;
      for (let tries = 0; !isWritten; tries += 1) {
        const next = await check(database, given);
        if (next.people.length + next.teams.length === 0) break;
        assert.ok(tries < 100, "it does not come to an end");
        await run(killed(database, 1 + (tries % 2), tries % 3 > 0), given).catch((error: Error) => {
          assert.match(error.message, /killed/);
          kills += 1;
        });
      }
      assert.ok(isWritten || kills >= 5, `${kills} kills`);
      await run(database, given);

      isGolden(name, (await lines(system, outcome, given.now)).map((line) => line.replaceAll(/sub_[A-Za-z0-9]+/g, (id) => source.names?.get(id) ?? id)));
      const after = await system.snapshot();
      const again = await run(database, await brought(mapping, await write(`of${place}`, seed), source.stripe));
      assert.equal(await system.snapshot(), after, "a second time has changed something");
      assert.deepEqual([again.people.length, again.teams.length, again.there.people], [0, 0, outcome.people.length]);
    });
  }
});

describe("two runs at once", () => {
  it("make what one makes", async () => {
    const write = (): string[] => files.supabaseCsv(product(90, { seed: 9, name: "twice" }));
    const [one, two] = [await startSystem(), await startSystem()];
    try {
      const given = await brought("supabase", write());
      const outcome = await check(chosen(one), given);
      await run(chosen(one), given);
      await Promise.all([1, 2, 3].map(() => run(chosen(two), given)));
      assert.ok(outcome.people.length > 50 && outcome.teams.length > 2);
      assert.deepEqual(await lines(two, outcome, given.now), await lines(one, outcome, given.now));
      const tables = ["users", "organizations", "organization_members", "usage_events", "usage_counters", "audit_events", "billing_customers"];
      const rows = (system: System) => Promise.all(tables.map(async (table) => [table, (await system.sql(`SELECT COUNT(*) AS rows_there FROM ${table}`))[0]?.["rows_there"]]));
      assert.deepEqual((await rows(two)).map(String), (await rows(one)).map(String));
    } finally {
      await Promise.all([one.close(), two.close()]);
    }
  });
});

describe("somebody who was brought along", () => {
  it("signs in, and has their plan, this month's count and their organization", async () => {
    const old = product(60, { seed: 8, name: "home", isDirty: false });
    await run(chosen(system), await brought("supabase", files.supabaseCsv(old)));
    const alone = old.people.find(({ tier, isVerified }) => tier === "starter" && isVerified);
    const member = old.people.find(({ organization, role, isVerified }) => organization === 1 && role === "member" && isVerified);
    assert.ok(alone?.email && member?.email);

    const theirs = token({ sub: alone.uuid, email: alone.email });
    const me = await system.call("account", { path: "/me", method: "GET", token: theirs });
    assert.equal(me.status, 200, me.text);
    assert.deepEqual([at(me, "current", "plan"), at(me, "current", "status"), at(me, "current", "role")], ["starter", "active", "owner"]);
    const counted = await system.call("track-upload", { token: theirs, body: { uploadType: "rate_sheet" } });
    assert.deepEqual([counted.status, at(counted, "totalUploads")], [200, Number(alone.uploads) + 1], counted.text);

    const team = old.organizations[1];
    const worksFor = await system.call("account", { path: "/me", method: "GET", token: token({ sub: member.uuid, email: member.email }) });
    assert.deepEqual([at(worksFor, "current", "id"), at(worksFor, "current", "role"), at(worksFor, "current", "plan")], [team?.uuid, "member", "enterprise"], worksFor.text);
    const ofTeam = old.people.filter(({ organization }) => organization === 1);
    const uploads = await system.call("track-upload", { token: token({ sub: member.uuid, email: member.email }), body: { uploadType: "rate_sheet" } });
    assert.equal(at(uploads, "totalUploads"), ofTeam.reduce((sum, { uploads }) => sum + Number(uploads), 0) + 1, uploads.text);
    assert.equal((await system.sql("SELECT user_id FROM organization_members WHERE organization_id = ?", team?.uuid ?? "")).length, ofTeam.length);
    const [owner] = await system.sql("SELECT founder.team_trial_started_at FROM organizations team JOIN users founder ON founder.id = team.founded_by WHERE team.id = ?", team?.uuid ?? "");
    assert.equal(owner?.["team_trial_started_at"], team?.createdAt, "whoever founded a team has had their trial");
  });

  it("who signed up here before keeps what they have", async () => {
    const [person] = product(1, { seed: 9, name: "before", isDirty: false }).people;
    assert.ok(person?.email);
    await system.call("account", { path: "/me", method: "GET", token: token({ sub: person.uuid, email: person.email }) });
    const before = await system.snapshot();
    const outcome = await run(chosen(system), await brought("supabase", files.supabaseCsv(product(1, { seed: 9, name: "before", isDirty: false }))));
    assert.equal(await system.snapshot(), before);
    assert.ok(reasons(outcome.findings).includes("signed_up_before"));
  });

  it("who has deleted their account here comes back neither as a person nor in a team", async () => {
    const old = product(60, { seed: 14, name: "gone", isDirty: false });
    const gone = old.people.find(({ organization, role }) => organization === 1 && role === "member");
    assert.ok(gone);
    assert.equal((await clerk(system, "user.deleted", { id: gone.uuid, object: "user", deleted: true })).status, 200);
    const theirs = () => system.sql("SELECT users.*, (SELECT COUNT(*) FROM organization_members own WHERE own.user_id = users.id) AS memberships FROM users WHERE users.id = ?", gone.uuid);
    const before = await theirs();
    const outcome = await run(chosen(system), await brought("supabase", files.supabaseCsv(old)));
    assert.equal(outcome.people.length, old.people.length - 1);
    assert.deepEqual(outcome.findings.filter(({ id }) => id === gone.uuid).map(({ isLeftOut, reason }) => [isLeftOut, reason]), [[true, "deleted_here"]]);
    assert.deepEqual(await theirs(), before);
  });

  it("who signs up while it is running keeps what they have, and all others are made", async () => {
    const old = product(60, { seed: 13, name: "meanwhile", isDirty: false });
    const quick = old.people[1];
    assert.ok(quick?.email);
    const theirs = token({ sub: quick.uuid, email: quick.email });
    const database = chosen(system);
    let pages = 0;
    const outcome = await run({
      ...database,
      write: async (sql) => {
        if (pages++ === 0) await system.call("account", { path: "/me", method: "GET", token: theirs });
        await database.write(sql);
      },
    }, await brought("supabase", files.supabaseCsv(old)));
    assert.equal(outcome.people.length, old.people.length);
    const me = await system.call("account", { path: "/me", method: "GET", token: theirs });
    assert.deepEqual([at(me, "current", "status"), at(me, "current", "kind")], ["trialing", "personal"], me.text);
    assert.equal(Number((await system.sql("SELECT COUNT(*) AS people FROM users WHERE email LIKE '%.meanwhile@%'"))[0]?.["people"]), old.people.length);
    assert.equal(Number((await system.sql("SELECT COUNT(*) AS events FROM audit_events WHERE action = 'user.imported' AND target_id = ?", quick.uuid))[0]?.["events"]), 0);
  });

  it("whose address is somebody else's here already is told of, and left out", async () => {
    const [person] = product(1, { seed: 10, name: "taken", isDirty: false }).people;
    assert.ok(person?.email);
    await system.call("account", { path: "/me", method: "GET", token: token({ sub: "another-id", email: person.email.toUpperCase() }) });
    const outcome = await run(chosen(system), await brought("supabase", files.supabaseCsv(product(1, { seed: 10, name: "taken", isDirty: false }))));
    assert.deepEqual([outcome.people.length, outcome.findings.filter(({ isLeftOut, id }) => isLeftOut && id === person.uuid).map(({ reason }) => reason)], [0, ["address_taken"]]);
  });
});

describe("what is paid at Stripe", () => {
  it("is matched by the customer's id or a confirmed address, and decides over the tier", async () => {
    await system.batch([["price_starter", "starter"], ["price_pro", "professional"], ["price_team", "enterprise"]].map(([price, plan]) => ({
      sql: `INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('${price}', '${plan}', 'month', 1)`,
    })));
    for (const [id, amount] of [["price_starter", 9_900], ["price_pro", 19_900], ["price_team", 49_900], ["price_of_old", 500]] as const) stripe.price({ id, amount, interval: "month" });
    const old = product(40, { seed: 11, name: "payer", isDirty: false });
    const alone = old.people.filter(({ organization, isVerified }) => organization === null && isVerified);
    const [byId, byAddress, twice, ended, unknown] = alone.filter(({ place }) => place % 5 !== 1);
    const named = alone.find(({ place }) => place % 5 === 1);
    const unverified = old.people.find(({ organization, isVerified }) => organization === null && !isVerified);
    assert.ok(byId?.email && byAddress?.email && twice?.email && ended?.email && unknown?.email && named?.email && unverified?.email);
    stripe.customer({ id: `cus_payer_${named.place}`, email: "another@address.example" });
    const customer = (email: string): string => stripe.customer({ email }).id;
    const pays = (to: string, price: string) => stripe.subscription({ customer: to, price });
    const [paid, byName] = [pays(customer(byAddress.email.toUpperCase()), "price_pro"), pays(`cus_payer_${named.place}`, "price_starter")];
    const two = customer(twice.email);
    const [first, second] = [pays(two, "price_starter"), pays(two, "price_pro")];
    const over = pays(customer(ended.email), "price_pro");
    stripe.account.subscription(over.id).status = "canceled";
    stripe.account.subscription(over.id).ended_at = over.created;
    pays(customer(unknown.email), "price_of_old");
    pays(customer(unverified.email), "price_pro");
    stripe.customer({ id: "cus_payer_team_0" });
    const teams = pays("cus_payer_team_0", "price_team");

    const outcome = await run(chosen(system), await brought("supabase", files.supabaseCsv(old), { key: stripe.secretKey, url: stripe.url }));

    const held = async (person: { uuid: string }) => (await system.sql(`SELECT held.plan_id, held.status, held.stripe_subscription_id FROM org_subscriptions held
JOIN organizations own ON own.id = held.organization_id WHERE own.personal_user_id = ?`, person.uuid))[0];
    assert.deepEqual(await held(byAddress), { plan_id: "professional", status: "active", stripe_subscription_id: paid.id });
    assert.deepEqual(await held(named), { plan_id: "starter", status: "active", stripe_subscription_id: byName.id });
    assert.ok([first.id, second.id].includes(String((await held(twice))?.["stripe_subscription_id"])));
    assert.equal((await held(ended))?.["status"], "canceled");
    assert.equal((await held(unknown))?.["stripe_subscription_id"], null);
    assert.equal((await held(unverified))?.["stripe_subscription_id"], null);
    const [team] = await system.sql("SELECT plan_id, status, stripe_subscription_id FROM org_subscriptions WHERE organization_id = ?", old.organizations[0]?.uuid ?? "");
    assert.deepEqual(team, { plan_id: "enterprise", status: "active", stripe_subscription_id: teams.id });
    for (const reason of ["two_subscriptions", "unknown_price", "customer_of_nobody", "no_such_customer"]) assert.ok(reasons(outcome.findings).includes(reason), reason);
    const me = await system.call("account", { path: "/me", method: "GET", token: token({ sub: byAddress.uuid, email: byAddress.email }) });
    assert.deepEqual([at(me, "current", "plan"), at(me, "current", "status")], ["professional", "active"], me.text);
  });
});

describe("this month's count", () => {
  it("is of the period that the meter has now, and of nobody's money", async () => {
    const [person] = product(1, { seed: 12, name: "month", isDirty: false }).people;
    assert.ok(person);
    await run(chosen(system), await brought("supabase", files.supabaseCsv(product(1, { seed: 12, name: "month", isDirty: false }))));
    const [counter] = await system.sql(`SELECT counter.period_start, counter.quantity, counter.overage_cents FROM usage_counters counter
JOIN organizations own ON own.id = counter.organization_id WHERE own.personal_user_id = ?`, person.uuid);
    assert.deepEqual(counter, { period_start: startOfMonth(Date.now()), quantity: Number(person.uploads), overage_cents: 0 });
  });
});
