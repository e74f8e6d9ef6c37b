// What the staff can do, and what each act needs beside whom it is about and a reason (docs/CONSOLE.md, "Acting").

export interface ActField {
  name: "endsAt" | "package" | "uses" | "feature" | "quantity" | "plan" | "limit" | "charges" | "name" | "scopes" | "since" | "accountType";
  kind: "text" | "number" | "moment" | "choice" | "box";
  isOptional?: true;
}

export interface Act {
  fields: readonly ActField[];
  /** A super_admin alone may. */
  isOfSuperAdmin?: true;
  /** Asked for twice it would be given twice, so it is sent with a key. */
  isKeyed?: true;
  /** Says first what it would do. */
  hasPreview?: true;
  /** Takes something away. */
  isGrave?: true;
}

const END: ActField = { name: "endsAt", kind: "moment" };
const OPTIONAL_END: ActField = { ...END, isOptional: true };
const FEATURE: ActField = { name: "feature", kind: "choice" };
const PLAN: ActField = { name: "plan", kind: "choice" };
const CHARGES: ActField = { name: "charges", kind: "box", isOptional: true };

export const ACTS = {
  ban: { fields: [], isGrave: true },
  unban: { fields: [] },
  "verify-email": { fields: [] },
  "end-sessions": { fields: [], isGrave: true },
  "view-as": { fields: [] },
  "grant-package": { fields: [{ name: "package", kind: "text" }, OPTIONAL_END, { name: "uses", kind: "number", isOptional: true }], isKeyed: true },
  "account-type": { fields: [{ name: "accountType", kind: "choice" }], isOfSuperAdmin: true },
  "delete-person": { fields: [], isOfSuperAdmin: true, hasPreview: true, isGrave: true },
  "extend-trial": { fields: [END] },
  "grant-usage": { fields: [FEATURE, { name: "quantity", kind: "number" }, END], isKeyed: true },
  "override-plan": { fields: [PLAN, END, CHARGES], isKeyed: true },
  "override-limit": { fields: [FEATURE, { name: "limit", kind: "number" }, END, CHARGES], isKeyed: true },
  "lift-override": { fields: [], isGrave: true },
  "transfer-ownership": { fields: [] },
  archive: { fields: [], isGrave: true },
  restore: { fields: [] },
  "resend-invitation": { fields: [] },
  "create-key": { fields: [{ name: "name", kind: "text" }, { name: "scopes", kind: "text", isOptional: true }, OPTIONAL_END] },
  "revoke-key": { fields: [], isGrave: true },
  "move-plan": { fields: [PLAN], isOfSuperAdmin: true },
  redeliver: { fields: [{ name: "since", kind: "moment" }] },
  "retire-message": { fields: [], isGrave: true },
  "redeliver-message": { fields: [] },
} satisfies Record<string, Act>;

export type ActName = keyof typeof ACTS;

/** What was typed, as the function takes it: a moment in UTC, numbers as numbers, and nothing of what was left empty. */
export function fieldsOf(act: Act, typed: Readonly<Partial<Record<ActField["name"], string | boolean>>>): Record<string, unknown> {
  return Object.fromEntries(act.fields.flatMap(({ name, kind }) => {
    const value = typed[name];
    if (value === undefined || value === "" || value === false) return [];
    if (kind === "moment") return [[name, new Date(String(value)).toISOString()]];
    return [[name, kind === "number" ? Number(value) : value]];
  }));
}
