// Mails as they leave: the built scheduler, and a provider at whose door it stands.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { textAt } from "./harness/answers.ts";
import { engine } from "./harness/database.ts";
import { refuses } from "./harness/expect.ts";
import { UNSUBSCRIBE_SECRET, unsubscribePath } from "./harness/mail-links.ts";
import { MailStandIn, type Mail } from "./harness/mail-stand-in.ts";
import { resendAsk } from "./harness/provider-messages.ts";
import { Receiver } from "./harness/receiver.ts";
import { addressOf } from "./harness/rows.ts";
import { idPrefix } from "./harness/moments.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { DAY, MINUTE, World, type Person, type Team } from "./harness/world.ts";

const INVITATION_SECRET = "the secret of invitations in these suites";

let provider: MailStandIn;
let system: System;
let world: World;
before(async () => {
  provider = new MailStandIn();
  system = await startSystem({
    scheduled: true,
    bindings: {
      RESEND_API_KEY: "re_suite", RESEND_API_BASE: await provider.listen(), MAIL_FROM: "mail@example.com", FUNCTIONS_URL: "http://localhost:8787/functions/v1",
      INVITATION_SECRET, UNSUBSCRIBE_SECRET, OPERATOR_EMAIL: "ops@example.com",
    },
  });
  world = new World(system);
  // What happened before the first run is sent to nobody.
  await tick("send_mails");
});
after(async () => {
  provider.close();
  await system.close();
});
beforeEach(async () => {
  provider.taken.clear();
  provider.troubles = [];
  await system.sql("UPDATE mail_progress SET deferred_until = 0");
});

interface Line {
  outcome: string;
  changed: number;
  rowsRead: number | null;
  cause: string | null;
}

async function tick(job: string): Promise<Line> {
  const [line] = (await system.tick(`job:${job}`)) as unknown as Line[];
  assert.ok(line !== undefined && line.cause === null && line.outcome === "done", JSON.stringify(line));
  return line;
}

const invite = async (team: Team, email: string): Promise<Reply> => {
  const reply = await system.call("invite-user", { token: team.owner.token, body: { email } });
  assert.equal(reply.status, 201, reply.text);
  return reply;
};

async function trialEnds(person: Person): Promise<void> {
  await system.sql("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", Date.now() + DAY / 2, person.organizationId);
  await tick("warn_trials");
}

/** The link in the header by which a mail program stops mails. */
const stop = (mail: Mail | undefined): string => {
  const link = /^<http:\/\/localhost:8787\/functions\/v1\/mails(\/unsubscribe\?[^>]+)>$/.exec(mail?.headers?.["List-Unsubscribe"] ?? "")?.[1];
  assert.ok(link !== undefined, JSON.stringify(mail?.headers));
  assert.equal(mail?.headers?.["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click");
  return link;
};

describe("an invitation", () => {
  it("reaches the address that it is for, with the link that accepts it, once", async () => {
    const team = await world.team({ name: "Northwind <b>Voice</b>" });
    const guest = await world.individual();
    const invited = await invite(team, guest.email);
    for (let round = 0; round < 3; round += 1) await tick("send_mails");
    const [mail, ...others] = provider.to(guest.email);
    assert.equal(others.length, 0);
    const link = textAt(invited, "invitation", "inviteUrl");
    assert.ok(mail !== undefined && mail.text.includes(link) && mail.html.includes(`href="${link}"`), mail?.text);
    assert.ok(!mail.html.includes("<b>Voice") && mail.html.includes("&lt;b&gt;"), "a name is text");
    const token = new URL(link).searchParams.get("token");
    assert.equal((await system.call("accept-invitation", { token: guest.token, body: { token } })).status, 200);
    const rows = await system.sql("SELECT * FROM organization_invitations");
    assert.ok(!JSON.stringify(rows).includes(token ?? ""), "the database holds no token");
  });

  it("that is sent again has another link, and the first one dies", async () => {
    const team = await world.team();
    const guest = await world.individual();
    const invited = await invite(team, guest.email);
    await tick("send_mails");
    const resent = await system.call("invite-user", { action: "resend", token: team.owner.token, body: { invitationId: textAt(invited, "invitation", "id") } });
    await tick("send_mails");
    const links = provider.to(guest.email).map((mail) => /http\S+token=\S+/.exec(mail.text)?.[0]);
    assert.deepEqual(links, [textAt(invited, "invitation", "inviteUrl"), textAt(resent, "invitation", "inviteUrl")]);
    assert.notEqual(links[0], links[1]);
    refuses(await system.call("accept-invitation", { token: guest.token, body: { token: new URL(links[0] ?? "").searchParams.get("token") } }), 404, "invitation_not_found");
  });

  it("that waits for three days is told of once more", async () => {
    const team = await world.team();
    const invited = await invite(team, "waiting@example.com");
    await tick("send_mails");
    await system.sql("UPDATE mail_progress SET began_at = 0");
    await system.sql("UPDATE organization_invitations SET created_at = created_at - ? WHERE id = ?", 3 * DAY + MINUTE, textAt(invited, "invitation", "id"));
    for (let round = 0; round < 2; round += 1) await tick("remind_invitations");
    assert.deepEqual(provider.to("waiting@example.com").map(({ subject }) => subject.includes("still open")), [false, true]);
  });
});

describe("a mail", () => {
  it("whose answer was lost is sent again under the same key, and taken once", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    provider.losesAnswer = true;
    assert.equal((await system.call("manage-members", { action: "remove", token: team.owner.token, body: { memberId: member?.id } })).status, 200);
    await tick("send_mails");
    await system.sql("UPDATE mail_progress SET deferred_until = 0");
    await system.sql("UPDATE mail_deliveries SET next_attempt_at = 1 WHERE state = 'pending'");
    await tick("send_mails");
    assert.equal(provider.to(member?.email ?? "").length, 1);
    const rows = await system.sql("SELECT state, attempts, failure FROM mail_deliveries WHERE recipient = ?", `user:${member?.id}`);
    assert.deepEqual(rows.map(({ state, attempts }) => [state, Number(attempts)]), [["sent", 2]]);
  });

  it("is sent once by two schedulers at once", async () => {
    const teams = await Promise.all(Array.from({ length: 4 }, () => world.team()));
    for (const [place, team] of teams.entries()) await invite(team, `twice-${place}@example.com`);
    const asked = provider.asked;
    await Promise.all(Array.from({ length: 3 }, () => system.tick("job:send_mails")));
    await tick("send_mails");
    for (const place of teams.keys()) assert.equal(provider.to(`twice-${place}@example.com`).length, 1);
    assert.equal(provider.asked - asked, 4);
  });

  it("that the provider has no time for waits, and one that it refuses says why", async () => {
    const team = await world.team();
    provider.troubles = [{ status: 429, headers: { "retry-after": "60" } }, { status: 422 }];
    await invite(team, "busy@example.com");
    await tick("send_mails");
    assert.equal(provider.taken.size, 0);
    const deferred = Number((await system.sql("SELECT deferred_until FROM mail_progress"))[0]?.["deferred_until"]);
    assert.ok(deferred > Date.now() + 50_000, "the provider is left alone");
    await system.sql("UPDATE mail_progress SET deferred_until = 0");
    await system.sql("UPDATE mail_deliveries SET next_attempt_at = 1 WHERE state = 'pending'");
    await tick("send_mails");
    const [row] = await system.sql("SELECT state, failure FROM mail_deliveries WHERE state = 'failed'");
    assert.deepEqual(row, { state: "failed", failure: "422 trouble not now" });
  });
});

describe("a minute of sending", () => {
  it("does not look through events that were told before", { skip: engine !== "d1" && "Postgres reports no rows" }, async () => {
    const reads = async (told: number): Promise<number | null> => {
      const team = await world.team();
      for (const table of ["mail_deliveries", "outbox", "scheduled_jobs"]) await system.sql(`DELETE FROM ${table}`);
      await system.sql(`INSERT INTO outbox (id, organization_id, event_type, target_id, created_at, sequence)
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${told})
SELECT '00000000-' || n, ?, 'member.removed', 'somebody', 1, n FROM numbers`, team.id);
      await system.sql("UPDATE mail_progress SET settled_to = '00000001'");
      const guest = addressOf(team.id);
      await invite(team, guest);
      const line = await tick("send_mails");
      assert.equal(provider.to(guest).length, 1);
      return line.rowsRead;
    };
    assert.equal(await reads(5_000), await reads(50));
  });
});

describe("usage", () => {
  it("that crosses a threshold, and then the limit, is told of to who runs the organization", async () => {
    const person = await world.individual({ emailVerified: true });
    const track = async () => assert.equal((await system.call("track-usage", { path: "/track", token: person.token, body: { feature: "uploads" } })).status, 200);
    await world.uploads(person.organizationId, 79);
    await track();
    await tick("send_mails");
    assert.deepEqual(provider.to(person.email).map(({ subject }) => /has used 80 of 100 \(uploads\)$/.test(subject)), [true]);
    await system.sql("UPDATE usage_counters SET quantity = 99 WHERE organization_id = ?", person.organizationId);
    await track();
    await tick("send_mails");
    const subjects = provider.to(person.email).map(({ subject }) => subject);
    assert.equal(subjects.length, 2, "what asks to upgrade is no mail of its own");
    assert.match(subjects[1] ?? "", /has reached its limit \(uploads\)$/);
  });
});

describe("what does not go as it should", () => {
  it("is told: an endpoint that is disabled to who runs the organization and to the operator, one of the operator's own to them", async () => {
    const receiver = await Receiver.open();
    try {
      // given
      const team = await world.team({ members: { admin: 1, member: 1 } });
      const [admin, member] = [team.admins[0], team.members[0]];
      assert.ok(admin !== undefined && member !== undefined);
      await world.endpoint({ organizationId: team.id, url: receiver.url("gone-of-theirs", 410) });
      await world.endpoint({ url: receiver.url("gone-of-ours", 410) });
      // when
      await system.call("manage-members", { action: "remove", token: team.owner.token, body: { memberId: member.id } });
      for (const job of ["deliver_outbox", "probe_endpoints", "send_mails", "send_mails"]) await tick(job);
      // then
      const about = (address: string) => provider.to(address).filter(({ subject }) => subject === "A webhook endpoint was disabled").map(({ text: body }) =>
        ["theirs", "ours"].filter((whose) => body.includes(`gone-of-${whose}`)));
      assert.deepEqual([team.owner.email, admin.email, member.email].map(about), [[["theirs"]], [["theirs"]], []]);
      assert.deepEqual(about("ops@example.com").sort(), [["ours"], ["theirs"]]);
    } finally {
      await receiver.close();
      await system.sql("DELETE FROM webhook_deliveries");
      await system.sql("DELETE FROM webhook_endpoints");
    }
  });

  it("is told: a payment that failed to who runs the organization, and to the address of its invoices", async () => {
    const team = await world.team({ members: { member: 1 } });
    const now = Date.now();
    const books = addressOf(team.id);
    await system.batch([
      { sql: "UPDATE organizations SET billing_email = ? WHERE id = ?", values: [books, team.id] },
      { sql: `INSERT INTO billing_invoices (organization_id, stripe_invoice_id, status, currency, subtotal_cents, total_cents, due_cents, paid_cents, attempts, hosted_url,
  period_start, period_end, created_at, observed_at, request_id)
VALUES (?, 'in_failed', 'open', 'usd', 9900, 9900, 9900, 0, 1, 'https://invoice.stripe.com/i/failed', 0, 1, ?, ?, 'suite')`, values: [team.id, now, now] },
      { sql: "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at) VALUES (?, ?, 'invoice.payment_failed', 'in_failed', ?)",
        values: [`${idPrefix(now)}-7failed`, team.id, now] },
    ]);
    for (let run = 0; run < 2; run += 1) await tick("send_mails");
    for (const address of [team.owner.email, books]) {
      const [mail, ...more] = provider.to(address);
      assert.match(mail?.subject ?? "", /^A payment for .* failed$/);
      assert.ok(mail?.text.includes("https://invoice.stripe.com/i/failed"), mail?.text);
      assert.equal(more.length, 0);
    }
    assert.deepEqual(provider.to(team.members[0]?.email ?? ""), []);
  });
});

describe("an optional mail", () => {
  it("can be stopped by its header without signing in, and that kind alone", async () => {
    const person = await world.individual({ emailVerified: true });
    await trialEnds(person);
    await tick("send_mails");
    const link = stop(provider.to(person.email)[0]);
    const asked = await system.call("mails", { path: link, method: "GET" });
    assert.deepEqual([asked.status, asked.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const read = async () => (await system.call("mails", { path: "/preferences", method: "GET", token: person.token })).body;
    const wanted = (trialEnding: boolean) => ({ language: null, limitWarning: true, limitReached: true, trialEnding, endpointDisabled: true });
    assert.deepEqual((await read() as { preferences: unknown }).preferences, wanted(true), "to look changes nothing");
    const done = await system.call("mails", { path: link, rawBody: "List-Unsubscribe=One-Click", headers: { "content-type": "application/x-www-form-urlencoded" } });
    assert.equal(done.status, 200);
    assert.deepEqual((await read() as { preferences: unknown }).preferences, wanted(false));
  });

  it("comes in the product's language again for who gives their own back", async () => {
    const person = await world.individual();
    const choose = async (body: Record<string, unknown>) => ((await system.call("mails", { path: "/preferences", token: person.token, body })).body as { preferences: Record<string, unknown> }).preferences["language"];
    assert.deepEqual([await choose({ language: "de" }), await choose({ limitWarning: true }), await choose({ language: null })], ["de", "de", null]);
  });

  it("is not sent to who has turned it off, and what an account needs is", async () => {
    const team = await world.team({ members: { member: 1 } });
    const [member] = team.members;
    const off = { limitWarning: false, limitReached: false, trialEnding: false, endpointDisabled: false };
    for (const { token } of [team.owner, ...team.members]) assert.equal((await system.call("mails", { path: "/preferences", token, body: off })).status, 200);
    await trialEnds(team.owner);
    await system.call("manage-members", { action: "remove", token: team.owner.token, body: { memberId: member?.id } });
    await tick("send_mails");
    assert.deepEqual([provider.to(team.owner.email).length, provider.to(member?.email ?? "").length], [0, 1]);
  });

  it("cannot be stopped by a link that somebody else has made", async () => {
    const person = await world.individual();
    for (const method of ["GET", "POST"]) {
      const path = unsubscribePath(person.id, "limit_warning", "a secret of somebody else's, as long");
      refuses(await system.unchanged(() => system.call("mails", { path, method })), 401, "invalid_signature");
    }
  });
});

describe("an address", () => {
  for (const [type, data] of [["email.bounced", { bounce: { type: "Permanent", subType: "General", message: "m" } }], ["email.complained", {}]] as const) {
    it(`of which Resend says ${type} gets no mails any more`, async () => {
      const team = await world.team({ members: { member: 1 } });
      const [member] = team.members;
      assert.equal((await system.call("mails", resendAsk(type, { to: [member?.email], ...data }))).status, 200);
      await system.call("manage-members", { action: "remove", token: team.owner.token, body: { memberId: member?.id } });
      await tick("send_mails");
      assert.deepEqual(provider.to(member?.email ?? ""), []);
    });
  }
});
