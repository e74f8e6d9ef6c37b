// The functions within the database, for those who also work with it directly.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ANON, DAY, FUNCTIONS, NOW, person, Scene } from "./scene.ts";

let scene: Scene;
before(async () => {
  scene = await Scene.open();
  await scene.plan("solo", "individual", { starts: "individual", trialDays: 7, position: 1 });
  await scene.plan("crew", "team", { starts: "team", trialDays: 14, position: 2 });
  await scene.plan("any", "any", { price: 0, position: 3 });
});
after(() => scene.close());

const subscriptionOf = async (organization: unknown) =>
  (await scene.sql(`SELECT plan_id, status, current_period_end - current_period_start AS length,
      trial_ends_at - current_period_start AS trial
    FROM org_subscriptions WHERE organization_id = $1`, organization))[0];

describe("check_username_available", () => {
  before(() => scene.person("una", "solo", { username: "Una_1" }));
  const available = (wanted: string | null, asker = person("somebody")) =>
    scene.as(asker, "SELECT check_username_available($1) AS yes", wanted).then(([row]) => row?.["yes"]);

  it("says no to a name that is taken, whatever its case", async () => {
    for (const wanted of ["Una_1", "una_1", "UNA_1"]) assert.equal(await available(wanted), false, wanted);
    assert.equal(await available("una_2"), true);
  });

  it("says no to what is no username", async () => {
    for (const wanted of ["ab", "a".repeat(31), "a b", "a-b", "ünal", "", "abc\n", null]) assert.equal(await available(wanted), false, String(wanted));
    for (const wanted of ["abc", "A_9", "a".repeat(30)]) assert.equal(await available(wanted), true, wanted);
  });

  it("lets people write their own name in another case", async () => {
    assert.equal(await available("UNA_1", person("una")), true);
  });
});

describe("complete_onboarding", () => {
  const onboarded = async (id: string) => (await scene.sql("SELECT username, onboarding_completed_at FROM users WHERE id = $1", id))[0];

  it("takes the username and notes when it was, once", async () => {
    await scene.person("oda");
    const first = await scene.value("SELECT complete_onboarding('oda', 'Oda')");
    assert.ok(Math.abs(Number(first) - Date.now()) < 60_000);
    assert.deepEqual(await onboarded("oda"), { username: "Oda", onboarding_completed_at: first });
    assert.equal(await scene.value("SELECT complete_onboarding('oda', 'oda_2')"), first);
    assert.deepEqual(await onboarded("oda"), { username: "oda_2", onboarding_completed_at: first });
  });

  it("uses the username that is already there", async () => {
    await scene.person("ola", "solo", { username: "ola" });
    assert.notEqual(await scene.value("SELECT complete_onboarding('ola')"), null);
  });

  it("can't be done without a username, with a bad one or with another's", async () => {
    await scene.person("odd");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT complete_onboarding('odd')"), "23502 username_required");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT complete_onboarding('odd', 'a b')"), "23514 username_invalid");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT complete_onboarding('odd', 'OLA')"), "23505 username_taken");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT complete_onboarding('nobody', 'nobody')"), "P0002 user_not_found");
    assert.deepEqual(await onboarded("odd"), { username: null, onboarding_completed_at: null });
  });
});

describe("check_feature_access", () => {
  before(async () => {
    await scene.plan("rich", "team");
    await scene.sql(`INSERT INTO plan_features (plan_id, feature, kind, value, limit_value, reset) VALUES
      ('rich', 'sso', 'flag', '1', NULL, NULL), ('rich', 'branding', 'flag', '0', NULL, NULL),
      ('rich', 'features', 'config', '{"api_access": true, "priority_support": false, "deep": {"er": 1}}', NULL, NULL),
      ('rich', 'community', 'config', '"read-only"', NULL, NULL), ('rich', 'roadmap', 'config', 'false', NULL, NULL),
      ('rich', 'features.whole', 'flag', '1', NULL, NULL),
      ('rich', 'uploads', 'meter', NULL, 10, 'calendar_month'), ('rich', 'minutes', 'meter', NULL, 10, 'billing_period'),
      ('rich', 'ever', 'meter', NULL, 10, 'once'), ('rich', 'records', 'meter', NULL, 10, 'gauge'),
      ('rich', 'calls', 'meter', NULL, 0, 'billing_period'), ('rich', 'messages', 'meter', NULL, -1, 'billing_period')`);
    await scene.person("fred");
    await scene.team("firm", "fred", {}, "rich");
  });
  const access = (feature: string) => scene.value("SELECT check_feature_access('firm', $1)", feature);
  const used = (feature: string, period: number, quantity: number) =>
    scene.sql(`INSERT INTO usage_counters VALUES ('firm', $1, $2, $3)
      ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = excluded.quantity`, feature, period, quantity);

  it("reads flags", async () => {
    assert.deepEqual([await access("sso"), await access("branding"), await access("nothing such")], [true, false, false]);
  });

  it("reads configs, and flags within one", async () => {
    assert.deepEqual([await access("features"), await access("community"), await access("roadmap")], [true, true, false]);
    assert.deepEqual([await access("features.api_access"), await access("features.priority_support")], [true, false]);
    assert.deepEqual([await access("features.deep.er"), await access("features.sso"), await access("features.whole")], [true, false, true]);
  });

  it("reads meters, each in its own period", async () => {
    const now = new Date();
    const periods = { uploads: Date.UTC(now.getUTCFullYear(), now.getUTCMonth()), minutes: NOW, ever: 0, records: 0 };
    for (const [feature, period] of Object.entries(periods)) {
      assert.equal(await access(feature), true, feature);
      await used(feature, period, 9);
      assert.equal(await access(feature), true, feature);
      await used(feature, period, 10);
      assert.equal(await access(feature), false, feature);
    }
    // What was used in another month is no matter.
    await used("uploads", periods.uploads, 0);
    await used("uploads", periods.uploads - DAY, 10);
    assert.equal(await access("uploads"), true);
    assert.deepEqual([await access("calls"), await access("messages")], [false, true]);
  });

  it("gives nothing on a plan that is not paid for", async () => {
    const states = [
      ["trialing", Date.now() + DAY, true], ["trialing", Date.now() - DAY, false], ["unpaid", null, false],
      ["incomplete", null, false], ["active", null, true],
    ] as const;
    for (const [status, trialEndsAt, expected] of states) {
      await scene.sql("UPDATE org_subscriptions SET status = $1, trial_ends_at = $2 WHERE organization_id = 'firm'", status, trialEndsAt);
      assert.equal(await access("sso"), expected, `${status} ${trialEndsAt}`);
    }
  });

  it("knows no organization that is not there, and shows people only their own", async () => {
    const asked = "SELECT check_feature_access('firm', 'sso') AS yes";
    assert.equal(await scene.value("SELECT check_feature_access('nowhere', 'sso')"), false);
    assert.deepEqual(await scene.as(person("fred"), asked), [{ yes: true }]);
    assert.deepEqual(await scene.as(person("una"), asked), [{ yes: false }]);
  });
});

describe("aggregate_usage", () => {
  before(async () => {
    await scene.person("gil");
    await scene.team("shop", "gil", { fred: "member" });
    const events: [string, string, string, number, number, number][] = [
      ["e1", "gil", "api_call", 5, 1, NOW], ["e2", "gil", "api_call", 7, 1, NOW + DAY - 1], ["e3", "fred", "api_call", 1, 1, NOW + 1],
      ["e4", "gil", "sign_in", 1, 1, NOW], ["e5", "fred", "sign_in", 1, 1, NOW], ["e6", "fred", "sign_in", 1, 1, NOW],
      // Refused, before, and at the end, which no longer counts.
      ["e7", "gil", "api_call", 100, 0, NOW], ["e8", "gil", "api_call", 100, 1, NOW - 1], ["e9", "gil", "api_call", 100, 1, NOW + DAY],
    ];
    for (const [id, user, type, quantity, accepted, at] of events) {
      await scene.sql(`INSERT INTO usage_events VALUES ('shop', $1, $2, CASE $3 WHEN 'sign_in' THEN 'mau' ELSE 'calls' END, $3,
        $4, $5, 'crew', -1, 0, NULL, 0, 0, 'h', 'r', $6)`, id, user, type, quantity, accepted, at);
    }
  });
  const asked = `SELECT * FROM aggregate_usage('shop', ${NOW}, ${NOW + DAY})`;

  it("adds up a span of time, its end not included, and counts people once", async () => {
    assert.deepEqual(await scene.sql(asked), [
      { feature: "calls", event_type: "api_call", events: 3, quantity: 13, distinct_users: 2 },
      { feature: "mau", event_type: "sign_in", events: 3, quantity: 3, distinct_users: 2 },
    ]);
  });

  it("is empty where nothing was used, and for whom it does not concern", async () => {
    assert.deepEqual(await scene.sql("SELECT * FROM aggregate_usage('shop', 0, 1)"), []);
    assert.equal((await scene.as(person("fred"), asked)).length, 2);
    assert.deepEqual(await scene.as(person("una"), asked), []);
  });
});

describe("create_personal_org", () => {
  const newcomer = (id: string, name: string) =>
    scene.sql("INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ($1, 0, $2, 0, 'r')", id, name);

  it("makes the organization, its owner, the trial and the records", async () => {
    await newcomer("user_2AbCdEfGhIj", "Ida King");
    const id = await scene.value("SELECT create_personal_org('user_2AbCdEfGhIj')");
    assert.match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const user = "user_2AbCdEfGhIj";
    assert.deepEqual(await scene.sql("SELECT kind, org_type, name, slug, personal_user_id, founded_by FROM organizations WHERE id = $1", id), [
      { kind: "personal", org_type: "personal", name: "Ida's Workspace", slug: "personal-2abcdefg", personal_user_id: user, founded_by: user },
    ]);
    const members = await scene.sql("SELECT user_id, role FROM organization_members WHERE organization_id = $1", id);
    assert.deepEqual(members, [{ user_id: user, role: "owner" }]);
    assert.deepEqual(await subscriptionOf(id), { plan_id: "solo", status: "trialing", length: 7 * DAY, trial: 7 * DAY });
    assert.equal(await scene.value("SELECT current_organization_id FROM users WHERE id = 'user_2AbCdEfGhIj'"), id);
    const audit = await scene.sql("SELECT action, actor_id FROM audit_events WHERE organization_id = $1", id);
    assert.deepEqual(audit, [{ action: "organization.created", actor_id: user }]);
    assert.deepEqual(await scene.sql("SELECT event_type FROM outbox WHERE organization_id = $1", id), [{ event_type: "organization.created" }]);
  });

  it("gives the one that is there, also to two at once", async () => {
    await newcomer("pair", "Pair");
    const [one, two] = await Promise.all([scene.cluster.connect(scene.database), scene.cluster.connect(scene.database)]);
    try {
      const made = await Promise.all([one, two].map((client) => client.query("SELECT create_personal_org('pair') AS id")));
      assert.equal(made[0]?.rows[0].id, made[1]?.rows[0].id);
      assert.equal(await scene.value("SELECT create_personal_org('pair')"), made[0]?.rows[0].id);
    } finally {
      await Promise.all([one.end(), two.end()]);
    }
  });

  it("makes a slug unique that is taken", async () => {
    await newcomer("pair_2AbCdEfGx", "Twin");
    const id = await scene.value("SELECT create_personal_org('pair_2AbCdEfGx')");
    assert.equal(await scene.value("SELECT slug FROM organizations WHERE id = $1", id), `personal-2abcdefg-${String(id).slice(-6)}`);
  });

  it("knows nobody who is not there", async () => {
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT create_personal_org('nobody')"), "P0002 user_not_found");
  });

  it("starts an active month on a plan without a trial", async () => {
    await scene.sql("UPDATE plans SET starts = CASE id WHEN 'any' THEN 'any' END");
    await newcomer("zoe", "Zoe");
    const id = await scene.value("SELECT create_personal_org('zoe')");
    const { plan_id: plan, status, trial } = (await subscriptionOf(id)) ?? {};
    assert.deepEqual([plan, status, trial], ["any", "active", null]);
    await scene.sql("UPDATE plans SET starts = CASE id WHEN 'solo' THEN 'individual' WHEN 'crew' THEN 'team' END");
  });
});

describe("is_personal_org_user and get_personal_org_id", () => {
  it("tell where somebody works, and their personal organization", async () => {
    await scene.person("kim");
    const asked = "SELECT is_personal_org_user('kim') AS personal, get_personal_org_id('kim') AS id";
    assert.deepEqual(await scene.sql(asked), [{ personal: true, id: "kim-own" }]);
    await scene.team("kims", "kim");
    await scene.sql("UPDATE users SET current_organization_id = 'kims' WHERE id = 'kim'");
    assert.deepEqual(await scene.sql(asked), [{ personal: false, id: "kim-own" }]);
    assert.deepEqual(await scene.sql("SELECT is_personal_org_user('nobody') AS personal, get_personal_org_id('nobody') AS id"), [{ personal: false, id: null }]);
  });

  it("are about the caller unless somebody is named, and never about others", async () => {
    await scene.person("leo");
    const asked = "SELECT is_personal_org_user() AS personal, get_personal_org_id() AS id, get_personal_org_id('kim') AS others";
    assert.deepEqual(await scene.as(person("leo"), asked), [{ personal: true, id: "leo-own", others: null }]);
  });
});

describe("convert_personal_to_team_org", () => {
  const organization = async (id: unknown) =>
    (await scene.sql("SELECT kind, org_type, name, slug, personal_user_id FROM organizations WHERE id = $1", id))[0];

  it("makes a team on its trial, with its user as the owner and a personal organization anew", async () => {
    await scene.person("max");
    assert.equal(await scene.value("SELECT convert_personal_to_team_org('max-own', ' Max & Co ', 'max-co')"), "max-own");
    assert.deepEqual(await organization("max-own"), {
      kind: "team", org_type: "business", name: "Max & Co", slug: "max-co", personal_user_id: null,
    });
    assert.deepEqual(await subscriptionOf("max-own"), { plan_id: "crew", status: "trialing", length: 14 * DAY, trial: 14 * DAY });
    assert.deepEqual(await scene.sql("SELECT role FROM organization_members WHERE organization_id = 'max-own'"), [{ role: "owner" }]);

    const [user = {}] = await scene.sql(`SELECT current_organization_id AS current, team_trial_started_at AS trial,
      is_personal_org_user(id) AS personal, get_personal_org_id(id) AS own FROM users WHERE id = 'max'`);
    assert.deepEqual([user["current"], user["personal"]], ["max-own", false]);
    assert.ok(Number(user["trial"]) > 0);
    assert.notEqual(user["own"], "max-own");
    assert.equal((await organization(user["own"]))?.["personal_user_id"], "max");
    // The trial of an individual was had already: nobody gets a paid plan for nothing by converting again and again.
    const { plan_id: plan, status } = (await subscriptionOf(user["own"])) ?? {};
    assert.deepEqual([plan, status], ["solo", "incomplete"]);
    assert.deepEqual(await scene.sql("SELECT action FROM audit_events WHERE organization_id = 'max-own'"), [{ action: "organization.converted" }]);
  });

  it("waits for checkout where the founder had the team trial, and is then not the current one", async () => {
    await scene.person("ned");
    await scene.sql("UPDATE users SET team_trial_started_at = 1 WHERE id = 'ned'");
    await scene.sql("SELECT convert_personal_to_team_org('ned-own')");
    assert.equal((await subscriptionOf("ned-own"))?.["status"], "incomplete");
    assert.equal((await organization("ned-own"))?.["name"], "ned-own");
    assert.equal(await scene.value("SELECT current_organization_id = get_personal_org_id(id) FROM users WHERE id = 'ned'"), true);
  });

  it("keeps a plan that serves everybody", async () => {
    await scene.person("pia", "any");
    await scene.sql("SELECT convert_personal_to_team_org('pia-own')");
    const { plan_id: plan, status } = (await subscriptionOf("pia-own")) ?? {};
    assert.deepEqual([plan, status], ["any", "active"]);
    assert.equal(await scene.value("SELECT team_trial_started_at FROM users WHERE id = 'pia'"), null);
  });

  it("refuses a team, an organization that is not there and a slug that is taken, and changes nothing", async () => {
    await scene.person("quin");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT convert_personal_to_team_org('shop')"), "23514 not_a_personal_organization");
    assert.equal(await scene.refusal(FUNCTIONS, "SELECT convert_personal_to_team_org('nowhere')"), "P0002 organization_not_found");
    assert.match(await scene.refusal(FUNCTIONS, "SELECT convert_personal_to_team_org('quin-own', NULL, 'shop')"), /^23505 .*"organizations_slug"$/);
    assert.equal((await organization("quin-own"))?.["kind"], "personal");
  });
});

describe("what writes", () => {
  const WRITING = [
    "complete_onboarding('una', 'x_y')", "create_personal_org('una')", "convert_personal_to_team_org('una-own')",
    "tallygate_open_personal_org('una', true)", "tallygate_record('a', 'b', 'c', 'd', 'e')",
  ];

  it("is for the functions' role alone", async () => {
    for (const call of WRITING) {
      for (const asker of [ANON, person("una")]) assert.match(await scene.refusal(asker, `SELECT ${call}`), /^42501 permission denied for function/, call);
    }
  });

  it("and reading is not for those who are not signed in", async () => {
    for (const call of ["check_username_available('x_y')", "check_feature_access('firm', 'sso')", "tallygate_organizations(false)"]) {
      assert.match(await scene.refusal(ANON, `SELECT ${call}`), /^42501 permission denied for function/, call);
    }
  });

  it("every function has a search path of its own, so that nobody can slip another table under it", async () => {
    const open = await scene.sql(`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT coalesce(array_to_string(proconfig, ',') LIKE '%search_path=%', false)`);
    assert.deepEqual(open, []);
  });

  it("months end with their last day", async () => {
    const month = (moment: string) => scene.value("SELECT tallygate_month_after($1)", Date.parse(moment));
    const months = [
      ["2026-01-31T10:00:00.123Z", "2026-02-28T10:00:00.123Z"], ["2028-01-30T00:00:00Z", "2028-02-29T00:00:00Z"],
      ["2026-12-15T23:59:59.999Z", "2027-01-15T23:59:59.999Z"],
    ] as const;
    for (const [from, to] of months) {
      assert.equal(await month(from), Date.parse(to), from);
    }
  });
});
