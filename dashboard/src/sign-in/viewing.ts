// The dashboard as a customer sees it, opened by the staff's console. The token goes from page to page by a message between the two
// windows and is in their memory alone; the window's name says what it is for, so that a reload asks again.

const VIEWING = "tallygate-viewing";
const WHOSE = "whose-is-it";
const ANSWERED_WITHIN_MS = 3_000;

/** Opens the dashboard in a window of its own, which asks this one for the token for as long as both are open. */
export function openAs(user: string, token: string): void {
  const opened = window.open("/overview", `${VIEWING}-${user}`);
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== null && source === opened && origin === location.origin && data === WHOSE) opened.postMessage({ token }, origin);
  });
}

export const isViewing = (): boolean => window.name.startsWith(VIEWING);

/** Undefined where the console is closed already. */
export function viewedToken(): Promise<string | undefined> {
  const console = window.opener as Window | null;
  if (console === null) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), ANSWERED_WITHIN_MS);
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== console || origin !== location.origin) return;
      clearTimeout(timer);
      resolve((data as { token: string }).token);
    });
    console.postMessage(WHOSE, location.origin);
  });
}
