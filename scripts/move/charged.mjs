// @ts-check
// Organizations that are charged on though they are moved: whose subscription was resumed since, or that have bought another one while
// they were moved or after it.
import { Failure } from "../run.mjs";
import { asked, quoted, runs } from "./survey.mjs";

/**
 * @typedef {import("../chosen-database.mjs").ChosenDatabase} ChosenDatabase
 * @typedef {import("./stripe.mjs").StripeSide} StripeSide
 * @typedef {{ organization: string, subscription: string }} Charged
 */

/**
 * By what Stripe says; without its key by what the database has, which is what Stripe has told last.
 * @param {ChosenDatabase} database
 * @param {{ organization?: string, stripe?: StripeSide | undefined }} which
 * @returns {Promise<Charged[]>}
 */
export async function chargedOn(database, { organization, stripe }) {
  const [rows = []] = await asked(database, [`SELECT paid.organization_id, paid.stripe_subscription_id, CASE WHEN ${runs("paid")} AND paid.cancel_at IS NULL AND (
  moved.is_ended_by_move = 0 OR moved.stripe_subscription_id <> paid.stripe_subscription_id OR paid.observed_at > moved.moved_at) THEN 1 ELSE 0 END AS goes_on
FROM moved_organizations moved JOIN billing_subscriptions paid ON paid.organization_id = moved.organization_id
  AND (${runs("paid")} OR paid.stripe_subscription_id = moved.stripe_subscription_id)
WHERE moved.state = 'moved'${organization === undefined ? "" : ` AND moved.organization_id = ${quoted(organization)}`}
ORDER BY paid.organization_id, paid.started_at, paid.stripe_subscription_id`]);
  /** @type {Charged[]} */
  const charged = [];
  for (const row of rows) {
    const [id, subscription] = [String(row["organization_id"]), String(row["stripe_subscription_id"])];
    const goesOn = stripe === undefined ? Number(row["goes_on"]) === 1 : await stripe.isCharged(subscription);
    if (goesOn) charged.push({ organization: id, subscription });
  }
  return charged;
}

/**
 * Ends them with their periods. That the move has ended them is written down first: a way back lets them go on again.
 * @param {ChosenDatabase} database
 * @param {{ organization?: string, stripe?: StripeSide | undefined }} which
 * @returns {Promise<number>} How many.
 */
export async function endChargedOn(database, { organization, stripe }) {
  const charged = await chargedOn(database, { ...(organization === undefined ? {} : { organization }), stripe });
  for (const { organization: id, subscription } of charged) {
    if (stripe === undefined) throw new Failure(`${id} is moved and charged on at Stripe (${subscription}), which is to end with its period: say the account's secret key in STRIPE_SECRET_KEY.`);
    await database.write([`UPDATE moved_organizations SET stripe_subscription_id = ${quoted(subscription)}, is_ended_by_move = 1 WHERE state = 'moved' AND organization_id = ${quoted(id)}`]);
    await stripe.endWithPeriod(subscription);
  }
  return charged.length;
}
