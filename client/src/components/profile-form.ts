import type { Profile } from "../named.ts";
import { profileHook, usernameHook } from "../hooks/profile.ts";
import type { Texts } from "../texts/texts.ts";
import { h, type Child } from "../view/element.ts";
import { oneAtATime } from "../view/one-at-a-time.ts";
import { button, field, notice, once, refusal } from "../view/states.ts";
import type { Definition } from "../view/tools.ts";

export interface ProfileFormProps {
  onSaved?: () => void;
}

const FIELDS = ["firstName", "lastName", "displayName", "bio"] as const;
type Field = (typeof FIELDS)[number];
const FORMS: Record<Field, { autocomplete: string; rows?: number }> = {
  firstName: { autocomplete: "given-name" },
  lastName: { autocomplete: "family-name" },
  displayName: { autocomplete: "nickname" },
  bio: { autocomplete: "off", rows: 4 },
};

/** Names and a few words of a person; what was not touched stays as it is. */
export const profileForm: Definition<ProfileFormProps> = {
  name: "ProfileForm",
  props: ["onSaved"],
  setup(tools, props) {
    const { texts } = tools;
    const own = profileHook(tools);
    const changed = tools.state<Partial<Record<Field, string>>>({});
    const saved = tools.state(false);
    const id = tools.id();
    const alone = oneAtATime(tools);
    const save = (): void => alone(() => own.change(changed.get()).then(() => {
      changed.set({});
      saved.set(true);
      props.onSaved?.();
    }));
    const write = (name: Field) => (value: string): void => {
      saved.set(false);
      changed.set({ ...changed.get(), [name]: value });
    };
    return () => once(own, texts, "profile", () => h("form", { class: "tg-form tg-profile", "aria-label": texts.profile, onSubmit: save },
      FIELDS.map((name) => field(`${id}-${name}`, texts[name], shown(changed.get()[name], own.profile, name), write(name), FORMS[name])),
      refusal(own.refusal, texts),
      notice(saved.get() ? texts.saved : undefined),
      h("button", { type: "submit", class: "tg-button tg-primary", disabled: own.isSaving }, texts.save)));
  },
};

const shown = (changed: string | undefined, profile: Profile | undefined, name: Field): string => changed ?? profile?.[name] ?? "";

export interface UsernameFieldProps {
  /** Shown until the person writes another one. */
  username?: string;
  onTaken?: (username: string) => void;
}

/** A username, with whether it is to be had while it is written, and others that are. */
export const usernameField: Definition<UsernameFieldProps> = {
  name: "UsernameField",
  props: ["username", "onTaken"],
  setup(tools, props) {
    const { texts } = tools;
    const written = tools.state<string | undefined>(undefined);
    const id = tools.id();
    const wanted = (): string => (written.get() ?? "").trim();
    // What is too short is not asked about with each key.
    const name = usernameHook(tools, () => (wanted().length < 3 ? "" : wanted()));
    const alone = oneAtATime(tools);
    const take = (): void => alone(() => name.take(wanted()).then(({ username }) => {
      written.set(undefined);
      props.onTaken?.(username);
    }));
    return () => h("form", { class: "tg-form tg-username", onSubmit: take },
      field(`${id}-name`, texts.username, written.get() ?? props.username ?? "", written.set, { hint: texts.usernameHint, autocomplete: "username" }),
      h("div", { role: "status", class: "tg-notice" }, wanted() === "" || name.answer?.wanted !== wanted() ? undefined : availability(name.answer, written.set, texts)),
      name.isPaused ? h("p", { class: "tg-offline", role: "status" }, texts.offline) : undefined,
      refusal(name.error ?? name.refusal, texts),
      h("button", { type: "submit", class: "tg-button tg-primary", disabled: name.isTaking || name.answer?.available !== true || name.answer.wanted !== wanted() }, texts.takeUsername));
  },
};

function availability({ wanted, available, reason, suggestions }: NonNullable<ReturnType<typeof usernameHook>["answer"]>, choose: (name: string) => void, texts: Texts): Child {
  if (available) return texts.usernameFree(wanted);
  return [
    h("p", {}, texts.usernameReasons[reason ?? "invalid"]),
    suggestions.length === 0 ? undefined : h("p", {}, `${texts.suggestions} `, suggestions.map((name) => button(name, () => choose(name), { class: "tg-suggestion" }))),
  ];
}
