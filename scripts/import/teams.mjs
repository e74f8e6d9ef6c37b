// @ts-check
// Who works where: teams, their people and roles, and who owns them.

/**
 * @typedef {import("./decide.mjs").Candidate} Candidate
 * @typedef {import("./read.mjs").SourceMember} SourceMember
 */

/**
 * A team with those of its people who are brought along, its first owner first.
 * @typedef {{ id: string, source: import("./read.mjs").SourceOrganization | undefined, where: string, members: { of: SourceMember, person: Candidate, role: string, joinedAt: number }[] }} TeamCandidate
 */

const ROLES = ["owner", "admin", "member", "viewer"];

/**
 * The teams with those of their people who are brought along; each has an owner.
 * @param {import("./decide.mjs").Given} given
 * @param {Map<string, Candidate>} people
 * @param {import("./findings.mjs").Findings} findings
 * @returns {TeamCandidate[]}
 */
export function teamsOf(given, people, findings) {
  const { read, existing, now } = given;
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
      if (isLeftOut(id)) return findings.out(membership, "organization_left_out", `the organization ${id} ${deleted.has(id) ? "is deleted" : "is not among the organizations"}`);
      if (person === undefined) return findings.out(membership, "member_left_out", `the user ${member.user} is not brought along`);
      return [{ of: member, person, role: roleOf(member, given.mapping, findings, membership), joinedAt: member.joinedAt ?? (Math.max(person.source.createdAt ?? 0, source?.createdAt ?? 0) || now) }];
    });
    if (isLeftOut(id)) return [];
    const owner = source?.owner ? people.get(source.owner) : undefined;
    if (owner && source?.owner) {
      const theirs = members.find(({ person }) => person === owner);
      if (theirs) theirs.role = "owner";
      else members.push({ of: { where: source.where, organization: id, user: source.owner, role: null, joinedAt: undefined }, person: owner, role: "owner", joinedAt: source.createdAt ?? owner.source.createdAt ?? now });
    }
    if (members.length === 0) return findings.out(about, "nobody_in_it", "nobody who is brought along is in it");
    members.sort((one, two) => ROLES.indexOf(one.role) - ROLES.indexOf(two.role) || one.joinedAt - two.joinedAt || (one.of.user < two.of.user ? -1 : 1));
    const [first] = members;
    if (first && first.role !== "owner") {
      if (!existing.organizations.has(id)) findings.note(about, "no_owner", `nobody owns it: ${first.of.user}, its first ${first.role}, does now`);
      first.role = "owner";
    }
    return [{ id, source, where: about.where, members }];
  });
}

/**
 * Several roles are the highest of them; an unknown one is the least.
 * @param {SourceMember} member
 * @param {import("./mapping.mjs").Mapping} mapping
 * @param {import("./findings.mjs").Findings} findings
 * @param {import("./findings.mjs").About} about
 */
function roleOf(member, mapping, findings, about) {
  const named = (member.role ?? "").split(",").map((role) => mapping.roles[role.trim()]);
  const known = ROLES.find((role) => named.includes(role));
  if (known === undefined) findings.note(about, "unknown_role", `the mapping has no role for "${member.role ?? ""}": viewer`);
  return known ?? "viewer";
}

/**
 * The team that somebody works in: where their row says so, else the first that they have joined.
 * @param {TeamCandidate[]} teams
 * @returns {Map<string, TeamCandidate>} By the person's id.
 */
export function homesOf(teams) {
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
