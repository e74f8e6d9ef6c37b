// @ts-check
// Decides what is made of what was read: which people, which organizations, on which plans; and what does not fit. It changes
// nothing, and decides the same on the same.
import { Failure } from "../run.mjs";
import { Billing } from "./billing.mjs";
import { holdingOf } from "./holding.mjs";
import { personalId } from "./read.mjs";

/**
 * @typedef {import("./mapping.mjs").Mapping} Mapping
 * @typedef {import("./read.mjs").Read} Read
 * @typedef {import("./read.mjs").SourcePerson} SourcePerson
 * @typedef {import("./read.mjs").SourceMember} SourceMember
 * @typedef {import("./read.mjs").Finding} Finding
 * @typedef {import("./catalog.mjs").Catalog} Catalog
 * @typedef {import("./catalog.mjs").Audience} Audience
 * @typedef {import("./catalog.mjs").Plan} Plan
 * @typedef {import("./holding.mjs").Holding} Holding
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

const ROLES = ["owner", "admin", "member", "viewer"];

/** @param {Given} given @returns {Outcome} */
export function decide(given) {
  return new Decision(given).outcome();
}

/**
 * What is known of a person: the plan of their own tier, and their team's tier where their row tells that.
 * @typedef {{ source: SourcePerson, forms: import("./tool.mjs").PersonForms, isThere: boolean, tier: Plan | undefined, teamTier: string | null }} Candidate
 */
/** A team with those of its people who are brought along, its first owner first. @typedef {{ id: string, source: import("./read.mjs").SourceOrganization | undefined, where: string, members: { of: SourceMember, person: Candidate, role: string, joinedAt: number }[] }} TeamCandidate */

class Decision {
  /** @type {Finding[]} */
  #findings;

  /** @param {Given} given */
  constructor(given) {
    this.given = given;
    this.#findings = [...given.read.findings];
    this.slugs = new Set(given.existing.slugs);
    this.usernames = new Set(given.existing.usernames);
  }

  outcome() {
    const { read, existing } = this.given;
    const inTeams = new Set(read.members.map(({ user }) => user));
    const people = this.#withoutDuplicates(this.#candidates(inTeams));
    const teams = this.#teams(people);
    const homes = homesOf(teams);
    const billing = new Billing(this.given, people, teams, homes, (about, reason, detail) => this.#note(about, reason, detail));
    const newPeople = [...people.values()].filter(({ isThere }) => !isThere).map((person) => this.#person(person, homes, billing));
    const newTeams = teams.filter(({ id }) => !existing.organizations.has(id)).flatMap((team) => this.#team(team, homes, billing) ?? []);
    billing.tellOfRest();
    for (const { isThere, source } of people.values()) {
      if (isThere && existing.people.get(source.id) === false) this.#note({ where: source.where, kind: "person", id: source.id }, "signed_up_before", "they have signed up here before: what they have stays as it is");
    }
    return {
      people: newPeople, teams: newTeams, findings: this.#findings,
      there: { people: [...people.values()].filter(({ isThere }) => isThere).length, teams: teams.filter(({ id }) => existing.organizations.has(id)).length },
    };
  }

  /** @param {Pick<Finding, "where" | "kind" | "id">} about @param {string} reason @param {string} detail */
  #note(about, reason, detail) {
    this.#findings.push({ where: about.where, kind: about.kind, id: about.id, isLeftOut: false, reason, detail });
  }

  /** @param {Pick<Finding, "where" | "kind" | "id">} about @param {string} reason @param {string} detail */
  #leaveOut(about, reason, detail) {
    this.#findings.push({ where: about.where, kind: about.kind, id: about.id, isLeftOut: true, reason, detail });
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
      const isThere = existing.people.has(source.id);
      const found = { source, forms, isThere, tier: undefined, teamTier: null };
      if (isThere) return [{ ...found, teamTier: source.tier !== null && source.tier in mapping.plans.team ? source.tier : null }];
      if (source.email !== null && forms.email === null) return this.#out(about, "no_address", `"${source.email}" is no e-mail address`);
      const others = (forms.email === null ? [] : (existing.addresses.get(forms.email) ?? [])).filter((id) => id !== source.id);
      if (others.length > 0) return this.#out(about, "address_taken", `${forms.email} is the address of ${others[0]}, who is there already`);
      const isInTeam = inTeams.has(source.id);
      const { tier } = source;
      if (tier === null) return [{ ...found, tier: "" in mapping.plans.individual ? this.#plan("individual", "") : undefined }];
      const [isIndividual, isTeams] = [tier in mapping.plans.individual, tier in mapping.plans.team];
      if (isTeams && isInTeam && (source.organization !== null || !isIndividual)) return [{ ...found, teamTier: tier, tier: "" in mapping.plans.individual ? this.#plan("individual", "") : undefined }];
      if (isIndividual) return [{ ...found, tier: this.#plan("individual", tier) }];
      if (isTeams) return this.#out(about, "tier_is_for_teams", `the tier "${tier}" is a team's, and they are in none`);
      return this.#out(about, "unknown_tier", `the mapping has no plan for the tier "${tier}"`);
    }));
  }

  /** @param {Pick<Finding, "where" | "kind" | "id">} about @param {string} reason @param {string} detail @returns {never[]} */
  #out(about, reason, detail) {
    this.#leaveOut(about, reason, detail);
    return [];
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
      if (kept !== candidate && !candidate.isThere) return this.#out({ where: source.where, kind: "person", id: source.id }, "duplicate_address", `${email} is also the address of ${kept?.source.id} (${kept?.source.where}), who counts`);
      return [/** @type {const} */ ([source.id, candidate])];
    }));
  }

  /** @param {Map<string, Candidate>} people @returns {TeamCandidate[]} */
  #teams(people) {
    const { read, existing, now } = this.given;
    const deleted = new Set(read.findings.filter(({ kind, reason }) => kind === "organization" && reason === "deleted").map(({ id }) => id));
    // Where the source has told of its organizations, one that it has not told of is none.
    const isLeftOut = (/** @type {string} */ id) => deleted.has(id) || (read.organizations.size > 0 && !read.organizations.has(id));
    /** @type {Map<string, SourceMember[]>} */
    const byTeam = new Map([...read.organizations.keys()].map((id) => [id, []]));
    for (const member of read.members) {
      const members = byTeam.get(member.organization) ?? [];
      members.push(member);
      byTeam.set(member.organization, members);
    }
    return [...byTeam].flatMap(([id, of]) => {
      const source = read.organizations.get(id);
      const about = { where: source?.where ?? of[0]?.where ?? "", kind: /** @type {const} */ ("organization"), id };
      const members = of.flatMap((member) => {
        const person = people.get(member.user);
        const membership = { where: member.where, kind: /** @type {const} */ ("membership"), id: `${id} ${member.user}` };
        if (isLeftOut(id)) return this.#out(membership, "organization_left_out", `the organization ${id} ${deleted.has(id) ? "is deleted" : "is not among the organizations"}`);
        if (person === undefined) return this.#out(membership, "member_left_out", `the user ${member.user} is not brought along`);
        return [{ of: member, person, role: this.#role(member, membership), joinedAt: member.joinedAt ?? (Math.max(person.source.createdAt ?? 0, source?.createdAt ?? 0) || now) }];
      });
      if (isLeftOut(id)) return [];
      const owner = source?.owner ? people.get(source.owner) : undefined;
      if (owner && source?.owner) {
        const theirs = members.find(({ person }) => person === owner);
        if (theirs) theirs.role = "owner";
        else members.push({ of: { where: source.where, organization: id, user: source.owner, role: null, joinedAt: undefined }, person: owner, role: "owner", joinedAt: source.createdAt ?? owner.source.createdAt ?? now });
      }
      if (members.length === 0) return this.#out(about, "nobody_in_it", "nobody who is brought along is in it");
      members.sort((one, two) => ROLES.indexOf(one.role) - ROLES.indexOf(two.role) || one.joinedAt - two.joinedAt || (one.of.user < two.of.user ? -1 : 1));
      const [first] = members;
      if (first && first.role !== "owner") {
        if (!existing.organizations.has(id)) this.#note(about, "no_owner", `nobody owns it: ${first.of.user}, its first ${first.role}, does now`);
        first.role = "owner";
      }
      return [{ id, source, where: about.where, members }];
    });
  }

  /** Several roles are the highest of them; an unknown one is the least. @param {SourceMember} member @param {Pick<Finding, "where" | "kind" | "id">} about */
  #role(member, about) {
    const named = (member.role ?? "").split(",").map((role) => this.given.mapping.roles[role.trim()]);
    const known = ROLES.find((role) => named.includes(role));
    if (known === undefined) this.#note(about, "unknown_role", `the mapping has no role for "${member.role ?? ""}": viewer`);
    return known ?? "viewer";
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
    if (source.username !== null && username === null) this.#note(about, "no_username", `"${source.username}" cannot be a username here: they choose another one`);
    else if (username !== null && this.usernames.has(username.toLowerCase())) {
      this.#note(about, "username_taken", `somebody else has the username ${username}: they choose another one`);
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
        }, this.given.catalog, this.given.now, (reason, detail) => this.#note(about, reason, detail)),
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
    if (forms.name === null) this.#note(about, "no_name", `${source?.name ? `"${source.name}" cannot be a name here` : "it has no name"}: it gets one after its owner`);
    const name = forms.name ?? mapping.missing.organization.replaceAll("{owner}", owner.person.forms.name.slice(0, 60)).slice(0, 100);
    const atHome = members.filter(({ person }) => homes.get(person.source.id) === team);
    const createdAt = source?.createdAt ?? Math.min(...members.map(({ joinedAt }) => joinedAt));
    const holding = holdingOf({
      audience: "team", plan: tier ?? this.#startPlan("team"), hasTier: tier !== undefined, ...billing.of(id),
      used: atHome.flatMap(({ person }) => person.source.counters.map((counter) => ({ user: person.source.id, ...counter }))),
    }, catalog, now, (reason, detail) => this.#note(about, reason, detail));
    const { seats } = holding.plan;
    if (seats >= 0 && members.length > seats) this.#note(about, "over_seats", `${members.length} people are in it, and the plan ${holding.plan.id} has ${seats} seats: all stay, nobody more comes in`);
    return {
      id, name, slug: this.#slug(forms), createdAt, knownSince: source?.createdAt ?? 0, holding, founder: owner.of.user, externalId: mapping.externalIds ? id : null,
      members: members.map(({ of, role, joinedAt }) => ({ user: of.user, role, joinedAt })), homeOf: atHome.map(({ of }) => of.user),
    };
  }

  /**
   * Its own tier, else its first owner's, else the one that most of its people have. `undefined`: none; `null`: it is left out.
   * @param {TeamCandidate} team
   * @param {Pick<Finding, "where" | "kind" | "id">} about
   * @returns {Plan | undefined | null}
   */
  #teamTier({ source, members }, about) {
    const { plans } = this.given.mapping;
    if (source?.tier) {
      if (source.tier in plans.team) return this.#plan("team", source.tier);
      this.#leaveOut(about, "unknown_tier", `the mapping has no team's plan for the tier "${source.tier}"`);
      return null;
    }
    const told = members.flatMap(({ person, role }) => (person.teamTier === null ? [] : [{ tier: person.teamTier, role }]));
    const tiers = [...new Set(told.map(({ tier }) => tier))];
    const most = tiers.sort((one, two) => told.filter(({ tier }) => tier === two).length - told.filter(({ tier }) => tier === one).length)[0];
    const chosen = told.find(({ role }) => role === "owner")?.tier ?? most;
    if (chosen === undefined) return "" in plans.team ? this.#plan("team", "") : undefined;
    if (new Set(tiers.map((tier) => plans.team[tier])).size > 1) this.#note(about, "tiers_differ", `its people have the tiers ${tiers.sort().join(", ")}: ${chosen} counts`);
    return this.#plan("team", chosen);
  }

  /** The plain one, or where that is taken the unique one. @param {{ slug: string, uniqueSlug: string }} forms */
  #slug({ slug, uniqueSlug }) {
    const free = this.slugs.has(slug) ? uniqueSlug : slug;
    this.slugs.add(free);
    return free;
  }
}

/**
 * The team that somebody works in: where their row says so, else the first that they have joined.
 * @param {TeamCandidate[]} teams
 * @returns {Map<string, TeamCandidate>} By the person's id.
 */
function homesOf(teams) {
  /** @type {Map<string, { team: TeamCandidate, joinedAt: number }>} */
  const homes = new Map();
  for (const team of teams) {
    for (const { person: { source }, joinedAt } of team.members) {
      const other = homes.get(source.id);
      if (source.organization === team.id || (other === undefined || joinedAt < other.joinedAt) && other?.team.id !== source.organization) homes.set(source.id, { team, joinedAt });
    }
  }
  return new Map([...homes].map(([id, { team }]) => [id, team]));
}
