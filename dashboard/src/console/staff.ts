// Who of the staff is looking: what an admin may not is not shown to them.
import { useMe } from "../data.ts";
import { computed } from "vue";
import { ACTS, type Act, type ActName } from "./acts.ts";

export function useStaff() {
  const { person } = useMe();
  const isSuperAdmin = computed(() => person.value?.accountType === "super_admin");
  return {
    isSuperAdmin,
    id: computed(() => person.value?.id),
    /** Those of these acts that whoever looks may do. */
    mine: (acts: readonly ActName[]): ActName[] => acts.filter((name) => isSuperAdmin.value || (ACTS[name] as Act).isOfSuperAdmin !== true),
  };
}
