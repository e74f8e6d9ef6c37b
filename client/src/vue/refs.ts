// What a hook tells, as refs: `const { allowed } = useFeature("uploads")` stays up to date.
import { computed, type ComputedRef } from "vue";

export type Refs<T> = { readonly [K in keyof T]: T[K] extends (...input: never[]) => unknown ? T[K] : ComputedRef<T[K]> };

export function asRefs<T extends object>(told: T): Refs<T> {
  const refs = Object.entries(Object.getOwnPropertyDescriptors(told)).map(([name, { get, value }]) => {
    return [name, get === undefined ? (value as unknown) : computed(() => get.call(told) as unknown)];
  });
  return Object.fromEntries(refs) as Refs<T>;
}
