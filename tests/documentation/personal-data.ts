// docs/PERSONAL_DATA.md: what is kept of persons, written from the register that the functions and their tests go by.
import { join } from "node:path";
import { ROOT } from "../harness/built.ts";
import { personalTables, REGISTER, reasoned, type Registered } from "../harness/personal-data.ts";

export const PERSONAL_DATA = join(ROOT, "docs/PERSONAL_DATA.md");

const named = (columns: readonly string[]): string => columns.map((column) => `\`${column}\``).join(", ");

function byReason(columns: Registered["kept"]): string[] {
  if (columns === undefined) return [];
  if (typeof columns === "string") return [`all: ${REGISTER.reasons[columns] ?? ""}`];
  return Object.entries(columns).map(([reason, some]) => `${named(some)}: ${REGISTER.reasons[reason] ?? ""}`);
}

function section(registered: Registered, all: readonly string[]): string {
  const { table, what, erased, kept, withheld } = registered;
  const shown = all.filter((column) => !reasoned(withheld, all).includes(column));
  const lines = [
    registered.export === undefined ? "Exported: nothing." : `Exported as \`${registered.export}\`: ${named(shown)}.`,
    ...byReason(withheld).map((text) => `Left out of the export: ${text}.`),
    ...(erased === undefined ? [] : [erased === "rows" ? "Erased: the rows." : `Erased: ${named(erased)}.`]),
    ...byReason(kept).map((text) => `Kept: ${text}.`),
  ];
  return `### ${table}\n\n${what[0]?.toUpperCase()}${what.slice(1)}.\n\n${lines.map((line) => `- ${line}`).join("\n")}\n`;
}

/** The page as it should be. */
export function personalDataPage(): string {
  const tables = personalTables();
  const sections = REGISTER.tables.map((registered) => section(registered, [...(tables.get(registered.table)?.keys() ?? [])]));
  return `# What is kept of a person

Every table that has something of a person's or of an organization's: what [\`account/export\`](API.md#export) shows of it, what
[\`account/delete\`](API.md#delete) and a provider's \`user.deleted\` erase, and why the rest is left out or kept. \`npm run docs\` writes this page from
\`shared/src/personal_data/register.json\`, and a test fails for a column of the database that is not in it.

Of an organization's tables the export has what is the person's own and what is their personal organization's; a team's is its owners'. A field's name in an
export is the column's in camelCase.

A team that goes on keeps its name and its description, whoever founded it; its invoices are sent to its next owner, and Stripe is told so within
the hour (\`correct_addresses\`). The endpoints of an organization that nobody owns any more go 30 days after the account (\`remove_endpoints\`). Whoever
was invited and has no account is forgotten 90 days after the invitation was declined, revoked or given up (\`forget_invited\`); that an address wants no
invitations, or takes no mails, is kept as long as no account goes with it, since it would be written to again otherwise. What the scheduler clears, and
when, is in [OPERATIONS](OPERATIONS.md#what-runs-by-the-clock); a restored backup has those again who were deleted since, until
[they are deleted anew](OPERATIONS.md#who-was-deleted-since-a-backup).

${sections.join("\n")}`;
}
