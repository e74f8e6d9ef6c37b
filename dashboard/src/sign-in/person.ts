// Who is signed in. In local work one is a demo person, and another one with a click; elsewhere a token is pasted. A token is in
// this page's memory alone: what the browser keeps is the address of the demo person, for as long as the tab is open.
import { reactive } from "vue";

export interface DemoPerson {
  email: string;
  /** Who that is, in words. */
  is: string;
  token: string;
}

const CHOSEN = "demo-person";

export const signIn = reactive<{ people: DemoPerson[]; email: string | undefined; token: string | undefined }>({ people: [], email: undefined, token: undefined });

/** Asks whom one can be; there is nobody but in local work. */
export async function lookForDemo(): Promise<void> {
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
