// @ts-check
// What a person reads when everything runs: where the page is, and one request that works.
import { DEMO_USERS, INVITEE } from "../demo.mjs";

/**
 * @param {number} port
 * @param {boolean} isNew
 */
export function whatToTry(port, isNew) {
  const gateway = `http://localhost:${port}`;
  const [ada] = DEMO_USERS;
  const longest = Math.max(...[...DEMO_USERS, INVITEE].map(({ email }) => email.length));
  return [
    "",
    `Tallygate runs at ${gateway}${isNew ? " with a new local database" : ""}. Ctrl-C stops it.`,
    "",
    "  Try it:      open the address above; sign in there with one click as",
    ...[...DEMO_USERS, INVITEE].map(({ email, is }) => `               ${email.padEnd(longest)}  ${is}`),
    "",
    "  Or type:     curl -s -X POST " + `${gateway}/functions/v1/manage-members \\`,
    `                 -H "authorization: Bearer $(npm run -s token -- ${ada?.email ?? ""})"`,
    "",
    "  Functions:   docs/API.md        Your plans:  catalogs/voip.toml, then npm run catalog",
    "",
  ].join("\n");
}
