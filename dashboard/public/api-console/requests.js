// @ts-check
// One button a request. `«invitation»` becomes the token of the demo's pending invitation.

/**
 * @typedef {object} Example
 * @property {string} label
 * @property {object} body
 * @property {string} [path] Behind the function's name, where the path names the action.
 * @property {"GET"} [method] `POST` unless said otherwise.
 */

/** @type {{ name: string, requests: Example[] }[]} */
export const REQUESTS = [
  {
    name: "manage-session",
    requests: [
      { label: "sign in", body: { action: "validate", sessionId: "this-browser" } },
      { label: "elsewhere", body: { action: "validate", sessionId: "another-browser" } },
      { label: "heartbeat", body: { action: "heartbeat", sessionId: "this-browser" } },
      { label: "check", body: { action: "check", sessionId: "a-third-browser" } },
      { label: "list", body: { action: "list" } },
      { label: "sign out", body: { action: "terminate", sessionId: "this-browser" } },
    ],
  },
  {
    name: "track-upload",
    requests: [
      { label: "upload 1", body: { uploadType: "rate_sheet" } },
      { label: "upload 50", body: { uploadType: "comparison", uploadCount: 50 } },
    ],
  },
  {
    name: "create-organization",
    requests: [{ label: "found a team", body: { name: "Southwind Audio" } }],
  },
  {
    name: "invite-user",
    requests: [
      { label: "invite", body: { action: "invite", email: "hal@northwind.example", role: "member" } },
      { label: "list", body: { action: "list" } },
    ],
  },
  {
    name: "accept-invitation",
    requests: [
      { label: "preview", body: { action: "preview", token: "«invitation»" } },
      { label: "accept", body: { action: "accept", token: "«invitation»" } },
      { label: "decline", body: { action: "decline", token: "«invitation»" } },
    ],
  },
  {
    name: "manage-members",
    requests: [
      { label: "list", body: { action: "list" } },
      { label: "leave", body: { action: "leave" } },
    ],
  },
  {
    name: "identity",
    requests: [
      { label: "personal organization", path: "/personal-organization", method: "GET", body: {} },
      { label: "become a team: preview", path: "/convert-preview", body: {} },
      { label: "become a team", path: "/convert", body: {} },
    ],
  },
  {
    name: "billing",
    requests: [
      { label: "plans", path: "/plans", method: "GET", body: {} },
      { label: "history", path: "/history", method: "GET", body: {} },
      { label: "preview", path: "/preview", body: { plan: "professional", interval: "year" } },
      { label: "checkout", path: "/checkout", body: { plan: "professional" } },
    ],
  },
];
