// What goes in and comes out of each action, read off the types of the API's description.
import type { ActionName, FunctionName } from "./actions.ts";
import type { CallOptions } from "./client.ts";
import type { operations } from "./api.ts";

/** Actions of one address are told apart by their method there, and by what they do here. */
interface Named {
  trackUpload_status: "trackUpload_status";
  identity_personalOrganization: "identity_personalOrganizationGet";
  identity_openPersonalOrganization: "identity_personalOrganizationPost";
  account_profile: "account_profileGet";
  account_changeProfile: "account_profilePatch";
  account_username: "account_usernameGet";
  account_takeUsername: "account_usernamePost";
  account_onboarding: "account_onboardingGet";
  account_saveOnboardingStep: "account_onboardingPost";
  account_preferences: "account_preferencesGet";
  account_changePreferences: "account_preferencesPatch";
  account_analytics: "account_analyticsGet";
  account_recordAnalytics: "account_analyticsPost";
  account_deletePreview: "account_deleteGet";
  account_delete: "account_deletePost";
  mails_preferences: "mails_preferencesGet";
  mails_changePreferences: "mails_preferencesPost";
}

type OperationId<Name extends string> = Name extends keyof Named ? Named[Name] : Name;
type Operation<F extends FunctionName, A extends ActionName<F>> = OperationId<`${F}_${A}`> extends infer Id extends keyof operations ? operations[Id] : never;

type BodyIn<T> = T extends { content: infer Content } ? Content[keyof Content] : never;
/** What there is of a thing that may be absent, or may never be there. */
type Given<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>;
type BodyOf<O> = O extends { requestBody?: infer Body } ? Given<BodyIn<NonNullable<Body>>> : unknown;
type QueryOf<O> = O extends { parameters: { query?: infer Query } } ? Given<Query> : unknown;
type Answers<O, Status> = O extends { responses: infer Responses } ? BodyIn<Responses[keyof Responses & Status]> : never;
type Refused = 400 | 401 | 402 | 403 | 404 | 405 | 409 | 410 | 412 | 413 | 415 | 429 | 500 | 503;
/** `Omit` for each of several forms. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What an action takes. The body's `action` is said by the function's name here. */
export type Input<F extends FunctionName, A extends ActionName<F>> = Without<BodyOf<Operation<F, A>> & QueryOf<Operation<F, A>>, "action">;
/** What an action answers. */
export type Output<F extends FunctionName, A extends ActionName<F>> = Answers<Operation<F, A>, 200 | 201>;

type RefusalBody = { [Id in keyof operations]: Answers<operations[Id], Refused> }[keyof operations];
/** By code, what a refusal has beside its sentence. */
export type Refusals = { [Body in RefusalBody as Body["code"]]: Without<Body, "code" | "success" | "error" | "message"> } & { unreadable_answer: Record<never, never> };

/** A call: what it takes may be left out where nothing of it is required. */
export type Call<F extends FunctionName, A extends ActionName<F>> = `${F}_${A}` extends "trackUsage_check"
  ? Check
  : Record<never, never> extends Input<F, A>
    ? (input?: Input<F, A>, options?: CallOptions) => Promise<Output<F, A>>
    : (input: Input<F, A>, options?: CallOptions) => Promise<Output<F, A>>;

type Checked = Output<"trackUsage", "check">;

/** Of one feature, or of several at once. */
interface Check {
  (input: Input<"trackUsage", "check"> & { features: string[] }, options?: CallOptions): Promise<Extract<Checked, { features: unknown }>>;
  (input: Input<"trackUsage", "check"> & { features?: never }, options?: CallOptions): Promise<Exclude<Checked, { features: unknown }>>;
}
