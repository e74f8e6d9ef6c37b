// @ts-check
// A change of plan that waits for a subscription's period to end: it is a schedule at Stripe of two phases. The move has to let go of it,
// and its way back makes it anew.

/**
 * @typedef {import("stripe").Stripe} Stripe
 * @typedef {import("./stripe.mjs").Given} Given
 * @typedef {{ from: string, to: string }} WaitingChange The prices of the plan: `from` is empty where more than one price was to change.
 */

/**
 * What a schedule would have changed with the next period.
 * @param {Given} schedule
 * @returns {WaitingChange}
 */
export function waitingChange({ phases, current_phase: runs }) {
  const now = pricesOf(phases.find((/** @type {Given} */ phase) => phase["start_date"] === runs?.start_date));
  const next = pricesOf(phases.find((/** @type {Given} */ phase) => phase["start_date"] >= (runs?.end_date ?? 0)));
  const [gone, come] = [now.filter((price) => !next.includes(price)), next.filter((price) => !now.includes(price))];
  const isOne = gone.length === 1 && come.length === 1 && now.length === next.length;
  return { from: isOne ? gone[0] ?? "" : "", to: come.join(", ") };
}

/**
 * Has the change wait again. Asked again, it answers the same.
 * @param {Stripe} client
 * @param {Given} subscription That is under no schedule, or under the one that this has made.
 * @param {WaitingChange} change
 * @returns {Promise<string | null>} The schedule; `null` where the change cannot be had any more.
 */
export async function waitsAgain(client, subscription, { from, to }) {
  if (from === "") return null;
  const held = typeof subscription["schedule"] === "string" ? subscription["schedule"] : subscription["schedule"]?.id;
  const schedule = /** @type {Given} */ (held ? await client.subscriptionSchedules.retrieve(held) : await client.subscriptionSchedules.create({ from_subscription: subscription["id"] }));
  const [phase, next] = schedule["phases"];
  if (next !== undefined) return pricesOf(next).includes(to) ? schedule["id"] : null;
  const items = (/** @type {(price: string) => string} */ as) => phase["items"].map((/** @type {Given} */ item) => ({ price: as(priceOf(item)), quantity: item["quantity"] }));
  const discounts = (phase["discounts"] ?? []).map((/** @type {Given} */ { coupon, discount, promotion_code: code }) => (discount ? { discount } : code ? { promotion_code: code } : { coupon }));
  const same = { proration_behavior: /** @type {const} */ ("none"), ...(discounts.length === 0 ? {} : { discounts }) };
  try {
    const interval = (await client.prices.retrieve(to)).recurring?.interval ?? "month";
    // As `SchedulePhase::followed_by` has it: the phase that runs, and one period with the other price, after which it goes on by itself.
    await client.subscriptionSchedules.update(schedule["id"], {
      end_behavior: "release", proration_behavior: "none",
      phases: [
        { ...same, start_date: phase["start_date"], end_date: phase["end_date"], ...(phase["trial_end"] ? { trial_end: phase["trial_end"] } : {}), items: items((price) => price) },
        { ...same, items: items((price) => (price === from ? to : price)), duration: { interval, interval_count: 1 } },
      ],
    });
    return schedule["id"];
  } catch (error) {
    // The price is not sold any more.
    if (!(error instanceof Error) || error.constructor.name !== "StripeInvalidRequestError") throw error;
    await client.subscriptionSchedules.release(schedule["id"]);
    return null;
  }
}

/** @param {Given | undefined} phase @returns {string[]} */
const pricesOf = (phase) => (phase?.["items"] ?? []).map(priceOf);
/** @param {Given} item @returns {string} */
const priceOf = ({ price }) => String(price?.id ?? price);
