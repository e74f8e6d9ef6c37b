import type { Invitation, Member, Role, SeatUsage } from "../named.ts";
import { day, limit, number } from "../models/format.ts";
import { invitationsHook, membersHook } from "../hooks/organizations.ts";
import { entitlementsHook } from "../hooks/usage.ts";
import { h, type Child, type ViewElement } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { button, once, refusal, tried } from "../view/states.ts";
import type { Definition, State, Tools } from "../view/tools.ts";

/** From the highest on: nobody acts on a role above their own. */
export const ROLES: readonly Role[] = ["owner", "admin", "member", "viewer"];

export interface MembersTableProps {
  /** The caller's own id, so that nobody is offered to remove themselves. */
  userId?: string;
}

/** Who is in the team, with what they may do, and who is invited. */
export const membersTable: Definition<MembersTableProps> = {
  name: "MembersTable",
  props: ["userId"],
  setup(tools, props) {
    const { texts } = tools;
    const team = membersHook(tools);
    const removal: Removal = tools.state<string | undefined>(undefined);
    return () => once(team, texts, "members", () => {
      const { seatUsage, organization } = team;
      return h("div", { class: "tg-members" },
        seatUsage === undefined ? undefined : h("p", { class: "tg-seats" }, seats(seatUsage, texts)),
        refusal(team.refusal, texts),
        // It scrolls by itself on a narrow page, and by the keyboard, too.
        h("div", { class: "tg-scroll", tabindex: 0, role: "region", "aria-label": texts.members },
          h("table", { class: "tg-table" },
            h("thead", {}, h("tr", {}, ...[texts.name, texts.email, texts.role, texts.joined, texts.actions].map((title) => h("th", { scope: "col" }, title)))),
            h("tbody", {}, team.members.map((member) => row(member, organization?.role, props.userId, team, removal, texts))))));
    });
  },
};

/** Whoever is invited has a seat already. */
function seats({ current, pendingInvites, limit: most }: SeatUsage, texts: Tools["texts"]): string {
  return texts.seatsUsed(number(current + pendingInvites, texts.locale), limit(most, texts.locale, texts.unlimited));
}

/** A choice of one of these roles. */
function choice(roles: readonly Role[], chosen: Role, choose: (role: Role) => void, more: { id?: string; "aria-label"?: string }, texts: Tools["texts"]): ViewElement {
  return h("select", { class: "tg-input", value: chosen, onChoose: (role) => choose(role as Role), ...more }, roles.map((role) => h("option", { key: role, value: role }, texts.roles[role])));
}

function row(member: Member, own: Role | undefined, userId: string | undefined, team: ReturnType<typeof membersHook>, removal: Removal, texts: Tools["texts"]): ViewElement {
  const grants = own === "owner" || own === "admin" ? ROLES.slice(ROLES.indexOf(own)) : [];
  const mayChange = grants.includes(member.role) && member.id !== userId;
  const name = member.name === "" ? member.email ?? "" : member.name;
  return h("tr", { key: member.id },
    h("th", { scope: "row" }, name),
    h("td", {}, member.email),
    h("td", {}, mayChange
      ? choice(grants, member.role, (role) => tried(team.changeRole(member.id, role)), { "aria-label": texts.roleOf(name) }, texts)
      : texts.roles[member.role]),
    h("td", {}, day(member.joinedAt, texts.locale)),
    h("td", {}, mayChange ? remover(member.id, name, team, removal, texts) : undefined));
}

/** The member whose removal was asked for, and is asked about once more. */
type Removal = State<string | undefined>;

/** The first button becomes the one that takes it back, so that two quick clicks remove nobody. */
function remover(id: string, name: string, team: ReturnType<typeof membersHook>, removal: Removal, texts: Tools["texts"]): Child {
  if (removal.get() !== id) return h("div", { class: "tg-removal" }, button(texts.removeMember(name), () => removal.set(id)));
  const remove = (): void => {
    removal.set(undefined);
    tried(team.remove(id));
  };
  return h("div", { class: "tg-removal" }, button(texts.cancel, () => removal.set(undefined)), h("span", { role: "alert" }, texts.removeQuestion(name)), button(texts.removeSurely(name), remove));
}

export interface InviteFormProps {
  onUpgrade?: () => void;
}

/** Invites somebody, and shows who has not answered yet. */
export const inviteForm: Definition<InviteFormProps> = {
  name: "InviteForm",
  props: ["onUpgrade"],
  setup(tools, props) {
    const { texts } = tools;
    const invitations = invitationsHook(tools);
    const own = entitlementsHook(tools);
    const email = tools.state("");
    const role = tools.state<Role>("member");
    const sent = tools.state<{ email: string; url: string } | undefined>(undefined);
    const id = tools.id();
    const alone = oneAtATime(tools);
    const show = ({ invitation }: { invitation: { email: string; inviteUrl: string } }): void => sent.set({ email: invitation.email, url: invitation.inviteUrl });
    const invite = (): void => alone(() => invitations.invite({ email: email.get(), role: role.get() }).then((reply) => {
      show(reply);
      email.set("");
    }));
    // The link before is dead from then on.
    const again = (invitationId: string): void => alone(() => invitations.resend(invitationId).then(show), invitationId);
    const revoke = (invitationId: string): void => alone(() => invitations.revoke(invitationId), invitationId);
    return () => once(invitations, texts, "invite", () => h("section", { class: "tg-invite", "aria-label": texts.invite },
      h("form", { class: "tg-form", onSubmit: invite },
        h("div", { class: "tg-field" }, h("label", { for: `${id}-email` }, texts.email),
          h("input", { id: `${id}-email`, class: "tg-input", type: "email", required: true, autocomplete: "off", value: email.get(), onInput: email.set })),
        h("div", { class: "tg-field" }, h("label", { for: `${id}-role` }, texts.role),
          choice(granted(own.role), role.get(), role.set, { id: `${id}-role` }, texts)),
        h("button", { type: "submit", class: "tg-button tg-primary", disabled: invitations.isInviting }, texts.invite)),
      answer(sent.get(), id, texts),
      refusal(invitations.refusal, texts),
      isFull(invitations.refusal) && props.onUpgrade !== undefined ? button(texts.upgrade, props.onUpgrade, { class: "tg-primary" }) : undefined,
      pending(invitations.invitations, again, revoke, texts)));
  },
};

/** Nobody invites to a role above their own; until that is known, and for whoever invites nobody, the lowest two are there. */
const granted = (own: Role | undefined): readonly Role[] => ROLES.slice(own === "owner" || own === "admin" ? ROLES.indexOf(own) : ROLES.indexOf("member"));

const isFull = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === "seat_limit_exceeded";

/** The link is shown this once, for products that send no mails. */
function answer(sent: { email: string; url: string } | undefined, id: string, texts: Tools["texts"]): Child {
  return h("div", { class: "tg-notice", role: "status" }, sent === undefined ? undefined : [
    h("p", {}, texts.inviteSent(sent.email)),
    h("label", { for: `${id}-link` }, texts.inviteLink),
    h("input", { id: `${id}-link`, class: "tg-input", type: "text", readonly: true, value: sent.url }),
  ]);
}

function pending(invitations: readonly Invitation[], again: (invitationId: string) => void, revoke: (invitationId: string) => void, texts: Tools["texts"]): Child {
  if (invitations.length === 0) return undefined;
  return h("div", { class: "tg-pending" },
    h("h3", {}, texts.pendingInvitations),
    h("ul", {}, invitations.map(({ id, email, role, invitedBy, expiresAt }) => h("li", { key: id },
      h("span", {}, `${email} · ${texts.roles[role]} · ${texts.invitedBy(invitedBy, day(expiresAt, texts.locale))}`),
      button(texts.resendInvitation(email), () => again(id)),
      button(texts.revokeInvitation(email), () => revoke(id))))));
}
