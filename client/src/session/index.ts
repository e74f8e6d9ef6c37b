export { SessionKeeper } from "./keeper.ts";
export type { SessionKeeperOptions, SessionState } from "./state.ts";
export { browserStore, memoryStore, type KeptSession, type SessionStore } from "./store.ts";
