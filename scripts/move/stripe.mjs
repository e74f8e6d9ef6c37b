// @ts-check
// Organizations' subscriptions at Stripe: they end with the period that is paid for, and go on where the move is taken back.
import { Failure } from "../run.mjs";
import { waitingChange, waitsAgain } from "./waiting-change.mjs";

/** By which a subscription says that the move has ended it, and not whoever pays for it. */
const MARK = "tallygate_move";
/** The prices of a change that had waited for the period's end, with a space between them. */
const WAITED = "tallygate_move_waited";

/** @typedef {Record<string, any>} Given Any object of Stripe's, of any API version. */

export class StripeSide {
  #client;

  /** @param {import("stripe").Stripe} client */
  constructor(client) {
    this.#client = client;
  }

  /** @param {{ key: string, url?: string }} access */
  static async at({ key, url }) {
    const { default: Stripe } = await import("stripe");
    const { hostname, port, protocol } = new URL(url ?? "https://api.stripe.com");
    return new StripeSide(new Stripe(key, { host: hostname, protocol: protocol === "http:" ? "http" : "https", ...(port === "" ? {} : { port: Number(port) }), maxNetworkRetries: 3, telemetry: false }));
  }

  /**
   * Lets it end with its period. Asked again, it answers the same.
   * @param {string} id
   * @returns {Promise<{ endsAt: number | null, isByMove: boolean }>} `endsAt` is null where it has ended already.
   */
  async endWithPeriod(id) {
    return this.#asked(id, async () => {
      let subscription = await this.#of(id);
      if (hasEnded(subscription)) return { endsAt: null, isByMove: subscription["metadata"]?.[MARK] === "1" };
      if (!isEnding(subscription)) {
        // A change that waits for the period's end would go on behind it.
        const schedule = typeof subscription["schedule"] === "string" ? subscription["schedule"] : subscription["schedule"]?.id;
        if (schedule) {
          const { from, to } = waitingChange(/** @type {Given} */ (await this.#client.subscriptionSchedules.retrieve(schedule)));
          await this.#client.subscriptions.update(id, { metadata: { [MARK]: "1", [WAITED]: to === "" ? "" : `${from} ${to}` } });
          await this.#client.subscriptionSchedules.release(schedule);
        }
        subscription = /** @type {Given} */ (await this.#client.subscriptions.update(id, { cancel_at_period_end: true, metadata: { [MARK]: "1" } }));
      }
      const seconds = subscription["cancel_at"] ?? subscription["items"]?.data?.[0]?.current_period_end ?? subscription["current_period_end"];
      return { endsAt: Number(seconds) * 1_000, isByMove: subscription["metadata"]?.[MARK] === "1" };
    });
  }

  /**
   * Lets it go on, where it is the move that has ended it, with a change that had waited for the period's end. Until `forget` it answers the same.
   * @param {string} id
   * @returns {Promise<{ goesOn: boolean, waited: { price: string, schedule: string | null } | null }>} `waited`: the price of that change, and the schedule that it waits in
   *   again; without one it does not.
   */
  async goOn(id) {
    return this.#asked(id, async () => {
      const subscription = await this.#of(id);
      if (hasEnded(subscription)) return { goesOn: false, waited: null };
      if (subscription["metadata"]?.[MARK] !== "1") return { goesOn: true, waited: null };
      if (isEnding(subscription)) await this.#client.subscriptions.update(id, { cancel_at_period_end: false });
      const [from = "", price = ""] = String(subscription["metadata"][WAITED] ?? "").split(/ (.*)/);
      return { goesOn: true, waited: price === "" ? null : { price, schedule: await waitsAgain(this.#client, subscription, { from, to: price }) } };
    });
  }

  /** Nothing at Stripe says any more that the move was there. @param {string} id */
  async forget(id) {
    return this.#asked(id, async () => {
      const subscription = await this.#of(id);
      if (subscription["metadata"]?.[MARK] === "1" && !hasEnded(subscription)) await this.#client.subscriptions.update(id, { metadata: { [MARK]: "", [WAITED]: "" } });
    });
  }

  /** Whether it is charged again. @param {string} id */
  async isCharged(id) {
    return this.#asked(id, async () => {
      const subscription = await this.#of(id);
      return !hasEnded(subscription) && !isEnding(subscription);
    });
  }

  /** @param {string} id @returns {Promise<Given>} */
  async #of(id) {
    return /** @type {Given} */ (await this.#client.subscriptions.retrieve(id));
  }

  /** @template T @param {string} id @param {() => Promise<T>} work @returns {Promise<T>} */
  async #asked(id, work) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Error && error.constructor.name.startsWith("Stripe")) throw new Failure(`Stripe did not do what is to be done with ${id}: ${error.message}`);
      throw error;
    }
  }
}

/** @param {Given} subscription */
const hasEnded = (subscription) => subscription["status"] === "canceled" || subscription["status"] === "incomplete_expired";
/** @param {Given} subscription */
const isEnding = (subscription) => subscription["cancel_at_period_end"] === true || typeof subscription["cancel_at"] === "number";
