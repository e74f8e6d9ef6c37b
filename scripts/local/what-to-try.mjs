// @ts-check
// What a person reads when everything runs: where the page is, and one request that works.

/**
 * @typedef {object} Running
 * @property {boolean} isNew
 * @property {string | undefined} begunWith The catalog whose demo is in the database, where that is known.
 * @property {string} catalog The one that it has now.
 * @property {ReturnType<typeof import("../demo.mjs").demoScene>} scene
 * @property {string} invitation The token of the one that is pending, where the scene has somebody who is invited.
 * @property {string | undefined} postgres Where the database is, for the commands; undefined where it is the local D1.
 */

/**
 * @param {number} port
 * @param {Running} running
 */
export function whatToTry(port, { isNew, begunWith, catalog, scene, invitation, postgres }) {
  const gateway = `http://localhost:${port}`;
  const { invitee } = scene;
  const hasDemo = begunWith === undefined || begunWith === catalog;
  const people = [...scene.people, ...(invitee ? [invitee] : [])];
  const [first] = people;
  const longest = Math.max(...people.map(({ email }) => email.length));
  return [
    "",
    `Tallygate runs at ${gateway}${isNew ? " with a new local database" : ""}. Ctrl-C stops it.`,
    "",
    "  Dashboard:   open the address above; be somebody else with one click, top right:",
    ...people.map(({ email, is }) => `               ${email.padEnd(longest)}  ${is}`),
    ...(hasDemo ? [] : [
      "",
      `  The database was begun with ${begunWith}: its customers are still in it, and those above are new here, without what is said of them.`,
      `  To begin anew:  npm start -- --fresh --catalog ${catalog}`,
    ]),
    ...(invitee && hasDemo ? ["", `  Invitation:  as ${invitee.email}, open ${gateway}/accept-invitation?token=${invitation}`] : []),
    "",
    "  Or type:     curl -s " + `${gateway}/functions/v1/track-usage/entitlements \\`,
    `                 -H "authorization: Bearer $(npm run -s token -- ${first?.email ?? ""})"`,
    "",
    `  API console: ${gateway}/api-console/`,
    `  Functions:   docs/API.md        Your plans:  catalogs/${catalog}.toml, then npm run catalog -- push ${catalog}${postgres === undefined ? "" : " --postgres \"$ADMIN_URL\""}`,
    ...(postgres === undefined ? [] : [`  Postgres:    ADMIN_URL=${postgres}`]),
    "",
  ].join("\n");
}
