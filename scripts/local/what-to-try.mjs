// @ts-check
// What a person reads when everything runs: where the page is, and one request that works.
/**
 * @param {number} port
 * @param {boolean} isNew
 * @param {string} catalog
 * @param {ReturnType<typeof import("../demo.mjs").demoScene>} scene
 * @param {string} invitation The token of the one that is pending, where the scene has somebody who is invited.
 */
export function whatToTry(port, isNew, catalog, scene, invitation) {
  const gateway = `http://localhost:${port}`;
  const people = [...scene.people, ...(scene.invitee ? [scene.invitee] : [])];
  const [first] = people;
  const longest = Math.max(...people.map(({ email }) => email.length));
  return [
    "",
    `Tallygate runs at ${gateway}${isNew ? " with a new local database" : ""}. Ctrl-C stops it.`,
    "",
    "  Dashboard:   open the address above; be somebody else with one click, top right:",
    ...people.map(({ email, is }) => `               ${email.padEnd(longest)}  ${is}`),
    ...(scene.invitee ? [`               ${scene.invitee.email.split("@")[0]}'s invitation: ${gateway}/accept-invitation?token=${invitation}`] : []),
    "",
    "  Or type:     curl -s " + `${gateway}/functions/v1/track-usage/entitlements \\`,
    `                 -H "authorization: Bearer $(npm run -s token -- ${first?.email ?? ""})"`,
    "",
    `  API console: ${gateway}/api-console/`,
    `  Functions:   docs/API.md        Your plans:  catalogs/${catalog}.toml, then npm run catalog -- push ${catalog}`,
    "",
  ].join("\n");
}
