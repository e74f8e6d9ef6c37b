// Where a person works, and who works there with them.
import type { ListedOrganization, Role } from "../named.ts";
import type { Input } from "../types.ts";
import type { Tools } from "../view/tools.ts";
import { attempts } from "./attempts.ts";
import { ALL, KEYS, meQuery, reads } from "./queries.ts";

/** The person and the organization that they work in. */
export function organizationHook(tools: Tools) {
  const { client } = tools;
  const tried = attempts(tools);
  const query = tools.query(() => meQuery(client));
  const update = tried.change({ change: (input: Input<"account", "updateOrganization">) => client.account.updateOrganization(input), invalidates: [KEYS.me, KEYS.organizations, KEYS.entitlements] });
  const convert = tried.change({ change: (input: Input<"identity", "convert">) => client.identity.convert(input), invalidates: [ALL] });
  return {
    get organization() { return query.data?.current ?? undefined; },
    get person() { return query.data?.user; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isConverting() { return convert.isRunning; },
    get refusal() { return tried.refusal; },
    update: (input: Input<"account", "updateOrganization">) => update.run(input),
    convert: (input: Input<"identity", "convert">) => convert.run(input),
  };
}

/** All of a person's organizations. Whoever switches sees everything anew. */
export function organizationsHook(tools: Tools) {
  const { client } = tools;
  const tried = attempts(tools);
  const query = tools.query(() => reads(KEYS.organizations, client.account.organizations));
  const switchTo = tried.change({ change: (organizationId: string) => client.account.switchOrganization({ organizationId }), invalidates: "organization" });
  const create = tried.change({ change: (input: Input<"createOrganization", "create">) => client.createOrganization.create(input), invalidates: "organization" });
  const joined = (): ListedOrganization[] => (query.data?.organizations ?? []).filter((each) => "current" in each);
  return {
    get organizations() { return joined(); },
    get current() { return joined().find(({ current }) => current); },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isSwitching() { return switchTo.isRunning; },
    get refusal() { return tried.refusal; },
    switchTo: (organizationId: string) => switchTo.run(organizationId),
    create: (input: Input<"createOrganization", "create">) => create.run(input),
  };
}

const STAFFED = [KEYS.members, KEYS.invitations, KEYS.entitlements] as const;

export function membersHook(tools: Tools) {
  const { client } = tools;
  const tried = attempts(tools);
  const query = tools.query(() => reads(KEYS.members, client.manageMembers.list));
  const remove = tried.change({ change: (memberId: string) => client.manageMembers.remove({ memberId }), invalidates: STAFFED });
  const changeRole = tried.change({ change: (input: { memberId: string; newRole: Role }) => client.manageMembers.changeRole(input), invalidates: STAFFED });
  return {
    get members() { return query.data?.members ?? []; },
    get organization() { return query.data?.organization; },
    get seatUsage() { return query.data?.seatUsage; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get refusal() { return tried.refusal; },
    remove: (memberId: string) => remove.run(memberId),
    changeRole: (memberId: string, newRole: Role) => changeRole.run({ memberId, newRole }),
  };
}

export function invitationsHook(tools: Tools) {
  const { client } = tools;
  const tried = attempts(tools);
  const query = tools.query(() => reads(KEYS.invitations, client.inviteUser.list));
  const invite = tried.change({ change: (input: Input<"inviteUser", "invite">) => client.inviteUser.invite(input), invalidates: STAFFED });
  const resend = tried.change({ change: (invitationId: string) => client.inviteUser.resend({ invitationId }), invalidates: STAFFED });
  const revoke = tried.change({ change: (invitationId: string) => client.inviteUser.revoke({ invitationId }), invalidates: STAFFED });
  return {
    get invitations() { return query.data?.invitations ?? []; },
    get seatInfo() { return query.data?.seatInfo; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get isInviting() { return invite.isRunning; },
    get refusal() { return tried.refusal; },
    invite: (input: Input<"inviteUser", "invite">) => invite.run(input),
    resend: (invitationId: string) => resend.run(invitationId),
    revoke: (invitationId: string) => revoke.run(invitationId),
  };
}
