// What was fetched belongs to who is signed in: it goes with the session, and is asked anew in the next one.
import { ALL, KEYS } from "../hooks/queries.ts";
import type { SessionState } from "../session/state.ts";
import type { SessionHandle } from "./tools.ts";

interface OneQuery {
  readonly queryKey: readonly unknown[];
  readonly state: { readonly data: unknown };
  getObserversCount(): number;
  reset(): void;
}

interface QueryCache {
  findAll(filters: { queryKey: readonly unknown[] }): OneQuery[];
  remove(query: never): void;
  subscribe(heard: (event: { query: OneQuery }) => void): () => void;
}

/** What is needed of TanStack's client, whichever framework it is for. */
export interface OwnQueries {
  getQueryCache(): QueryCache;
  resetQueries(filters: { queryKey: readonly unknown[] }): Promise<void>;
  invalidateQueries(filters: { queryKey: readonly unknown[] }): Promise<void>;
}

/** Keeps what one person fetched from the next one at this page; returns how to stop it. */
export function followPerson(session: SessionHandle | undefined, queries: OwnQueries): () => void {
  const stops = [forgetAfter(session, queries), forgetForAnother(queries)];
  return () => stops.forEach((stop) => stop());
}

/**
 * Whoever signs out, or was put out, leaves nothing that the next person sees. Nothing is fetched until the next session is live: the
 * token of the person who goes is good for a while yet. Where others were in the way, all was refused until they are put out.
 */
function forgetAfter(session: SessionHandle | undefined, queries: OwnQueries): () => void {
  if (session === undefined) return () => undefined;
  // Whoever comes to listen when it has happened was refused already. (A keeper that has not begun says that nobody is signed in.)
  let isOver = isInTheWay(session.state);
  return session.subscribe((state) => {
    const { status } = state;
    if (status === "signed_out" || isInTheWay(state)) isOver = true;
    if (!isOver) return;
    // Behind the dialog of `ended` the page stays as it was: the person is there still.
    if (status === "signed_out" || status === "starting") forget(queries);
    if (status === "live") {
      isOver = false;
      forget(queries);
      void queries.resetQueries({ queryKey: ALL });
    }
  });
}

function isInTheWay({ status }: SessionState): boolean {
  return status === "ended" || status === "conflict";
}

/** A product may change who is signed in without the keeper: then `me` answers with another id than before. */
function forgetForAnother(queries: OwnQueries): () => void {
  const isMe = ({ queryKey }: OneQuery): boolean => queryKey[0] === KEYS.me[0] && queryKey[1] === KEYS.me[1];
  const idOf = ({ state }: OneQuery): string | undefined => (state.data as { user?: { id?: string } } | undefined)?.user?.id;
  const cache = queries.getQueryCache();
  let known = cache.findAll({ queryKey: KEYS.me }).map(idOf).find((id) => id !== undefined);
  return cache.subscribe(({ query }) => {
    const id = isMe(query) ? idOf(query) : undefined;
    if (id === undefined || id === known) return;
    const isAnother = known !== undefined;
    known = id;
    if (!isAnother) return;
    forget(queries, (each) => !isMe(each));
    for (const each of cache.findAll({ queryKey: ALL })) if (!isMe(each)) void queries.resetQueries({ queryKey: each.queryKey });
  });
}

/** The person who asked has signed out, or has become another one, before the answer came: it is nobody's any more. */
export class SignedOutMeanwhile extends Error {
  override readonly name = "SignedOutMeanwhile";

  constructor() {
    super("Whoever asked for this has signed out meanwhile.");
  }
}

/** How often all was forgotten. */
const forgotten = new WeakMap<object, number>();

/** Does what one person asks for. What comes of it after all was forgotten is told to nobody: a link, a refusal, a name. */
export async function ofOnePerson<T>(queries: object, work: () => Promise<T>): Promise<T> {
  const begun = forgotten.get(queries);
  const done = await work().then((answer) => ({ answer }), (error: unknown) => ({ error }));
  if (forgotten.get(queries) !== begun) throw new SignedOutMeanwhile();
  if ("error" in done) throw done.error;
  return done.answer;
}

/** What is not an organization's: the catalog's, and the person's own. */
const ELSEWHERE_TOO: ReadonlySet<unknown> = new Set([KEYS.plans, KEYS.organizations, KEYS.profile, KEYS.username, KEYS.preview].map(([, name]) => name));

/** The person goes on in another organization. Nothing that was fetched is true there, also where the next answer does not come. */
export function leaveOrganization(queries: OwnQueries): Promise<unknown> {
  const all = queries.getQueryCache().findAll({ queryKey: ALL });
  return Promise.all(all.map(({ queryKey }) => (ELSEWHERE_TOO.has(queryKey[1]) ? queries.invalidateQueries({ queryKey }) : queries.resetQueries({ queryKey }))));
}

const listening = new WeakMap<object, Set<() => void>>();

/** What components hold themselves (a link that is shown once, a refusal) goes with what was fetched; returns how to stop it. */
export function whenForgotten(queries: object, heard: () => void): () => void {
  const all = listening.get(queries) ?? new Set();
  listening.set(queries, all.add(heard));
  return () => void all.delete(heard);
}

/** Nothing is left of them; what is on the page waits. Plans are everybody's. */
function forget(queries: OwnQueries, which: (query: OneQuery) => boolean = () => true): void {
  const cache = queries.getQueryCache();
  forgotten.set(queries, (forgotten.get(queries) ?? 0) + 1);
  for (const query of cache.findAll({ queryKey: ALL }).filter(which)) {
    if (query.queryKey[1] === KEYS.plans[1]) continue;
    if (query.getObserversCount() > 0) query.reset();
    else cache.remove(query as never);
  }
  for (const heard of listening.get(queries) ?? []) heard();
}
