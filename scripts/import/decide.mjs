// @ts-check
// Decides what is made of what was read: which people, which organizations, on which plans; and what does not fit. It changes
// nothing, and decides the same on the same.
import { Failure } from "../run.mjs";
import { Billing } from "./billing.mjs";
import { Findings } from "./findings.mjs";
import { holdingOf } from "./holding.mjs";
import { personalId } from "./read.mjs";
import { homesOf, teamsOf } from "./teams.mjs";

/**
 * @typedef {import("./mapping.mjs").Mapping} Mapping
 * @typedef {import("./read.mjs").Read} Read
 * @typedef {import("./read.mjs").SourcePerson} SourcePerson
 * @typedef {import("./read.mjs").Finding} Finding
 * @typedef {import("./catalog.mjs").Catalog} Catalog
 * @typedef {import("./catalog.mjs").Audience} Audience
 * @typedef {import("./catalog.mjs").Plan} Plan
 * @typedef {import("./holding.mjs").Holding} Holding
 * @typedef {import("./findings.mjs").About} About
 * @typedef {import("./teams.mjs").TeamCandidate} TeamCandidate
 */

/**
 * An organization that is made, personal or a team. `knownSince`: 0 where it is not known since when it is there.
 * @typedef {{ id: string, name: string, slug: string, createdAt: number, knownSince: number, holding: Holding, members: { user: string, role: string, joinedAt: number }[] }} NewOrganization
 * @typedef {{ source: SourcePerson, email: string | null, name: string, username: string | null, createdAt: number, toldAt: number, personal: NewOrganization }} NewPerson
 * @typedef {NewOrganization & { founder: string, externalId: string | null, homeOf: string[] }} NewTeam
 * @typedef {{ people: NewPerson[], teams: NewTeam[], there: { people: number, teams: number }, findings: Finding[] }} Outcome
 */

/**
 * @typedef {object} Given
 * @property {Mapping} mapping
 * @property {Read} read
 * @property {Catalog} catalog
 * @property {Map<string, import("./tool.mjs").PersonForms>} personForms
 * @property {Map<string, import("./tool.mjs").TeamForms>} teamForms
 * @property {import("./catalog.mjs").Existing} existing
 * @property {import("./stripe.mjs").StripeAccount | undefined} stripe
 * @property {Map<string, string>} stripeAddresses Of Stripe's customers, in the form that is kept.
 * @property {number} now
 */

/** @param {Given} given @returns {Outcome} */
export function decide(given) {
  return new Decision(given).outcome();
}

/**
 * What is known of a person: the plan of their own tier, and their team's tier where their row tells that.
 * @typedef {{ source: SourcePerson, forms: import("./tool.mjs").PersonForms, isThere: boolean, tier: Plan | undefined, teamTier: string | null }} Candidate
 */

class Decision {
  /** @param {Given} given */
  constructor(given) {
    this.given = given;
    this.findings = new Findings(given.read.findings);
    this.slugs = new Set(given.existing.slugs);
    this.usernames = new Set(given.existing.usernames);
  }

  outcome() {
    const { read, existing } = this.given;
    const inTeams = new Set(read.members.map(({ user }) => user));
    const people = this.#withoutDuplicates(this.#candidates(inTeams));
    const teams = teamsOf(this.given, people, this.findings);
    const homes = homesOf(teams);
    const billing = new Billing(this.given, people, teams, homes, this.findings);
    const newPeople = [...people.values()].filter(({ isThere }) => !isThere).map((person) => this.#person(person, homes, billing));
    const newTeams = teams.filter(({ id }) => !existing.organizations.has(id)).flatMap((team) => this.#team(team, homes, billing) ?? []);
    billing.tellOfRest();
    for (const { isThere, source } of people.values()) {
      if (isThere && existing.people.get(source.id) === false) this.findings.note({ where: source.where, kind: "person", id: source.id }, "signed_up_before", "they have signed up here before: what they have stays as it is");
    }
    return {
      people: newPeople, teams: newTeams, findings: this.findings.all,
      there: { people: [...people.values()].filter(({ isThere }) => isThere).length, teams: teams.filter(({ id }) => existing.organizations.has(id)).length },
    };
  }

  /**
   * Everybody whose address and tier fit.
   * @param {Set<string>} inTeams
   * @returns {Candidate[]}
   */
  #candidates(inTeams) {
    const { read, personForms, existing, mapping } = this.given;
    return read.people.flatMap((/** @returns {Candidate[]} */ (source) => {
      const about = { where: source.where, kind: /** @type {const} */ ("person"), id: source.id };
      const forms = personForms.get(source.id);
      if (forms === undefined) throw new Failure(`The import tool has not answered for ${source.id}.`);
      // Whoever has left comes back in no team either, however old the file is that has them yet.
      if (existing.deleted.has(source.id)) return this.findings.out(about, "deleted_here", "they have deleted their account here");
      const isThere = existing.people.has(source.id);
      const found = { source, forms, isThere, tier: undefined, teamTier: null };
      if (isThere) return [{ ...found, teamTier: source.tier !== null && source.tier in mapping.plans.team ? source.tier : null }];
      if (source.email !== null && forms.email === null) return this.findings.out(about, "no_address", `"${source.email}" is no e-mail address`);
      const others = (forms.email === null ? [] : (existing.addresses.get(forms.email) ?? [])).filter((id) => id !== source.id);
      if (others.length > 0) return this.findings.out(about, "address_taken", `${forms.email} is the address of ${others[0]}, who is there already`);
      const isInTeam = inTeams.has(source.id);
      const { tier } = source;
      if (tier === null) return [{ ...found, tier: "" in mapping.plans.individual ? this.#plan("individual", "") : undefined }];
      const [isIndividual, isTeams] = [tier in mapping.plans.individual, tier in mapping.plans.team];
      if (isTeams && isInTeam && (source.organization !== null || !isIndividual)) return [{ ...found, teamTier: tier, tier: "" in mapping.plans.individual ? this.#plan("individual", "") : undefined }];
      if (isIndividual) return [{ ...found, tier: this.#plan("individual", tier) }];
      if (isTeams) return this.findings.out(about, "tier_is_for_teams", `the tier "${tier}" is a team's, and they are in none`);
      return this.findings.out(about, "unknown_tier", `the mapping has no plan for the tier "${tier}"`);
    }));
  }

  /** The plan of a tier that the mapping knows. @param {Audience} audience @param {string} tier @returns {Plan} */
  #plan(audience, tier) {
    const { mapping, catalog } = this.given;
    const name = mapping.plans[audience][tier] ?? "";
    const plan = catalog.plans.get(name);
    if (plan === undefined) throw new Failure(`The mapping makes the tier "${tier}" the plan "${name}", which is none of the catalog's: ${[...catalog.plans.keys()].join(", ")}.`);
    if (!catalog.fits(plan, audience)) throw new Failure(`The mapping makes the tier "${tier}" the plan "${name}" for ${audience === "team" ? "teams" : "people"}, and the plan is for the others.`);
    return plan;
  }

  /** Where whoever has no tier is. @param {Audience} audience */
  #startPlan(audience) {
    const plan = this.given.catalog.start(audience);
    if (plan === undefined) throw new Failure(`The catalog has no plan that ${audience === "team" ? "teams" : "people"} start with: name one in the mapping, [plans.${audience}] "" = "…".`);
    return plan;
  }

  /**
   * Of several people with one address the one who has confirmed it counts, then who was there first. The others are told of.
   * @param {Candidate[]} candidates
   * @returns {Map<string, Candidate>}
   */
  #withoutDuplicates(candidates) {
    /** @type {Map<string, Candidate>} */
    const first = new Map();
    const before = (/** @type {Candidate} */ one, /** @type {Candidate} */ two) =>
      Number(two.isThere) - Number(one.isThere) || Number(two.source.isVerified) - Number(one.source.isVerified)
      || (one.source.createdAt ?? Infinity) - (two.source.createdAt ?? Infinity) || (one.source.id < two.source.id ? -1 : 1);
    for (const candidate of candidates) {
      const { email } = candidate.forms;
      const other = email === null ? undefined : first.get(email);
      if (email !== null && (other === undefined || before(candidate, other) < 0)) first.set(email, candidate);
    }
    return new Map(candidates.flatMap((candidate) => {
      const { source, forms: { email } } = candidate;
      const kept = email === null ? candidate : first.get(email);
      if (kept !== candidate && !candidate.isThere) return this.findings.out({ where: source.where, kind: "person", id: source.id }, "duplicate_address", `${email} is also the address of ${kept?.source.id} (${kept?.source.where}), who counts`);
      return [/** @type {const} */ ([source.id, candidate])];
    }));
  }

  /**
   * @param {Candidate} person
   * @param {Map<string, TeamCandidate>} homes
   * @param {Billing} billing
   * @returns {NewPerson}
   */
  #person({ source, forms, tier }, homes, billing) {
    const about = { where: source.where, kind: /** @type {const} */ ("person"), id: source.id };
    const createdAt = source.createdAt ?? this.given.now;
    const id = personalId(source);
    let username = forms.username;
    if (source.username !== null && username === null) this.findings.note(about, "no_username", `"${source.username}" cannot be a username here: they choose another one`);
    else if (username !== null && this.usernames.has(username.toLowerCase())) {
      this.findings.note(about, "username_taken", `somebody else has the username ${username}: they choose another one`);
      username = null;
    }
    if (username !== null) this.usernames.add(username.toLowerCase());
    const paid = billing.of(id);
    return {
      source, email: forms.email, name: forms.name, username, createdAt, toldAt: source.updatedAt ?? createdAt,
      personal: {
        id, name: forms.organizationName, slug: this.#slug(forms), createdAt, knownSince: source.createdAt ?? 0, members: [{ user: source.id, role: "owner", joinedAt: createdAt }],
        holding: holdingOf({
          audience: "individual", plan: tier ?? this.#startPlan("individual"), hasTier: tier !== undefined, ...paid,
          used: homes.has(source.id) ? [] : source.counters.map((counter) => ({ user: source.id, ...counter })),
        }, this.given.catalog, this.given.now, (reason, detail) => this.findings.note(about, reason, detail)),
      },
    };
  }

  /**
   * @param {TeamCandidate} team
   * @param {Map<string, TeamCandidate>} homes
   * @param {Billing} billing
   * @returns {NewTeam | undefined}
   */
  #team(team, homes, billing) {
    const { mapping, teamForms, catalog, now } = this.given;
    const { id, source, members, where } = team;
    const about = { where, kind: /** @type {const} */ ("organization"), id };
    const tier = this.#teamTier(team, about);
    if (tier === null) return undefined;
    const owner = members[0];
    if (owner === undefined) return undefined;
    const forms = teamForms.get(id);
    if (forms === undefined) throw new Failure(`The import tool has not answered for the organization ${id}.`);
    if (forms.name === null) this.findings.note(about, "no_name", `${source?.name ? `"${source.name}" cannot be a name here` : "it has no name"}: it gets one after its owner`);
    const name = forms.name ?? mapping.missing.organization.replaceAll("{owner}", owner.person.forms.name.slice(0, 60)).slice(0, 100);
    const atHome = members.filter(({ person }) => homes.get(person.source.id) === team);
    const createdAt = source?.createdAt ?? Math.min(...members.map(({ joinedAt }) => joinedAt));
    const holding = holdingOf({
      audience: "team", plan: tier ?? this.#startPlan("team"), hasTier: tier !== undefined, ...billing.of(id),
      used: atHome.flatMap(({ person }) => person.source.counters.map((counter) => ({ user: person.source.id, ...counter }))),
    }, catalog, now, (reason, detail) => this.findings.note(about, reason, detail));
    const { seats } = holding.plan;
    if (seats >= 0 && members.length > seats) this.findings.note(about, "over_seats", `${members.length} people are in it, and the plan ${holding.plan.id} has ${seats} seats: all stay, nobody more comes in`);
    return {
      id, name, slug: this.#slug(forms), createdAt, knownSince: source?.createdAt ?? 0, holding, founder: owner.of.user, externalId: mapping.externalIds ? id : null,
      members: members.map(({ of, role, joinedAt }) => ({ user: of.user, role, joinedAt })), homeOf: atHome.map(({ of }) => of.user),
    };
  }

  /**
   * Its own tier, else its first owner's, else the one that most of its people have. `undefined`: none; `null`: it is left out.
   * @param {TeamCandidate} team
   * @param {About} about
   * @returns {Plan | undefined | null}
   */
  #teamTier({ source, members }, about) {
    const { plans } = this.given.mapping;
    if (source?.tier) {
      if (source.tier in plans.team) return this.#plan("team", source.tier);
      this.findings.out(about, "unknown_tier", `the mapping has no team's plan for the tier "${source.tier}"`);
      return null;
    }
    const told = members.flatMap(({ person, role }) => (person.teamTier === null ? [] : [{ tier: person.teamTier, role }]));
    const tiers = [...new Set(told.map(({ tier }) => tier))];
    const most = tiers.sort((one, two) => told.filter(({ tier }) => tier === two).length - told.filter(({ tier }) => tier === one).length)[0];
    const chosen = told.find(({ role }) => role === "owner")?.tier ?? most;
    if (chosen === undefined) return "" in plans.team ? this.#plan("team", "") : undefined;
    if (new Set(tiers.map((tier) => plans.team[tier])).size > 1) this.findings.note(about, "tiers_differ", `its people have the tiers ${tiers.sort().join(", ")}: ${chosen} counts`);
    return this.#plan("team", chosen);
  }

  /** The plain one, or where that is taken the unique one. @param {{ slug: string, uniqueSlug: string }} forms */
  #slug({ slug, uniqueSlug }) {
    const free = this.slugs.has(slug) ? uniqueSlug : slug;
    this.slugs.add(free);
    return free;
  }
}
