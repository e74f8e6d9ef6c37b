// What pages fetch beside the client's hooks, kept in the same cache under the same keys.
import { useQuery } from "@tanstack/vue-query";
import { queryKeys } from "@tallygate/client/vue";
import { computed, toValue, type MaybeRefOrGetter } from "vue";
import { product } from "./products/index.ts";
import { tallygate } from "./sign-in/tallygate.ts";

const HALF_A_MINUTE = 30_000;

interface ReadOptions {
  /** Asks only then. */
  enabled?: MaybeRefOrGetter<boolean>;
}

/** A read, kept under this name. */
export function useRead<T>(name: MaybeRefOrGetter<readonly unknown[]>, read: (signal: AbortSignal) => Promise<T>, { enabled = true }: ReadOptions = {}) {
  return useQuery(computed(() => ({
    queryKey: ["tallygate", ...toValue(name)],
    queryFn: ({ signal }: { signal: AbortSignal }) => read(signal),
    enabled: toValue(enabled),
    staleTime: HALF_A_MINUTE,
  })));
}

/** The person, their organizations and the one that they work in: what every page begins with. */
export function useMe({ enabled = true }: ReadOptions = {}) {
  const query = useQuery({ queryKey: queryKeys.me, queryFn: ({ signal }) => tallygate.account.me({}, { signal }), enabled, staleTime: HALF_A_MINUTE });
  const role = computed(() => query.data.value?.current?.role ?? "");
  return {
    error: query.error,
    person: computed(() => query.data.value?.user),
    current: computed(() => query.data.value?.current ?? undefined),
    organizations: computed(() => (query.data.value?.organizations ?? []).filter((each) => "current" in each)),
    onboarding: computed(() => query.data.value?.onboarding),
    isTeam: computed(() => query.data.value?.current?.kind === "team"),
    /** Owners and admins see what the whole organization does. */
    mayManage: computed(() => ["owner", "admin"].includes(role.value)),
    /** Who sees and changes what is paid. */
    mayBill: computed(() => role.value === "owner" || (role.value === "admin" && product.adminsMayBill)),
  };
}

export type MeterSummary = Awaited<ReturnType<typeof tallygate.trackUsage.summary>>["meters"][number];

/** The meters' periods with their days, as `useUsage` keeps them. */
export function useSummary(enabled: MaybeRefOrGetter<boolean> = true) {
  return useRead(["usage"], (signal) => tallygate.trackUsage.summary({}, { signal }), { enabled });
}
