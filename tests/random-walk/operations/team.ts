// Teams, their invitations and members, and what an organization becomes.
import type { Operation } from "../operations.ts";
import type { Walk } from "../walk.ts";
import { about, fellow, managerOf, managers, owners, ownersOfTeams, people, places, teams, type Asking } from "./asking.ts";

const byBody = (fn: string, action: string, place: Pick<Asking, "person" | "team">, body: Record<string, unknown>, learn?: Asking["learn"]): Asking =>
  ({ fn, person: place.person, team: place.team, body: { action, ...body }, learn });

const remembers = (walk: Walk): Asking["learn"] => ({ invitation }) => {
  const { id, token } = (invitation ?? {}) as { id?: string; token?: string };
  if (id !== undefined && token !== undefined) walk.invited.set(id, token);
};

const invited = ({ picture }: Walk) => picture.invitations;

export const teamOperations: Operation[] = [
  about("create-organization", 2, people, ({ id }) => byBody("create-organization", "create", { person: id }, { name: "Walked Team" })),
  about("invite", 12, managers, ({ team, person }, walk) => byBody("invite-user", "invite", { person, team }, {
    email: walk.one(walk.picture.people)?.email, role: walk.one(["owner", "admin", "member", "viewer"]),
  }, remembers(walk))),
  about("resend", 2, invited, ({ team, id }, walk) => byBody("invite-user", "resend", { person: managerOf(walk, team), team }, { invitationId: id }, remembers(walk))),
  about("revoke", 2, invited, ({ team, id }, walk) => byBody("invite-user", "revoke", { person: managerOf(walk, team), team }, { invitationId: id })),
  ...(["accept", "decline"] as const).map((action) => about(action, action === "accept" ? 12 : 1, invited, ({ id, email }, walk) => {
    const token = walk.invited.get(id);
    const guest = walk.picture.people.find((person) => person.email === email);
    return token === undefined || guest === undefined ? undefined : byBody("accept-invitation", action, { person: guest.id }, { token });
  })),
  about("remove", 3, managers, (place, walk) => byBody("manage-members", "remove", place, { memberId: fellow(walk, place) })),
  about("change_role", 5, managers, (place, walk) => byBody("manage-members", "change_role", place, {
    memberId: fellow(walk, place), newRole: walk.one(["owner", "admin", "member", "viewer"]),
  })),
  about("transfer_ownership", 3, ownersOfTeams, (place, walk) => byBody("manage-members", "transfer_ownership", place, { memberId: fellow(walk, place) })),
  about("leave", 3, teams, (place) => byBody("manage-members", "leave", place, {})),
  about("switch-organization", 4, places, ({ team, person }) => ({ fn: "account", path: "/switch-organization", person, body: { organizationId: team } })),
  about("update-organization", 3, managers, ({ team, person }, walk) => ({
    fn: "account", path: "/update-organization", method: "PATCH", person, team, body: { description: "We call.", ...(walk.random(2) === 0 && { slug: `walked-${walk.random(6)}` }) },
  })),
  about("archive-organization", 1, ownersOfTeams, ({ team, person }) => ({ fn: "account", path: "/archive-organization", person, body: { organizationId: team } })),
  about("restore-organization", 3, ({ picture }) => picture.archived, ({ team, person }) => ({ fn: "account", path: "/restore-organization", person, body: { organizationId: team } })),
  about("convert", 2, people, ({ id }) => ({ fn: "identity", path: "/convert", person: id, body: { name: "Converted Team" } })),
  about("convert-back", 2, owners, ({ team, person }) => ({ fn: "identity", path: "/convert-back", person, team, body: {} })),
];
