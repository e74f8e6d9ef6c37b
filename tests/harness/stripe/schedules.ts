// Subscription schedules: made from a subscription, given their phases, released.
import type { Stripe } from "stripe";
import { idOf, itemOf, type Account } from "./account.ts";
import { invalid } from "./failure.ts";
import { listAt, metadataAfter, textAt, wholeAt, type Form } from "./form.ts";
import { intervalOf, monthsAfter } from "./periods.ts";
import { phaseObject, scheduleObject, type PhaseWanted } from "./schedule-objects.ts";

export function createSchedule(account: Account, form: Form): Stripe.SubscriptionSchedule {
  const source = textAt(form, "from_subscription");
  if (source === undefined) throw invalid("Missing required param: from_subscription.", "from_subscription", "parameter_missing");
  const other = Object.keys(form).find((name) => name !== "from_subscription" && name !== "expand");
  if (other !== undefined) throw invalid(`You cannot set \`${other}\` if \`from_subscription\` is set.`, other);
  const subscription = account.subscription(source, "from_subscription");
  if (subscription.status === "canceled") throw invalid("You cannot create a schedule from a canceled subscription.", "from_subscription");
  if (subscription.schedule !== null) {
    throw invalid(`You cannot migrate a subscription that is already attached to a schedule: ${idOf(subscription.schedule)}`, "from_subscription");
  }
  const item = itemOf(subscription);
  const schedule = scheduleObject(subscription, {
    price: item.price.id, quantity: item.quantity ?? 1, currency: subscription.currency, metadata: {}, prorationBehavior: "create_prorations",
    period: { start: item.current_period_start, end: item.current_period_end },
  }, account.now(idOf(subscription.customer)));
  account.schedules.set(schedule.id, schedule);
  account.change(subscription, { schedule: schedule.id });
  return schedule;
}

export function updateSchedule(account: Account, schedule: Stripe.SubscriptionSchedule, form: Form): Stripe.SubscriptionSchedule {
  needsActive(schedule, "update");
  const phases = listAt(form, "phases");
  if (phases.length > 0) schedule.phases = phasesOf(account, schedule, phases).map(phaseObject);
  const behavior = textAt(form, "end_behavior");
  if (behavior !== undefined) schedule.end_behavior = behavior as Stripe.SubscriptionSchedule.EndBehavior;
  schedule.metadata = metadataAfter(schedule.metadata ?? {}, typeof form === "object" ? form["metadata"] : undefined);
  return schedule;
}

/** Phases follow each other without a gap; the first one is the one that runs. */
function phasesOf(account: Account, schedule: Stripe.SubscriptionSchedule, wanted: Form[]): PhaseWanted[] {
  const made: PhaseWanted[] = [];
  wanted.forEach((phase, place) => {
    const param = `phases[${place}]`;
    const items = listAt(phase, "items");
    const price = account.price(textAt(items[0], "price") ?? "", `${param}[items][0][price]`);
    const last = made.at(-1);
    const start = wholeAt(phase, "start_date") ?? last?.period.end;
    if (start === undefined) throw invalid("The first phase must have a `start_date`.", `${param}[start_date]`);
    if (!last && start !== schedule.current_phase?.start_date) throw invalid("You can not modify the start date of the current phase.", `${param}[start_date]`);
    if (last && start !== last.period.end) throw invalid("The start date of a phase must be the end date of the one before it.", `${param}[start_date]`);
    const end = endOf(phase, price, start, place === wanted.length - 1, param);
    if (end <= start) throw invalid("The end date of a phase must be after its start date.", `${param}[end_date]`);
    made.push({
      price: price.id, quantity: wholeAt(items[0], "quantity") ?? 1, currency: price.currency, period: { start, end },
      metadata: metadataAfter({}, typeof phase === "object" ? phase["metadata"] : undefined),
      prorationBehavior: (textAt(phase, "proration_behavior") ?? "create_prorations") as PhaseWanted["prorationBehavior"],
    });
  });
  return made;
}

/** The last phase may leave its end to its price's interval. */
function endOf(phase: Form, price: Stripe.Price, start: number, last: boolean, param: string): number {
  const end = wholeAt(phase, "end_date");
  const interval = textAt(phase, "duration", "interval");
  if (end !== undefined && interval !== undefined) throw invalid("You may only specify one of these parameters: end_date, duration.", `${param}[end_date]`);
  if (end !== undefined) return end;
  if (interval === undefined && !last) throw invalid(`You must specify either \`end_date\` or \`duration\` for ${param}.`, `${param}[end_date]`);
  const count = wholeAt(phase, "duration", "interval_count") ?? 1;
  if (interval === "day" || interval === "week") return start + count * (interval === "day" ? 86_400 : 604_800);
  return monthsAfter(start, count * ((interval ?? intervalOf(price)) === "year" ? 12 : 1));
}

/** The subscription goes on as it is, without a schedule. */
export function release(account: Account, schedule: Stripe.SubscriptionSchedule): Stripe.SubscriptionSchedule {
  needsActive(schedule, "release");
  const subscription = account.subscription(idOf(schedule.subscription));
  Object.assign(schedule, {
    status: "released", released_at: account.now(idOf(schedule.customer)), released_subscription: subscription.id, subscription: null, current_phase: null,
  } satisfies Partial<Stripe.SubscriptionSchedule>);
  account.change(subscription, { schedule: null });
  return schedule;
}

function needsActive({ status }: Stripe.SubscriptionSchedule, what: string): void {
  if (status === "active") return;
  throw invalid(`You cannot ${what} a subscription schedule that is currently in the \`${status}\` status. It must be in the \`not_started\` or \`active\` status.`);
}
