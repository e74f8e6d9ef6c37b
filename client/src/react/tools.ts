// React's part of hooks and components: its state, and TanStack Query for React.
import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState, useSyncExternalStore } from "react";
import { askedAgainIn } from "../view/asked-again.ts";
import { leaveOrganization, ofOnePerson, whenForgotten, type OwnQueries } from "../view/session-queries.ts";
import type { Change, ChangeOptions, Query, QueryOptions, State, Tools } from "../view/tools.ts";
import { useProvided } from "./provider.ts";

/** A hook itself, and so are those that it holds: a definition calls them in the same order each time. */
export function useTools(): Tools {
  const { queries, ...surroundings } = useProvided();
  return {
    ...surroundings,
    id: useId,
    query<T>(options: () => QueryOptions<T>): Query<T> {
      const query = useQuery<T>({ ...options(), refetchInterval: askedAgainIn }, queries);
      return { data: query.data, error: query.data === undefined ? query.error : null, isPending: query.isPending, isPaused: query.isPaused, refetch: () => query.refetch() };
    },
    change<I, O>({ change, invalidates }: ChangeOptions<I, O>): Change<I, O> {
      const onSuccess = (): Promise<unknown> => (invalidates === "organization"
        ? leaveOrganization(queries as OwnQueries)
        : Promise.all(invalidates.map((queryKey) => queries.invalidateQueries({ queryKey }))));
      const mutation = useMutation<O, Error, I>({ mutationFn: change, onSuccess }, queries);
      const { reset } = mutation;
      useEffect(() => whenForgotten(queries, reset), [reset]);
      return { run: (input) => ofOnePerson(queries, () => mutation.mutateAsync(input)), isRunning: mutation.isPending, error: mutation.error, reset: () => mutation.reset() };
    },
    state<T>(initial: T): State<T> {
      const [value, set] = useState<T>(initial);
      const [first] = useState<T>(initial);
      useEffect(() => whenForgotten(queries, () => set(() => first)), [first]);
      return { get: () => value, set: (next) => set(() => next) };
    },
    observed<T>(get: () => T, subscribe: (changed: () => void) => () => void): () => T {
      const seen = useSyncExternalStore(subscribe, get, get);
      return () => seen;
    },
  };
}
