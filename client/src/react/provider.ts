// What components and hooks find around them.
import { QueryClient } from "@tanstack/react-query";
import { createContext, createElement, useContext, useEffect, useMemo, type ReactNode } from "react";
import type { Client } from "../client.ts";
import { english } from "../texts/english.ts";
import type { Texts } from "../texts/texts.ts";
import { followPerson } from "../view/session-queries.ts";
import type { SessionHandle, Surroundings } from "../view/tools.ts";

export interface TallygateProviderProps {
  client: Client;
  session?: SessionHandle;
  /** English unless given. */
  texts?: Texts;
  /** The product's own, so that it is one cache; a new one unless given. */
  queryClient?: QueryClient;
  children?: ReactNode;
}

export interface Provided extends Surroundings {
  queries: QueryClient;
}

const Context = createContext<Provided | undefined>(undefined);

export function TallygateProvider({ client, session, texts = english, queryClient, children }: TallygateProviderProps): ReactNode {
  const queries = useMemo(() => queryClient ?? new QueryClient({ defaultOptions: { queries: { retry: false } } }), [queryClient]);
  useEffect(() => {
    // A client of the product's own is mounted by its own provider.
    if (queryClient !== undefined) return;
    queries.mount();
    return () => queries.unmount();
  }, [queries, queryClient]);
  useEffect(() => followPerson(session, queries), [session, queries]);
  const provided = useMemo(() => ({ client, session, texts, queries }), [client, session, texts, queries]);
  return createElement(Context.Provider, { value: provided }, children);
}

export function useProvided(): Provided {
  const found = useContext(Context);
  if (found === undefined) throw new Error("Tallygate is not provided here: <TallygateProvider client={client}>");
  return found;
}
