// @ts-check
// What a person reads when everything runs: one request for each demo user, ready to be pasted.
import { DEMO_USERS, INVITEE, invitationToken } from "../demo.mjs";
import { mintToken } from "./identity.mjs";

/** @typedef {{ email: string, is: string, function: string, body: object }} Example */

/**
 * @param {number} port
 * @param {string} secret
 * @param {boolean} isNew
 */
export function whatToTry(port, secret, isNew) {
  const gateway = `http://localhost:${port}`;
  const people = examples(secret).map((example) => ({ ...example, token: mintToken(example.email, secret) }));
  const requests = people.map(({ email, is, token, function: name, body }) => [
    `# ${email}, ${is}`,
    `curl -s ${gateway}/functions/v1/${name} -H 'content-type: application/json' -d '${JSON.stringify(body)}' -H 'authorization: Bearer ${token}'`,
  ].join("\n"));
  // The tokens travel in the fragment: no server ever sees it, and no file holds them.
  const forPage = people.map(({ email, is, token }) => ({ email, is, token }));
  const fragment = Buffer.from(JSON.stringify({ people: forPage, invitation: invitationToken(secret) })).toString("base64url");
  return [
    "",
    `Tallygate runs at ${gateway}${isNew ? " with a new local database" : ""}. Ctrl-C stops it.`,
    "",
    "One request for each demo user (the tokens are good for 12 hours; \"npm run token -- <email>\" makes more):",
    "",
    requests.join("\n\n"),
    "",
    "The same with buttons, signed in as any of them:",
    "",
    `${gateway}/#${fragment}`,
    "",
  ].join("\n");
}

/** @param {string} secret @returns {Example[]} */
function examples(secret) {
  const requests = [
    { function: "invite-user", body: { action: "invite", email: "gus@northwind.example", role: "viewer" } },
    { function: "manage-members", body: { action: "list" } },
    { function: "manage-session", body: { action: "validate", sessionId: "cleo-laptop" } },
    { function: "create-organization", body: { name: "Dyer Audio" } },
    { function: "track-upload", body: { uploadType: "rate_sheet", uploadCount: 3 } },
  ];
  return [
    ...DEMO_USERS.map(({ email, is }, place) => ({ email, is, ...(requests[place] ?? { function: "manage-session", body: { action: "list" } }) })),
    { ...INVITEE, function: "accept-invitation", body: { action: "accept", token: invitationToken(secret) } },
  ];
}
