// What people are told of an error.
import { isRefusal, isUnreachable } from "../refusals.ts";
import type { Texts } from "../texts/texts.ts";

export function errorText(error: unknown, texts: Texts): string {
  if (isUnreachable(error)) return isOffline() ? texts.offline : texts.unreachable;
  if (!isRefusal(error)) return texts.refused;
  return texts.refusals[error.code] ?? error.message;
}

/** The browser itself knows of no network; a server that does not answer is something else. */
const isOffline = (): boolean => typeof navigator !== "undefined" && navigator.onLine === false;

/** Whether another plan would lift it. */
export function isLifted(error: unknown): boolean {
  return isRefusal(error) && "upgradeRequired" in error && error.upgradeRequired === true;
}
