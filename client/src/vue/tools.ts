// Vue's part of hooks and components: its state, and TanStack Query for Vue.
import { useMutation, useQuery } from "@tanstack/vue-query";
import { computed, onScopeDispose, shallowRef, useId } from "vue";
import { askedAgainIn } from "../view/asked-again.ts";
import { leaveOrganization, ofOnePerson, whenForgotten, type OwnQueries } from "../view/session-queries.ts";
import type { Change, ChangeOptions, Query, QueryOptions, State, Tools } from "../view/tools.ts";
import { installed } from "./plugin.ts";

/** To be called while a component is set up. */
export function vueTools(): Tools {
  const { queries, ...surroundings } = installed();
  return {
    ...surroundings,
    id: useId,
    query<T>(options: () => QueryOptions<T>): Query<T> {
      const query = useQuery<T>(computed(() => ({ ...options(), refetchInterval: askedAgainIn })), queries);
      return {
        get data() { return query.data.value; },
        get error() { return query.data.value === undefined ? query.error.value : null; },
        get isPending() { return query.isPending.value; },
        get isPaused() { return query.isPaused.value; },
        refetch: () => query.refetch(),
      };
    },
    change<I, O>({ change, invalidates }: ChangeOptions<I, O>): Change<I, O> {
      const onSuccess = (): Promise<unknown> => (invalidates === "organization"
        ? leaveOrganization(queries as OwnQueries)
        : Promise.all(invalidates.map((queryKey) => queries.invalidateQueries({ queryKey }))));
      const mutation = useMutation<O, Error, I>({ mutationFn: change, onSuccess }, queries);
      onScopeDispose(whenForgotten(queries, () => mutation.reset()));
      return {
        run: (input) => ofOnePerson(queries, () => mutation.mutateAsync(input)),
        get isRunning() { return mutation.isPending.value; },
        get error() { return mutation.error.value; },
        reset: () => mutation.reset(),
      };
    },
    state<T>(initial: T): State<T> {
      const kept = shallowRef(initial);
      onScopeDispose(whenForgotten(queries, () => (kept.value = initial)));
      return { get: () => kept.value, set: (value) => void (kept.value = value) };
    },
    observed<T>(get: () => T, subscribe: (changed: () => void) => () => void): () => T {
      const seen = shallowRef(get());
      onScopeDispose(subscribe(() => (seen.value = get())));
      return () => seen.value;
    },
  };
}
