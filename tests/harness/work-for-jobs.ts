// A database in which each job of the scheduler has something to do, with everybody whom jobs tell something.
import { MailStandIn } from "./mail-stand-in.ts";
import { UNSUBSCRIBE_SECRET } from "./mail-links.ts";
import { DAY, HOUR, MINUTE, idPrefix } from "./moments.ts";
import { Receiver } from "./receiver.ts";
import { insert, invite } from "./rows.ts";
import { startStripeStandIn, type StripeStandIn } from "./stripe/stand-in.ts";
import { startSystem, type Statement, type System } from "./system.ts";
import { openDatabase, type Database } from "./database.ts";
import { World, type Person, type Team } from "./world.ts";

const SECRET = "the secret of invitations in these suites";

export class WorkForJobs {
  readonly system: System;
  readonly database: Database;
  readonly stripe: StripeStandIn;
  readonly mails: MailStandIn;
  readonly receiver: Receiver;
  /** The moment at which all of them are. */
  #now: number;

  private constructor(parts: { system: System; database: Database; stripe: StripeStandIn; mails: MailStandIn; receiver: Receiver; now: number }) {
    this.system = parts.system;
    this.database = parts.database;
    this.stripe = parts.stripe;
    this.mails = parts.mails;
    this.receiver = parts.receiver;
    this.#now = parts.now;
  }

  static async open(): Promise<WorkForJobs> {
    let work: WorkForJobs | undefined;
    const now = Date.now();
    const stripe = await startStripeStandIn({ now: () => Math.floor((work?.now ?? now) / 1_000) });
    const [mails, receiver, database] = [new MailStandIn(), await Receiver.open(), await openDatabase({ breakable: true })];
    const system = await startSystem({
      database, scheduled: true, hasClock: true,
      bindings: {
        ...stripe.settings(), RESEND_API_KEY: "re_suite", RESEND_API_BASE: await mails.listen(), MAIL_FROM: "mail@example.com",
        FUNCTIONS_URL: "http://localhost:8787/functions/v1", INVITATION_SECRET: SECRET, UNSUBSCRIBE_SECRET, OPERATOR_EMAIL: "ops@example.com",
      },
    });
    work = new WorkForJobs({ system, database, stripe, mails, receiver, now });
    await work.#makeWork();
    return work;
  }

  get now(): number {
    return this.#now;
  }

  async setClock(moment: number): Promise<void> {
    this.#now = moment;
    await this.system.setClock(moment);
  }

  async #makeWork(): Promise<void> {
    const { now } = this;
    const world = new World(this.system);
    const people = await world.individuals(3, { createdAt: now - 50 * DAY });
    const team = await world.team({ members: { admin: 1, member: 2 }, createdAt: now - 50 * DAY });
    await this.#endpoints(world, team, now);
    for (const person of people) await this.system.batch(this.#usage(person, now));
    await this.system.batch([...ofTeam(team, now), ...ofTrials(people, now), ...ofInbox(now), ...progress(now)]);
    await world.callsAre("uploads");
    for (const [place, person] of people.slice(0, 2).entries()) await this.#payer(person, place === 0, now);
    await this.#gone(world, now);
    await this.system.batch(this.#stale(team, now));
    await this.#told(team, now);
    await this.setClock(now);
  }

  /** Two whose accounts are deleted, one of them long ago: Stripe knows them yet, and they owe nothing. */
  async #gone(world: World, now: number): Promise<void> {
    for (const [id, leftAt] of [["gone", now - DAY], ["lost", now - 40 * DAY]] as const) {
      const { id: customer } = this.stripe.customer();
      await this.system.batch([
        insert("users", { id, email_updated_at: 0, name: "Deleted user", created_at: now - 50 * DAY, deleted_at: leftAt, request_id: "world" }),
        insert("organizations", {
          id: `of-${id}`, kind: "team", org_type: "other", name: "Former workspace", slug: `of-${id}`, founded_by: id, archived_at: leftAt, archived_by: id,
          created_at: now - 50 * DAY,
        }),
        insert("billing_customers", { organization_id: `of-${id}`, stripe_customer_id: customer, created_at: now - 50 * DAY }),
      ]);
      await world.endpoint({ organizationId: `of-${id}`, url: this.receiver.url(id), createdAt: now - 50 * DAY });
    }
  }

  /** A team whose invoices Stripe sends to somebody who has left. */
  #stale(team: Team, now: number): Statement[] {
    const { id } = this.stripe.customer();
    return [insert("billing_customers", { organization_id: team.id, stripe_customer_id: id, created_at: now - 50 * DAY, email_is_stale: 1 })];
  }

  /** One that answers, one of the operator's of which nobody knows, and one that was removed. */
  async #endpoints(world: World, team: Team, now: number): Promise<void> {
    const createdAt = now - 50 * DAY;
    const answers = await world.endpoint({ organizationId: team.id, url: this.receiver.url("team"), createdAt });
    const unknown = await world.endpoint({ url: this.receiver.url("operator"), createdAt });
    const removed = await world.endpoint({ organizationId: team.id, url: this.receiver.url("removed"), createdAt });
    const event = (id: string, moment: number, sequence: number | null): Statement =>
      insert("outbox", { id, organization_id: team.id, event_type: "member.removed", target_id: "somebody", payload: "{}", created_at: moment, sequence });
    const delivery = (endpoint: string, id: string, moment: number, isDone: boolean): Statement => insert("webhook_deliveries", {
      endpoint_id: endpoint, event_id: id, state: isDone ? "delivered" : "pending", attempts: 1, next_attempt_at: isDone ? null : moment,
      created_at: moment, request_id: "world",
    });
    const [old, lately, hour] = [now - 40 * DAY, now - 2 * DAY, now - HOUR];
    const waits = [0, 1, 2].map((place) => `${idPrefix(lately)}-7waits${place}`);
    await this.system.batch([
      { sql: "UPDATE webhook_endpoints SET answered_at = ? WHERE id = ?", values: [createdAt, answers] },
      { sql: "UPDATE webhook_endpoints SET removed_at = ? WHERE id = ?", values: [lately, removed] },
      ...[0, 1, 2].flatMap((place) => {
        const id = `${idPrefix(old)}-7old${place}`;
        return [event(id, old, place + 1), delivery(answers, id, old, true), delivery(removed, id, old, true)];
      }),
      // What waits in line was given out before the numbers that are open.
      ...waits.flatMap((id, place) => [event(id, lately, place + 4), delivery(answers, id, hour, false), delivery(unknown, id, hour, false)]),
      ...[0, 1, 2].map((place) => event(`${idPrefix(hour)}-7new${place}`, hour, null)),
      insert("operator_events", { id: `${idPrefix(old)}-7own`, event_type: "webhook.endpoint_disabled", target_id: removed, payload: "{}", created_at: old, sequence: 7 }),
      insert("operator_events", { id: `${idPrefix(hour)}-7own`, event_type: "webhook.endpoint_disabled", target_id: removed, payload: "{}", created_at: hour, sequence: null }),
    ]);
  }

  /** Events of a period that is long over, a call that nobody ended, room that nobody holds, and sessions that are dead. */
  #usage(person: Person, now: number): Statement[] {
    const [then, over] = [now - 45 * DAY, now - 40 * DAY];
    const event = (place: number): Statement => {
      const isKeyed = place % 2 === 0;
      return insert("usage_events", {
        organization_id: person.organizationId, id: isKeyed ? `key:${place}` : `${idPrefix(then)}-7000-8000-${String(place).padStart(12, "0")}`, user_id: person.id,
        feature: "uploads", event_type: "rate_sheet", quantity: 1, accepted: place % 7 === 6 ? 0 : 1, plan_id: "starter", limit_value: 100, period_start: then - DAY,
        period_end: over, period_total: place, lifetime_total: place, request_hash: "h", request_id: `r${place}`, created_at: then, counted: 1,
        keyed_at: isKeyed ? then : null,
      });
    };
    const held = (id: string, expiresAt: number): Statement => insert("usage_reservations", {
      organization_id: person.organizationId, id, user_id: person.id, feature: "uploads", event_type: "talk", weight: 1, quantity: 1,
      created_at: expiresAt - HOUR, expires_at: expiresAt, request_id: "world",
    });
    const deadline = now - 3 * DAY;
    return [
      ...Array.from({ length: 24 }, (_, place) => event(place)),
      held("old", over), held("call", deadline),
      insert("call_logs", {
        organization_id: person.organizationId, id: "call", user_id: person.id, call_type: "talk", feature: "uploads", status: "in_progress",
        started_at: deadline - HOUR, deadline_at: deadline, request_id: "world",
      }),
      ...[0, 1, 2].map((place) => insert("active_sessions", {
        user_id: person.id, id: `dead${place}`, created_at: 1, last_heartbeat_at: place === 0 ? now : 1, request_id: "world",
      })),
    ];
  }

  /** Whose period was over two days ago with something to charge. Stripe was silent about the next one, or the subscription has ended. */
  async #payer(person: Person, goesOn: boolean, now: number): Promise<void> {
    const began = now - 33 * DAY;
    this.#now = began;
    if (this.stripe.account.prices.size === 0) this.stripe.price({ id: "price_pro", amount: 9_900, interval: "month" });
    const { id: customer } = this.stripe.customer({ metadata: { organization_id: person.organizationId } });
    const { id, items } = this.stripe.subscription({ customer, price: "price_pro" });
    const [item] = items.data;
    if (item === undefined) throw new Error("a subscription has an item");
    if (goesOn) this.stripe.renew(id);
    else this.stripe.cancelNow(id);
    this.#now = now;
    const [start, end] = [item.current_period_start * 1_000, item.current_period_end * 1_000];
    await this.system.batch([
      insert("billing_customers", { organization_id: person.organizationId, stripe_customer_id: customer, created_at: began }),
      insert("billing_subscriptions", {
        organization_id: person.organizationId, stripe_subscription_id: id, stripe_item_id: item.id, stripe_price_id: "price_pro", status: goesOn ? "active" : "canceled",
        amount_cents: 9_900, currency: "usd", billing_interval: "month", current_period_start: start, current_period_end: end, started_at: start,
        ended_at: goesOn ? null : end, observed_at: start, request_id: "world",
      }),
      insert("usage_counters", {
        organization_id: person.organizationId, feature: "uploads", period_start: start, quantity: 120, overage_cents: 500, period_end: end, plan_id: "starter",
      }),
      { sql: "INSERT INTO plan_prices (stripe_price_id, plan_id, billing_interval, offered) VALUES ('price_pro', 'professional', 'month', 1) ON CONFLICT (stripe_price_id) DO NOTHING" },
    ]);
    if (goesOn) {
      await this.system.batch([{
        sql: `UPDATE org_subscriptions SET plan_id = 'professional', status = 'active', trial_ends_at = NULL, current_period_start = ?, current_period_end = ?, stripe_subscription_id = ?
WHERE organization_id = ?`, values: [start, end, id, person.organizationId],
      }]);
    }
  }

  /** What functions have told of: an invitation that waits, one that is new, and somebody who was removed. */
  async #told(team: Team, now: number): Promise<void> {
    const ask = async (name: string, action: string, body: Record<string, unknown>): Promise<void> => {
      const reply = await this.system.call(name, { action, body, token: team.owner.token });
      if (reply.status >= 300) throw new Error(reply.text);
    };
    await this.setClock(now - 4 * DAY);
    await ask("invite-user", "invite", { email: "waiting@example.com" });
    await this.setClock(now - 10 * MINUTE);
    await ask("invite-user", "invite", { email: "new@example.com" });
    await ask("manage-members", "remove", { memberId: team.members[0]?.id });
  }

  async close(): Promise<void> {
    await this.system.close();
    await this.stripe.close();
    await this.receiver.close();
    this.mails.close();
  }
}

/** Invitations that ran out, lately and long ago, and one that was declined before. */
function ofTeam(team: Team, now: number): Statement[] {
  const invitation = (name: string, expiresAt: number): Statement =>
    invite({ organizationId: team.id, invitedBy: team.owner, email: `${name}@example.com`, createdAt: expiresAt - 7 * DAY, expiresAt }).statement;
  return [
    ...[0, 1, 2].map((place) => invitation(`lately${place}`, now - HOUR)),
    invitation("long-ago", now - 40 * DAY),
    { sql: "UPDATE organization_invitations SET told_end = expires_at WHERE email = 'long-ago@example.com'" },
    invite({ organizationId: team.id, invitedBy: team.owner, email: "never@example.com", createdAt: now - 100 * DAY, status: "declined" }).statement,
  ];
}

/** A trial that ends soon, and one that is over. The team's own is paid. */
function ofTrials(people: Person[], now: number): Statement[] {
  const trial = (person: Person | undefined, endsAt: number): Statement => ({
    sql: "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = ? WHERE organization_id = ?", values: [endsAt, person?.organizationId ?? ""],
  });
  return [
    { sql: "UPDATE plans SET retention_days = 30 WHERE id IN ('starter', 'professional')" },
    trial(people[1], now + 2 * DAY), trial(people[2], now - DAY),
  ];
}

/** Messages that can come no more. */
const ofInbox = (now: number): Statement[] => [0, 1, 2].map((place) => insert("webhook_inbox", {
  provider: "stripe", event_id: `evt_of_the_suite_${place}`, event_type: "t", outcome: "applied", happened_at: 1, received_at: place === 0 ? now : now - 40 * DAY, request_id: "world",
}));

/** Everything older than a fortnight is given out; mails have been on for long, and there are some of long ago. */
const progress = (now: number): Statement[] => [
  { sql: "UPDATE webhook_progress SET last_sequence = 7, delivered_sequence = 7, settled_to = ?", values: [idPrefix(now - 14 * DAY)] },
  insert("mail_progress", { id: 1, settled_to: idPrefix(now - 14 * DAY), began_at: 1 }),
  ...["", "disabled:", "reminder:"].map((word, place) => insert("mail_deliveries", {
    event_id: `${word}${idPrefix(now - 40 * DAY)}-7old${place}`, kind: "member_removed", recipient: "user:nobody", state: "sent", attempts: 1, next_attempt_at: null,
    provider_id: "mail", created_at: now - 40 * DAY, request_id: "world",
  })),
];
