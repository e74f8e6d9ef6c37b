// The token of an invitation's link. It is taken out of the address at once, and outlives the sign-in for as long as the tab is open.

const KEPT = "invitation";

/** Whether there was one to keep. */
export function keepInvitation(token: unknown): boolean {
  if (typeof token !== "string" || token === "") return false;
  sessionStorage.setItem(KEPT, token);
  return true;
}

export const keptInvitation = (): string | null => sessionStorage.getItem(KEPT);

export const forgetInvitation = (): void => sessionStorage.removeItem(KEPT);
