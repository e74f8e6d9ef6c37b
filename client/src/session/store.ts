// Where the browser's session is kept: in IndexedDB, which all tabs of the origin share and a reload keeps, and which goes with no
// request by itself, as a cookie would. The secret proves the session and nothing else; the person's token is never kept.
import type { EndReason } from "../named.ts";

export interface KeptSession {
  id: string;
  /** Proves the session from its registration on; undefined before it. */
  secret: string | undefined;
  /** When it was last registered or beaten, in milliseconds. */
  beatenAt: number;
  /** Why it was put out. A reload shows that again, and signs nobody else out. */
  endedBy: EndReason | undefined;
  /** Whose it is, and by which sign-in, as hashes; undefined where no token told it. */
  person?: string | undefined;
  signIn?: string | undefined;
}

/** A session that is yet to be registered. */
export const fresh = (): KeptSession => ({ id: crypto.randomUUID(), secret: undefined, beatenAt: 0, endedBy: undefined });

export interface SessionStore {
  read(): Promise<KeptSession | undefined>;
  write(session: KeptSession): Promise<void>;
  clear(): Promise<void>;
}

const DATABASE = "tallygate";
const SESSIONS = "sessions";

/** Falls back to this page's memory where the browser has no database for it. */
export function browserStore(name: string): SessionStore {
  const memory = memoryStore();
  let opened: Promise<IDBDatabase | undefined> | undefined;
  const database = (): Promise<IDBDatabase | undefined> => (opened ??= open().catch(() => undefined));
  return {
    async read() {
      const found = await database();
      return found === undefined ? memory.read() : done<KeptSession | undefined>(sessions(found, "readonly").get(name));
    },
    async write(session) {
      const found = await database();
      if (found === undefined) await memory.write(session);
      else await done(sessions(found, "readwrite").put(session, name));
    },
    async clear() {
      const found = await database();
      if (found === undefined) await memory.clear();
      else await done(sessions(found, "readwrite").delete(name));
    },
  };
}

export function memoryStore(): SessionStore {
  let kept: KeptSession | undefined;
  return {
    read: () => Promise.resolve(kept),
    write(session) {
      kept = session;
      return Promise.resolve();
    },
    clear() {
      kept = undefined;
      return Promise.resolve();
    },
  };
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(SESSIONS);
  return done(request);
}

const sessions = (database: IDBDatabase, mode: IDBTransactionMode): IDBObjectStore => database.transaction(SESSIONS, mode).objectStore(SESSIONS);

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
