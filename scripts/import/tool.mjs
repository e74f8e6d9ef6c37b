// @ts-check
// `tallygate-import` (scripts/import-tool), which has the functions' own rules.
import { rustTool } from "../rust-tool.mjs";

/** What it answers. */
export const importTool = rustTool("tallygate-import", "scripts/import-tool", "Import tool");

/**
 * @typedef {{ kind: "person", id: string, email: string | null, name: string | null, username: string | null, organization: string }} AskedPerson
 * @typedef {{ kind: "team", id: string, name: string | null, slug: string | null }} AskedTeam
 * @typedef {{ kind: "address", email: string }} AskedAddress
 * @typedef {{ email: string | null, name: string, username: string | null, organizationName: string, slug: string, uniqueSlug: string }} PersonForms
 * @typedef {{ name: string | null, slug: string, uniqueSlug: string }} TeamForms
 */

/**
 * The forms in which the functions keep what is asked about, in the same order. What is `null` cannot be kept.
 * @template Forms
 * @param {(AskedPerson | AskedTeam | AskedAddress)[]} asked
 * @returns {Promise<Forms[]>}
 */
export async function formsOf(asked) {
  if (asked.length === 0) return [];
  const answers = await importTool(["forms"], asked.map((one) => JSON.stringify(one)).join("\n"));
  return answers.trimEnd().split("\n").map((line) => JSON.parse(line));
}
