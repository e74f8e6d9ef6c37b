import { attempts } from "../hooks/attempts.ts";
import { ALL, KEYS } from "../hooks/queries.ts";
import { h } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { button, notice, once, refusal } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface AcceptInvitationProps {
  /** Of the link in the invitation. Take it out of the address before anything else is loaded. */
  token: string;
  onAccepted?: (organizationId: string) => void;
}

/** Who invites to what, and yes or no. */
export const acceptInvitation: Definition<AcceptInvitationProps> = {
  name: "AcceptInvitation",
  props: ["token", "onAccepted"],
  setup(tools, props) {
    const { client, texts } = tools;
    const preview = tools.query(() => ({ queryKey: [...KEYS.preview, "invitation", props.token], queryFn: ({ signal }) => client.acceptInvitation.preview({ token: props.token }, { signal }), staleTime: 30_000 }));
    const own = attempts(tools);
    const accept = own.change({ change: (token: string) => client.acceptInvitation.accept({ token }), invalidates: [ALL] });
    const decline = own.change({ change: (token: string) => client.acceptInvitation.decline({ token }), invalidates: [] });
    // The component may stay while the token becomes another one: what was done and refused was so for its own.
    const tried = tools.state<{ token: string; answer?: string } | undefined>(undefined);
    const alone = oneAtATime(tools);
    const attempt = (work: (token: string) => Promise<string>): void => alone(() => {
      const { token } = props;
      tried.set({ token });
      return work(token).then((answer) => tried.set({ token, answer }));
    });
    const join = (): void => attempt(async (token) => {
      const { organization } = await accept.run(token);
      props.onAccepted?.(organization.id);
      return texts.accepted(organization.name);
    });
    const refuse = (): void => attempt((token) => decline.run(token).then(() => texts.declined));
    return () => {
      const last = tried.get()?.token === props.token ? tried.get() : undefined;
      if (last?.answer !== undefined) return notice(last.answer);
      return once(preview, texts, "invitation", () => {
        const invitation = preview.data?.invitation;
        if (invitation === undefined) return undefined;
        return h("section", { class: "tg-invitation" },
          h("h2", {}, texts.invitationTo(invitation.organizationName)),
          h("p", {}, texts.invitationText(invitation.invitedBy, invitation.organizationName, texts.roles[invitation.role])),
          h("p", { class: "tg-hint" }, invitation.email),
          refusal(last === undefined ? undefined : own.refusal, texts),
          h("div", { class: "tg-actions" },
            button(texts.accept, join, { class: "tg-primary", disabled: accept.isRunning }), button(texts.decline, refuse, { disabled: decline.isRunning })));
      });
    };
  },
};
