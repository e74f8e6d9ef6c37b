export { SessionKeeper, type SessionKeeperOptions, type SessionState } from "./keeper.ts";
export { browserStore, memoryStore, type KeptSession, type SessionStore } from "./store.ts";
