// In place of an auth provider: the example's own server knows who is signed in, by a cookie, and makes their tokens.
let token: Promise<string | null> | undefined;

/** The token is kept in memory alone; a product asks its provider's client here. */
export function getToken(): Promise<string | null> {
  return (token ??= fetch("/auth/token").then(async (answer) => (answer.ok ? ((await answer.json()) as { token: string }).token : null)));
}

export async function signIn(email: string): Promise<void> {
  await fetch("/auth/sign-in", { method: "POST", body: email });
  token = undefined;
}

export async function signOut(): Promise<void> {
  await fetch("/auth/sign-out", { method: "POST" });
  token = undefined;
}
