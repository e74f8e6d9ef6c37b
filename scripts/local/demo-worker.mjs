// @ts-check
// Whom one can be in local work, told by a worker that only `wrangler dev` ever runs: the gateway of a start is configured
// with one binding more than the deployed one, in files that git ignores. It also passes on the cron triggers that the local
// runtime does not have.
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { invitationToken } from "../demo.mjs";
import { GATEWAY, ROOT } from "../workspace.mjs";
import { writeLocalConfig } from "./configs.mjs";
import { mintToken } from "./identity.mjs";

const FOLDER = join(ROOT, ".wrangler/local-demo");

/**
 * Writes the worker and the gateway's configuration that binds it.
 * @param {string} secret
 * @param {ReturnType<typeof import("../demo.mjs").demoScene>} scene
 * @returns {{ gateway: string, demo: string }} Their configurations, relative to the root.
 */
export function writeDemoWorker(secret, scene) {
  const people = [...scene.people, ...(scene.invitee ? [scene.invitee] : [])].map(({ email, is }) => ({ email, is, token: mintToken(email, secret) }));
  const demo = { people, invitation: invitationToken(secret) };
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "index.js"), `const DEMO = ${JSON.stringify(demo)};
export default {
  async fetch(request, env) {
    const cron = new URL(request.url).searchParams.get("cron");
    if (request.method === "POST" && cron !== null) {
      await env.SCHEDULER.scheduled({ cron, scheduledTime: new Date() });
      return new Response(null, { status: 204 });
    }
    return Response.json(DEMO, { headers: { "cache-control": "no-store" } });
  },
};
`, { mode: 0o600 });
  writeFileSync(join(FOLDER, "wrangler.toml"), `name = "tallygate-local-demo"
main = "index.js"
compatibility_date = "2026-04-01"
compatibility_flags = ["service_binding_extra_handlers"]

[[services]]
binding = "SCHEDULER"
service = "tallygate-scheduler"
`);
  const gateway = writeLocalConfig(GATEWAY, `
[[services]]
binding = "LOCAL_DEMO"
service = "tallygate-local-demo"
`);
  return { gateway, demo: relative(ROOT, join(FOLDER, "wrangler.toml")) };
}
