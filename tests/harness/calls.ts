// Every function with every action, each with a body that is in order: the table that suites walk so that none is left
// out. What is not in it is found by `access.test.ts`.
import type { StaffedTeam } from "./staffed-team.ts";

/** Who asks about a team. A stranger owns another team: "naming" it in the header, or asking from home. */
export type Caller = "viewer" | "member" | "admin" | "owner" | "stranger naming the team" | "stranger at home";

/** A status, and the code where it is a refusal. */
export type Outcome = `${number}` | `${number} ${string}`;

export interface Call {
  readonly fn: string;
  readonly action: string;
  /** The body beside `action`, about this team. */
  readonly body: (team: StaffedTeam) => Record<string, unknown>;
  /** Needs no sign-in. */
  readonly isPublic?: true;
  readonly expected: Record<Caller, Outcome>;
}

const STRANGERS = { "stranger naming the team": "404 organization_not_found", "stranger at home": "200" } as const;
const EVERYBODY = { viewer: "200", member: "200", admin: "200", owner: "200", ...STRANGERS } as const;
const USERS = { ...EVERYBODY, viewer: "403 forbidden" } as const;
const MANAGERS = { ...USERS, member: "403 forbidden" } as const;
const OWNERS = { ...MANAGERS, admin: "403 forbidden" } as const;
const NOT_INVITED = {
  viewer: "403 wrong_recipient",
  member: "403 wrong_recipient",
  admin: "403 wrong_recipient",
  owner: "403 wrong_recipient",
  "stranger naming the team": "403 wrong_recipient",
  "stranger at home": "403 wrong_recipient",
} as const;

const session = () => ({ sessionId: "browser-1" });
const invitation = (team: StaffedTeam) => ({ invitationId: team.invitation.id });
const token = (team: StaffedTeam) => ({ token: team.invitation.token });
const member = (team: StaffedTeam) => ({ memberId: team.member.id });

export const CALLS: readonly Call[] = [
  { fn: "manage-session", action: "validate", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "check", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "heartbeat", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "terminate", body: session, expected: EVERYBODY },
  { fn: "manage-session", action: "list", body: () => ({}), expected: EVERYBODY },

  { fn: "track-upload", action: "count", body: () => ({ uploadType: "rate_sheet" }), expected: USERS },
  { fn: "track-upload", action: "status", body: () => ({}), expected: EVERYBODY },

  {
    fn: "create-organization",
    action: "create",
    body: () => ({ name: "Another Team" }),
    // It is about no organization that is there already, so nobody is a stranger.
    expected: {
      viewer: "201", member: "201", admin: "201", owner: "201", "stranger naming the team": "201", "stranger at home": "201",
    },
  },

  {
    fn: "invite-user",
    action: "invite",
    body: () => ({ email: "somebody.new@example.com" }),
    expected: { ...MANAGERS, admin: "201", owner: "201", "stranger at home": "201" },
  },
  {
    fn: "invite-user",
    action: "resend",
    body: invitation,
    expected: { ...MANAGERS, "stranger at home": "404 invitation_not_found" },
  },
  {
    fn: "invite-user",
    action: "revoke",
    body: invitation,
    expected: { ...MANAGERS, "stranger at home": "404 invitation_not_found" },
  },
  { fn: "invite-user", action: "list", body: () => ({}), expected: MANAGERS },

  { fn: "accept-invitation", action: "accept", body: token, expected: NOT_INVITED },
  { fn: "accept-invitation", action: "decline", body: token, expected: NOT_INVITED },
  {
    fn: "accept-invitation",
    action: "preview",
    body: token,
    isPublic: true,
    expected: { ...EVERYBODY, "stranger naming the team": "200" },
  },

  { fn: "manage-members", action: "list", body: () => ({}), expected: EVERYBODY },
  {
    fn: "manage-members",
    action: "remove",
    body: member,
    expected: { ...MANAGERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "change_role",
    body: (team) => ({ ...member(team), newRole: "viewer" }),
    expected: { ...MANAGERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "transfer_ownership",
    body: member,
    expected: { ...OWNERS, "stranger at home": "404 member_not_found" },
  },
  {
    fn: "manage-members",
    action: "leave",
    body: () => ({}),
    expected: { ...EVERYBODY, owner: "409 last_owner", "stranger at home": "409 last_owner" },
  },
];
