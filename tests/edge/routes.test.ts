// A zone of one's own (`npm run deploy -- --routes`): what wrangler is told, and that each function, asked at its route, answers as it does
// behind the gateway.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { hostOf, routeOptions, servedNames } from "../../scripts/deploy/routes.mjs";
import { functions, GATEWAY, npmProgram, ROOT, workers } from "../../scripts/workspace.mjs";
import { CALLS, asked } from "../harness/calls.ts";
import { staffedTeam } from "../harness/staffed-team.ts";
import { startSystem, type Ask, type Reply, type System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

const HOST = "api.example.com";
const ORIGIN = "http://localhost:5173";

describe("what wrangler is told of a host", () => {
  it("gives each function its path, and the host to the gateway", () => {
    const told = Object.fromEntries(workers().map((worker) => [worker.name, routeOptions(worker, HOST).join(" ")]));
    assert.equal(told["gateway"], `--domain ${HOST}`);
    assert.equal(told["track-upload"], `--route ${HOST}/functions/v1/track-upload*`);
    assert.equal(told["manage-members"], `--route ${HOST}/functions/v1/manage-members* --route ${HOST}/functions/v1/manage-organization-members*`);
    const without = Object.entries(told).filter(([, options]) => options === "").map(([name]) => name);
    assert.deepEqual(without, ["console", "scheduler"], "the staff's stays behind the gateway, and nobody calls the scheduler");
  });

  it("is nothing where no host is named", () => {
    for (const worker of workers()) assert.deepEqual(routeOptions(worker, undefined), []);
  });

  it("has no pattern that takes another function's calls", () => {
    const names = functions().flatMap(({ name }) => servedNames(name));
    for (const name of names) assert.deepEqual(names.filter((other) => other.startsWith(name)), [name]);
  });

  it("is refused where it is no host's name", () => {
    for (const text of ["", "api", "https://api.example.com", "api.example.com/", "*.example.com", "api.example.com:8787", "api..com", "-a.example.com", "API.example.com", `${"a".repeat(64)}.com`, "--dry-run"]) {
      assert.throws(() => hostOf(text), /takes the name of a host/, text);
    }
    assert.equal(hostOf(HOST), HOST);
  });

  it("is what wrangler takes", () => {
    const folder = mkdtempSync(join(tmpdir(), "tallygate-routes-"));
    try {
      const worker = functions().find(({ name }) => name === "manage-members");
      assert.ok(worker !== undefined);
      for (const one of [worker, GATEWAY]) {
        const args = ["deploy", "-c", one.config, ...routeOptions(one, HOST), "--dry-run", "--outdir", folder];
        const said = execFileSync(npmProgram("wrangler"), args, { cwd: ROOT, encoding: "utf8", env: { ...process.env, WRANGLER_SEND_METRICS: "false" } });
        assert.match(said, /--dry-run: exiting now/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a function at its route", () => {
  let system: System;
  let world: World;
  before(async () => {
    system = await startSystem();
    world = new World(system);
  });
  after(() => system.close());

  /** What a client sees of a reply, less what differs from time to time. */
  function seen({ status, text, headers }: Reply): object {
    const names = [...headers].filter(([name]) => !["date", "server-timing", "etag"].includes(name));
    return { status, headers: names.sort(), text: text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "<id>").replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<time>") };
  }

  async function isAlike(name: string, ask: Ask, what: string): Promise<void> {
    assert.deepEqual(seen(await system.routed(name, ask)), seen(await system.call(name, ask)), what);
  }

  const asks = CALLS.map((call) => ({ call, title: `${call.fn} ${call.byPath ?? ""} ${call.action}` }));

  for (const { call, title } of asks) {
    it(`${title}: refuses and reads as behind the gateway`, async () => {
      const team = await staffedTeam(system);
      const about = { team, invitation: await world.invitation({ organizationId: team.id, invitedBy: team.owner }) };
      const ask = asked(call, call.body(about));
      await isAlike(call.fn, { ...ask, headers: { origin: ORIGIN } }, "without a token");
      if (!call.expected["stranger naming the team"].startsWith("2")) {
        await isAlike(call.fn, { ...ask, token: (await world.individual()).token, headers: { "x-organization-id": team.id, origin: ORIGIN } }, "about another's organization");
      }
      if (call.byPath === "GET") await isAlike(call.fn, { ...ask, token: team.owner.token, headers: { origin: ORIGIN } }, "by the owner");
    });
  }

  for (const name of new Set([...CALLS.map(({ fn }) => fn), "manage-organization-members"])) {
    it(`${name}: answers preflights, other methods and paths as behind the gateway`, async () => {
      for (const origin of [ORIGIN, "https://elsewhere.example.com"]) {
        await isAlike(name, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } }, `a preflight of ${origin}`);
      }
      await isAlike(name, { method: "DELETE", headers: { origin: ORIGIN } }, "a method that there is not");
      await isAlike(name, { path: "/no/such/path", body: {} }, "a path that there is not");
      await isAlike(name, { path: "?a=b", body: {} }, "a query");
    });

    it(`${name}: has no second address behind its own`, async () => {
      const path = `/functions/v1/${name}`;
      for (const reply of [await system.routed(name, { path, body: {} }), await system.call(name, { path, body: {} }), await system.call(name, { path: `${path}/plans`, method: "GET" })]) {
        assert.deepEqual([reply.status, reply.body["code"]], [404, "not_found"], reply.text);
      }
    });

    it(`${name}: is not there under a name that only begins so`, async () => {
      const asked = { path: "x/plans", method: "GET", headers: { origin: ORIGIN } };
      const [direct, behind] = [await system.routed(name, asked), await system.call(name, asked)];
      assert.deepEqual(seen(direct), seen(behind));
      assert.equal(direct.body["code"], "unknown_function");
    });
  }
});
