// @ts-check
// Whose customer at Stripe is whose: by the customer's id where the source names one, else by the address.
import { personalId } from "./read.mjs";
import { isLive } from "./stripe.mjs";

/**
 * @typedef {import("./decide.mjs").Candidate} Candidate
 * @typedef {import("./teams.mjs").TeamCandidate} TeamCandidate
 * @typedef {import("./findings.mjs").About} About
 * @typedef {{ customer: string | null, subscriptions: import("./stripe.mjs").Subscription[], isStripeKnown: boolean }} Paid
 */

export class Billing {
  /** Of each organization its customers, and who says so. @type {Map<string, { customer: string, about: About }[]>} */
  #claims = new Map();
  /** @type {Map<string, string>} */
  #whose = new Map();

  /**
   * @param {import("./decide.mjs").Given} given
   * @param {Map<string, Candidate>} people
   * @param {TeamCandidate[]} teams
   * @param {Map<string, TeamCandidate>} homes
   * @param {import("./findings.mjs").Findings} findings
   */
  constructor(given, people, teams, homes, findings) {
    this.given = given;
    this.findings = findings;
    for (const { id, source } of teams) if (source?.customer) this.#claim(id, source.customer, { where: source.where, kind: "organization", id });
    for (const person of people.values()) {
      const { source } = person;
      if (source.customer !== null) this.#claim(billed(person, homes), source.customer, { where: source.where, kind: "person", id: source.id });
    }
    // An address that nobody has confirmed may be somebody else's, and with it what they pay for.
    const byAddress = new Map([...people.values()].flatMap((person) => (person.source.isVerified && person.forms.email !== null ? [[person.forms.email, person]] : [])));
    for (const customer of this.given.stripe?.customers.values() ?? []) {
      const person = byAddress.get(this.given.stripeAddresses.get(customer.id) ?? "");
      if (person && !this.#whose.has(customer.id)) this.#claim(billed(person, homes), customer.id, { where: person.source.where, kind: "person", id: person.source.id });
    }
  }

  /** @param {string} organization @param {string} customer @param {About} about */
  #claim(organization, customer, about) {
    const { stripe, existing } = this.given;
    const other = this.#whose.get(customer) ?? existing.customers.get(customer);
    if (other !== undefined && other !== organization) return this.findings.note(about, "customer_of_two", `the customer ${customer} is already that of the organization ${other}`);
    if (stripe && !stripe.customers.has(customer)) return this.findings.note(about, "no_such_customer", `Stripe has no customer ${customer}`);
    if (other === organization) return;
    this.#whose.set(customer, organization);
    this.#claims.set(organization, [...(this.#claims.get(organization) ?? []), { customer, about }]);
  }

  /** What an organization pays; of several customers the one that pays counts, then the newest. @param {string} organization @returns {Paid} */
  of(organization) {
    const { stripe } = this.given;
    const isStripeKnown = stripe !== undefined;
    const claims = this.#claims.get(organization) ?? [];
    const pays = (/** @type {string} */ customer) => Number(this.#subscriptions(customer).some(isLive));
    const since = (/** @type {string} */ customer) => stripe?.customers.get(customer)?.createdAt ?? 0;
    const [first, ...others] = [...claims].sort((one, two) => pays(two.customer) - pays(one.customer) || since(two.customer) - since(one.customer));
    if (first === undefined) return { customer: null, subscriptions: [], isStripeKnown };
    for (const { customer, about } of others) {
      this.findings.note(about, "two_customers", `${customer} is a further customer at Stripe${pays(customer) ? ", and pays" : ""}: ${first.customer} counts`);
    }
    return { customer: first.customer, subscriptions: this.#subscriptions(first.customer), isStripeKnown };
  }

  /** @param {string} customer */
  #subscriptions(customer) {
    return this.given.stripe?.subscriptions.get(customer) ?? [];
  }

  /** Tells of who pays and is nobody. */
  tellOfRest() {
    const { stripe, existing } = this.given;
    for (const customer of stripe?.customers.values() ?? []) {
      if (this.#whose.has(customer.id) || existing.customers.has(customer.id)) continue;
      const live = this.#subscriptions(customer.id).filter(isLive);
      if (live.length > 0) this.findings.note({ where: "Stripe", kind: "subscription", id: customer.id }, "customer_of_nobody", `${customer.email ?? "without an address"} pays ${live.map(({ id }) => id).join(", ")} and is nobody who is brought along`);
    }
  }
}

/**
 * Whoever owns the team that they work in pays for it, unless the tier in their row is a person's.
 * @param {Candidate} person
 * @param {Map<string, TeamCandidate>} homes
 */
function billed({ source, teamTier }, homes) {
  const home = homes.get(source.id);
  const owns = home?.members[0]?.of.user === source.id;
  return home && owns && (teamTier !== null || source.tier === null) ? home.id : personalId(source);
}
