// Who is signed in: by the configured auth provider; in local work as a demo person, and another one with a click; elsewhere with a
// token that is pasted. A token is in this page's memory alone: what the browser keeps is the address of the demo person, for as
// long as the tab is open.
import { reactive } from "vue";
import { configuredProvider, type SignInProvider } from "./provider.ts";
import { isViewing, viewedToken } from "./viewing.ts";

export interface DemoPerson {
  email: string;
  /** Who that is, in words. */
  is: string;
  token: string;
}

const CHOSEN = "demo-person";

export const signIn = reactive<{ people: DemoPerson[]; email: string | undefined; token: string | undefined; isViewing: boolean }>({
  people: [], email: undefined, token: undefined, isViewing: isViewing(),
});

/** Undefined where none is configured. */
export let provider: SignInProvider | undefined;

/** Finds out who is signed in, before anything is shown. */
export async function lookWhoIsThere(): Promise<void> {
  if (signIn.isViewing) {
    signIn.token = await viewedToken();
    return;
  }
  provider = await configuredProvider();
  if (provider === undefined) return lookForDemo();
  await provider.start();
  await takeToken();
}

/** Of whoever the provider has signed in. */
export async function takeToken(): Promise<void> {
  signIn.token = await provider?.getToken();
}

/** A token that holds now. */
export async function currentToken(): Promise<string | undefined> {
  return provider === undefined ? signIn.token : provider.getToken();
}

/** Asks whom one can be; there is nobody but in local work. */
async function lookForDemo(): Promise<void> {
  const reply = await fetch("/functions/v1/local-demo").catch(() => undefined);
  if (reply?.ok !== true) return;
  const { people } = (await reply.json()) as { people: DemoPerson[] };
  signIn.people = people;
  const chosen = sessionStorage.getItem(CHOSEN);
  if (chosen === "") return;
  const person = people.find(({ email }) => email === chosen) ?? people[0];
  signIn.email = person?.email;
  signIn.token = person?.token;
}

export function keepChosen(email: string | undefined): void {
  sessionStorage.setItem(CHOSEN, email ?? "");
}

/** With somebody else's token, which a reload of the page forgets. */
export function signInWith(token: string): void {
  signIn.email = undefined;
  signIn.token = token.trim();
}
