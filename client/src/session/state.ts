// What a browser's session is in, and what may be said of how it is kept.
import type { ConflictingSession, EndReason } from "../named.ts";
import type { SessionStore } from "./store.ts";

export type SessionState =
  /** Nobody is signed in here. */
  | { status: "signed_out" }
  | { status: "starting"; offline: boolean }
  | { status: "live"; offline: boolean }
  /** Others are signed in, and nobody was put out yet (`onConflict: "reject"`): ask, then `takeOver` or `signOut`. */
  | { status: "conflict"; sessions: ConflictingSession[] }
  /** This browser was put out. */
  | { status: "ended"; reason: EndReason };

export interface SessionKeeperOptions {
  /** What is to happen to others over the plan's number: they are put out, or the person is asked first. */
  onConflict?: "terminate" | "reject";
  /** Shown with the session, as `{ name: "Firefox", os: "Linux" }`. */
  browserInfo?: unknown;
  /** Milliseconds between two heartbeats; 60 000 unless given. */
  interval?: number;
  /** After a sleep the first heartbeat waits up to so many milliseconds, so that not all laptops of a company knock at once; 5 000 unless given. */
  spread?: number;
  /** Ends the session when the last page of the product goes; true unless given. */
  endWithLastPage?: boolean;
  /** Of several sessions in one browser: accounts, or products of one origin. */
  name?: string;
  store?: SessionStore;
  random?: () => number;
}
