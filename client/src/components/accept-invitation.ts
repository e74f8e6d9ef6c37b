import { ALL, KEYS } from "../hooks/queries.ts";
import { h } from "../view/element.ts";
import { button, notice, once, refusal, tried } from "../view/states.ts";
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
    const preview = tools.query(() => ({ queryKey: KEYS.preview, queryFn: ({ signal }) => client.acceptInvitation.preview({ token: props.token }, { signal }), staleTime: 30_000 }));
    const accept = tools.change({ change: () => client.acceptInvitation.accept({ token: props.token }), invalidates: [ALL] });
    const decline = tools.change({ change: () => client.acceptInvitation.decline({ token: props.token }), invalidates: [] });
    const answered = tools.state<string | undefined>(undefined);
    const join = (): void => tried(accept.run(undefined).then(({ organization }) => {
      answered.set(texts.accepted(organization.name));
      props.onAccepted?.(organization.id);
    }));
    const refuse = (): void => tried(decline.run(undefined).then(() => answered.set(texts.declined)));
    return () => {
      if (answered.get() !== undefined) return notice(answered.get());
      return once(preview, texts, "invitation", () => {
        const invitation = preview.data?.invitation;
        if (invitation === undefined) return undefined;
        return h("section", { class: "tg-invitation" },
          h("h2", {}, texts.invitationTo(invitation.organizationName)),
          h("p", {}, texts.invitationText(invitation.invitedBy, invitation.organizationName, texts.roles[invitation.role])),
          h("p", { class: "tg-hint" }, invitation.email),
          refusal(accept.error ?? decline.error, texts),
          h("div", { class: "tg-actions" },
            button(texts.accept, join, { class: "tg-primary", disabled: accept.isRunning }), button(texts.decline, refuse, { disabled: decline.isRunning })));
      });
    };
  },
};
