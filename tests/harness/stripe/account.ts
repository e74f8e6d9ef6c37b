// What a Stripe account holds, its clock, and the events it tells of.
import { Stripe } from "stripe";
import { missing } from "./failure.ts";
import type { LineWanted } from "./money-objects.ts";
import { newId } from "./objects.ts";

/** The event of a type. */
export type Typed<T extends Stripe.Event["type"]> = Extract<Stripe.Event, { type: T }>;

/** Signs and parses nothing but the events' self-check. */
const SELF_CHECK = "whsec_self_check";
const stripe = new Stripe("sk_test_unused");

export class Account {
  readonly prices = new Map<string, Stripe.Price>();
  readonly customers = new Map<string, Stripe.Customer>();
  readonly subscriptions = new Map<string, Stripe.Subscription>();
  readonly schedules = new Map<string, Stripe.SubscriptionSchedule>();
  readonly invoices = new Map<string, Stripe.Invoice>();
  readonly items = new Map<string, Stripe.InvoiceItem>();
  readonly charges = new Map<string, Stripe.Charge>();
  readonly payments = new Map<string, Stripe.InvoicePayment>();
  readonly sessions = new Map<string, Stripe.Checkout.Session>();
  /** What a Checkout session was asked to begin. */
  readonly purchases = new Map<string, Purchase>();
  /** Prorations that wait for a subscription's next invoice. */
  readonly pending = new Map<string, LineWanted[]>();
  /** Everything that was told, oldest first. */
  readonly events: Stripe.Event[] = [];
  /** How many of the next charges that the API itself makes are refused by the card. */
  declines = 0;
  /** The request that events are the work of. */
  cause: Stripe.Event.Request = { id: null, idempotency_key: null };
  readonly #times = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds: the real time, or later for a customer whose periods were run through, as with Stripe's test clocks. */
  now(customer?: string): number {
    return Math.max(this.#now(), this.#times.get(customer ?? "") ?? 0);
  }

  advance(customer: string, to: number): void {
    this.#times.set(customer, Math.max(to, this.now(customer)));
  }

  /** Any object by its id. */
  find(id: string): object | undefined {
    return [this.prices, this.customers, this.subscriptions, this.schedules, this.invoices, this.items, this.charges, this.payments, this.sessions]
      .map((kind) => kind.get(id)).find((found) => found !== undefined);
  }

  price(id: string, param?: string): Stripe.Price {
    return known(this.prices, "price", id, param);
  }

  customer(id: string, param?: string): Stripe.Customer {
    return known(this.customers, "customer", id, param);
  }

  subscription(id: string, param?: string): Stripe.Subscription {
    return known(this.subscriptions, "subscription", id, param);
  }

  schedule(id: string): Stripe.SubscriptionSchedule {
    return known(this.schedules, "subscription schedule", id);
  }

  invoice(id: string): Stripe.Invoice {
    return known(this.invoices, "invoice", id);
  }

  item(id: string): Stripe.InvoiceItem {
    return known(this.items, "invoiceitem", id);
  }

  /** A customer's items that wait for an invoice, oldest first. */
  waiting(customer: string): Stripe.InvoiceItem[] {
    return [...this.items.values()].filter((item) => idOf(item.customer) === customer && item.invoice === null);
  }

  charge(id: string): Stripe.Charge {
    return known(this.charges, "charge", id);
  }

  session(id: string): Stripe.Checkout.Session {
    return known(this.sessions, "checkout.session", id);
  }

  /** True when the card refuses this charge. */
  declinesNow(): boolean {
    if (this.declines === 0) return false;
    this.declines -= 1;
    return true;
  }

  /** Tells of an object as it is at this moment. */
  tell<T extends Stripe.Event["type"]>(type: T, object: Typed<T>["data"]["object"], before?: object): Typed<T> {
    const customer = "customer" in object && typeof object.customer === "string" ? object.customer : undefined;
    const data = { object: snapshot(object), ...(before === undefined ? {} : { previous_attributes: before }) };
    const base = {
      id: newId("evt"), object: "event", api_version: Stripe.API_VERSION, created: this.now(customer), data, livemode: false, pending_webhooks: 1,
      request: { ...this.cause }, type,
    } satisfies Omit<Stripe.EventBase, "type" | "data"> & { type: T; data: object };
    const payload = JSON.stringify(base);
    stripe.webhooks.constructEvent(payload, stripe.webhooks.generateTestHeaderString({ payload, secret: SELF_CHECK }), SELF_CHECK);
    const event = base as unknown as Typed<T>;
    this.events.push(event);
    return event;
  }

  /** Changes a subscription and tells of it with what was there before, if anything is different. */
  change(subscription: Stripe.Subscription, changes: Partial<Stripe.Subscription>): void {
    const before = snapshot(subscription);
    Object.assign(subscription, changes);
    const after = snapshot(subscription);
    const different = Object.entries(before).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(after, name)));
    if (different.length > 0) this.tell("customer.subscription.updated", subscription, Object.fromEntries(different));
  }

  /** Notes all objects as they are now. What is given back makes them so again; what was told of meanwhile stays told. */
  keep(): () => void {
    const maps = [this.prices, this.customers, this.subscriptions, this.schedules, this.invoices, this.items, this.charges, this.payments, this.sessions,
      this.purchases, this.pending] as Map<string, unknown>[];
    const kept = maps.map((map) => [...map].map(([id, object]) => [id, copied(object)] as const));
    return () => maps.forEach((map, place) => {
      map.clear();
      for (const [id, object] of kept[place] ?? []) map.set(id, copied(object));
    });
  }

  /** The events of some work. */
  during(work: () => void): Stripe.Event[] {
    const first = this.events.length;
    work();
    return this.events.slice(first);
  }
}

export interface Purchase {
  price: string;
  quantity: number;
  metadata: Record<string, string>;
  trialEnd: number | null;
  trialDays: number | null;
  missingPaymentMethod: Stripe.Subscription.TrialSettings.EndBehavior.MissingPaymentMethod;
}

/** An object as it goes over the wire: decimals are texts, and later changes do not reach it. */
export function snapshot<T extends object>(object: T): T {
  return JSON.parse(JSON.stringify(object)) as T;
}

/** Another object with the same members; what is no plain object, as Stripe's decimals, never changes and is shared. */
function copied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copied);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copied(member)]));
}

/** The one item that a subscription has here. */
export function itemOf(subscription: Stripe.Subscription): Stripe.SubscriptionItem {
  const [item] = subscription.items.data;
  if (!item) throw new Error(`${subscription.id} has no item`);
  return item;
}

/** An id of an object that is never expanded here. */
export function idOf(reference: string | { id: string } | null): string {
  if (reference === null) throw new Error("there is no such object");
  return typeof reference === "string" ? reference : reference.id;
}

function known<T>(kind: Map<string, T>, what: string, id: string, param?: string): T {
  const found = kind.get(id);
  if (!found) throw missing(what, id, param);
  return found;
}
