// Who may do what: every function with every action, for every kind of caller and every token that is no session.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { at, textAt } from "./harness/answers.ts";
import { ROOT } from "./harness/built.ts";
import { CALLS as ALL_CALLS, asked, type Call, type Caller, type Outcome, type Scene } from "./harness/calls.ts";
import { MOST_BATCHES_REFUSED, replicasLag } from "./harness/database.ts";
import { aSentence, refuses, same, type Expected } from "./harness/expect.ts";
import { isOwnRead } from "./harness/near-reads.ts";
import { serviceKey, type KeyOptions } from "./harness/service-keys.ts";
import { membership, signUp } from "./harness/rows.ts";
import { sceneOf, staffedTeam } from "./harness/staffed-team.ts";
import { startSystem, type Reply, type System } from "./harness/system.ts";
import { AUDIENCE, ISSUER, claimsOf, clerkV1, clerkV2, forgeries, hs256, SECRET, token, type Claims } from "./harness/tokens.ts";
import { World, type Person, type Team } from "./harness/world.ts";

/** What is no session, each made from the claims of one that is accepted. */
const NO_SESSION: Record<string, (claims: Claims) => string | undefined> = {
  noToken: () => undefined,
  emptyToken: () => "",
  ...forgeries,
  noIssuer: (claims) => token({ ...claims, iss: undefined }),
  noAudience: (claims) => token({ ...claims, aud: undefined }),
  noSubject: (claims) => token({ ...claims, sub: undefined }),
  aSubjectThatIsNoText: (claims) => token({ ...claims, sub: 7 as unknown as string }),
  expiredBeforeTime: (claims) => token({ ...claims, exp: -1 }),
  aCriticalExtension: (claims) => hs256(claims, SECRET, { alg: "HS256", typ: "JWT", crit: ["b64"], b64: false }),
};

/** Upon replicas that lag, those that one may answer: the others are decided at the primary, as ever. */
const CALLS = replicasLag ? ALL_CALLS.filter(isOwnRead) : ALL_CALLS;
const CALLERS: readonly Caller[] = ["viewer", "member", "admin", "owner", "stranger naming the team", "stranger at home"];
const seconds = () => Math.floor(Date.now() / 1000);
const title = ({ fn, action }: Call) => `${fn} ${action}`;

let system: System;
let world: World;
before(async () => {
  system = await startSystem({ bindings: { JWT_ISSUER: ISSUER, JWT_AUDIENCE: AUDIENCE } });
  world = new World(system);
});
after(() => system.close());

const scene = () => sceneOf(system);

function make(call: Call, about: Scene, bearer: string | undefined, headers: Record<string, string> = {}): Promise<Reply> {
  return system.call(call.fn, { ...asked(call, call.body(about)), token: bearer, headers });
}

function signedIn({ isPublic, isDelivery }: Call): boolean {
  return !isPublic && !isDelivery;
}

function outcomeOf(reply: Reply): Outcome {
  return reply.status < 400 ? `${reply.status}` : `${reply.status} ${String(reply.body["code"])}`;
}

async function unchangedBy(work: () => Promise<void>): Promise<void> {
  const before = await system.snapshot();
  await work();
  assert.equal(await system.snapshot(), before, "a refusal changed something");
}

/** Whose organization a request is about. */
async function organizationOf(bearer: string, ask: { header?: string; body?: string } = {}): Promise<string> {
  const reply = await system.call("manage-members", {
    action: "list",
    token: bearer,
    body: ask.body === undefined ? {} : { organizationId: ask.body },
    headers: { "x-organization-id": ask.header },
  });
  return reply.status === 200 ? textAt(reply, "organization", "id") : outcomeOf(reply);
}

describe("the table of calls", () => {
  it("knows every function", () => {
    // Whatever answers requests; the scheduler does not.
    const answers = (name: string) => readFileSync(join(ROOT, "functions", name, "src/lib.rs"), "utf8").includes("worker_entry!(FUNCTION)");
    // To all of these callers there is no `console`: console.test.ts has its table.
    const folders = readdirSync(join(ROOT, "functions")).filter((name) => name !== "console").filter((name) => existsSync(join(ROOT, "functions", name, "wrangler.toml")) && answers(name));
    assert.deepEqual([...new Set(ALL_CALLS.map(({ fn }) => fn))].sort(), folders.sort());
  });

  it("knows every action of every function", async () => {
    const { owner } = await world.team();
    for (const fn of new Set(ALL_CALLS.map((call) => call.fn))) {
      const calls = ALL_CALLS.filter((call) => call.fn === fn);
      const known = calls.map(({ action }) => action);
      if (calls.some(({ byPath }) => byPath !== undefined)) {
        // No reply lists the paths of a function, so its source does.
        const source = readFileSync(join(ROOT, "functions", fn, "src/lib.rs"), "utf8");
        const actions = [...source.matchAll(/Action::\w+\(\s*"([\w-]+)"/g)].map(([, action]) => action);
        assert.deepEqual(actions.sort(), known.sort(), `the actions of ${fn}`);
        continue;
      }
      const reply = await system.call(fn, { action: "no-such-action", token: owner.token });
      const actions = at(reply, "actions");
      same({ status: reply.status, body: reply.body }, {
        status: 400,
        body: { success: false, code: "unknown_action", error: aSentence, message: textAt(reply, "error"), field: "action", actions },
      }, fn);
      assert.ok(Array.isArray(actions));
      assert.deepEqual(actions.map(String).sort(), known.sort(), `the actions of ${fn}`);
    }
  });
});

describe("a service key", () => {
  /** Each with what it is told where keys may ask: nothing but for what it is good for, and where. */
  const USELESS: Record<string, (about: Scene, call: Call, elsewhere: Team) => { options: KeyOptions; outcome: Outcome; names?: string }> = {
    "that was revoked": () => ({ options: { revokedAt: Date.now() - 1 }, outcome: "401 unauthenticated" }),
    "that has ended": () => ({ options: { endsAt: Date.now() - 1 }, outcome: "401 unauthenticated" }),
    "with the other scope": (_, { key }) => ({ options: { scopes: [key === "usage:read" ? "usage:write" : "usage:read"] }, outcome: "403 scope_missing" }),
    "with no scope": () => ({ options: { scopes: [] }, outcome: "403 scope_missing" }),
    // The operator's own endpoints are of no organization, and no key of one can be good for them.
    "that is bound to another organization": (about, call, elsewhere) => ({
      options: { organizationId: elsewhere.id }, outcome: isOfOperator(call) ? "403 scope_missing" : "404 organization_not_found", names: about.team.id,
    }),
    "that is bound to none and names one that is not there": (_, call) => isOfOperator(call)
      ? { options: { scopes: ["webhooks:manage"] }, outcome: "400 invalid_field", names: "no-such-organization" }
      : { options: {}, outcome: "404 organization_not_found", names: "no-such-organization" },
    "that is bound to none and names none": (_, call) => ({ options: {}, outcome: isOfOperator(call) ? "403 scope_missing" : "400 invalid_field" }),
  };
  const isOfOperator = ({ key }: Call): boolean => key === "webhooks:manage";
  const details = (outcome: Outcome, call: Call): Record<string, Expected> =>
    outcome === "403 scope_missing" ? { scope: call.key ?? "" } : outcome === "400 invalid_field" ? { field: "organizationId" } : {};

  it("is looked at by the actions that the table says, and by no other", () => {
    const asking = [...new Set(ALL_CALLS.map(({ fn }) => fn))].flatMap((fn) => {
      const source = readFileSync(join(ROOT, "functions", fn, "src/lib.rs"), "utf8");
      return [...source.matchAll(/Action::new\(\s*"([\w-]+)"[^)]*\)\s*\.by_key\(KeyScope::(\w+)\)/g)].map(([, action, scope]) => `${fn} ${action}: ${scope}`);
    });
    const SCOPES = { "usage:read": "ReadUsage", "usage:write": "WriteUsage", "webhooks:manage": "ManageWebhooks" };
    assert.deepEqual(asking.sort(), ALL_CALLS.flatMap((call) => (call.key === undefined ? [] : [`${title(call)}: ${SCOPES[call.key]}`])).sort());
  });

  for (const [kind, keyOf] of Object.entries(USELESS)) {
    it(`${kind}: does nothing, whatever it calls`, async () => {
      const [about, elsewhere] = [await scene(), await world.team()];
      for (const call of CALLS) {
        const { options, outcome, names } = keyOf(about, call, elsewhere);
        const bearer = await serviceKey(system, options);
        const headers: Record<string, string> = names === undefined ? {} : { "x-organization-id": names };
        if (names === undefined && !kind.endsWith("names none")) headers["x-organization-id"] = about.team.id;
        await unchangedBy(async () => asksInVain(call, about, bearer, headers, outcome));
      }
    });
  }

  it("that there is not, or that is none: the same", async () => {
    const about = await scene();
    const headers = { "x-organization-id": about.team.id };
    await unchangedBy(async () => {
      for (const bearer of [`tg_${"a".repeat(43)}`, "tg_", "tg_short", `tg_${"a".repeat(44)}`, `tg_${"é".repeat(43)}`, `TG_${"a".repeat(43)}`]) {
        for (const call of CALLS) await asksInVain(call, about, bearer, headers, "401 unauthenticated");
      }
    });
  });

  it("of an organization that is archived: the same", async () => {
    const about = await scene();
    const bearer = await serviceKey(system, { organizationId: about.team.id });
    await system.sql("UPDATE organizations SET archived_at = ? WHERE id = ?", Date.now(), about.team.id);
    await unchangedBy(async () => {
      for (const call of CALLS.filter(({ isPublic }) => !isPublic)) {
        await asksInVain(call, about, bearer, {}, isOfOperator(call) ? "403 scope_missing" : "404 organization_not_found");
      }
    });
  });

  it("that is good for everything does what keys may, in one trip, and nothing that is for persons", async () => {
    for (const call of CALLS) {
      const about = await scene();
      const bearer = await serviceKey(system, { organizationId: about.team.id });
      if (call.key === undefined) {
        await unchangedBy(async () => asksInVain(call, about, bearer, {}, "401 unauthenticated"));
        continue;
      }
      const [asking, meant, expected] = isOfOperator(call)
        ? [await serviceKey(system, { scopes: ["webhooks:manage"] }), { ...about, team: { ...about.team, endpoint: await world.endpoint() } }, call.expected.owner]
        : [bearer, about, call.expected.member];
      const reply = await make(call, meant, asking);
      assert.equal(outcomeOf(reply), expected, `${title(call)}: ${reply.text}`);
      assert.equal(reply.cost?.batches, 1, title(call));
    }
  });

  /** Refused as told where keys may ask; as no token at all elsewhere, without a look at the database. */
  async function asksInVain(call: Call, about: Scene, bearer: string, headers: Record<string, string>, outcome: Outcome): Promise<void> {
    const reply = await make(call, about, bearer, headers);
    if (call.isPublic) return assert.equal(reply.status, 200, title(call));
    if (call.isDelivery) return refuses(reply, 401, "invalid_signature", {}, title(call));
    if (call.key === undefined) {
      refuses(reply, 401, "unauthenticated", {}, title(call));
      return assert.equal(reply.cost, undefined, `${title(call)}: the database is not asked`);
    }
    const [status, code = ""] = outcome.split(" ");
    refuses(reply, Number(status), code, details(outcome, call), title(call));
    const { name, slug, owner } = about.team;
    assert.ok(![name, slug, owner.email].some((said) => reply.text.includes(said)), `${title(call)}: the organization shows in a refusal`);
  }
});

describe("without a session", () => {
  for (const [kind, forge] of Object.entries(NO_SESSION)) {
    it(`${kind}: nothing but what is for everybody`, async () => {
      const about = await scene();
      const bearer = forge(claimsOf(about.team.owner));
      await unchangedBy(async () => {
        for (const call of CALLS) {
          const reply = await make(call, about, bearer);
          if (call.isDelivery) {
            refuses(reply, 401, "invalid_signature", {}, title(call));
            assert.equal(reply.cost, undefined, `${title(call)}: the database is not asked`);
            continue;
          }
          if (call.isPublic) {
            assert.equal(reply.status, 200, title(call));
            continue;
          }
          refuses(reply, 401, "unauthenticated", {}, title(call));
          assert.equal(reply.headers.get("www-authenticate"), "Bearer", title(call));
          assert.equal(reply.cost, undefined, `${title(call)}: the database is not asked`);
        }
      });
    });
  }

  it("a token in the address or a cookie is no token", async () => {
    const about = await scene();
    const bearer = about.team.owner.token;
    await unchangedBy(async () => {
      for (const call of CALLS.filter(signedIn)) {
        const ask = asked(call, call.body(about));
        const asks = [
          { path: `${ask.path ?? ""}?token=${bearer}&access_token=${bearer}&authorization=Bearer%20${bearer}` },
          { headers: { cookie: `token=${bearer}; sb-access-token=${bearer}; __session=${bearer}` } },
          { headers: { apikey: bearer, "x-authorization": `Bearer ${bearer}` } },
          { headers: { authorization: `Basic ${Buffer.from(`user:${bearer}`).toString("base64")}` } },
          { headers: { authorization: bearer } },
        ];
        for (const more of asks) refuses(await system.call(call.fn, { ...ask, ...more }), 401, "unauthenticated", {}, title(call));
      }
    });
  });

  it("is told before anything about the request", async () => {
    for (const call of CALLS.filter(signedIn)) {
      if (call.byPath !== "GET") refuses(await system.call(call.fn, { ...asked(call, {}), rawBody: "{" }), 401, "unauthenticated");
      if (call.byPath === undefined) refuses(await system.call(call.fn, { action: "no-such-action" }), 401, "unauthenticated");
    }
  });
});

describe("roles and tenants", () => {
  /** What the last refusal was about: it has changed nothing. */
  let untouched: { about: Scene; stranger: Person } | undefined;

  for (const call of CALLS) {
    for (const caller of CALLERS) {
      it(`${title(call)} by ${caller}: ${call.expected[caller]}`, async () => {
        const { about, stranger } = untouched ?? { about: await scene(), stranger: (await world.team()).owner };
        untouched = undefined;
        const people: Record<Caller, Person> = {
          viewer: about.team.viewer, member: about.team.member, admin: about.team.admin, owner: about.team.owner,
          "stranger naming the team": stranger, "stranger at home": stranger,
        };
        const headers: Record<string, string> = caller === "stranger naming the team" ? { "x-organization-id": about.team.id } : {};
        const before = await system.snapshot();
        const reply = await make(call, about, people[caller].token, headers);
        assert.equal(outcomeOf(reply), call.expected[caller], reply.text);
        if (reply.status < 400) {
          if (!call.isFile) assert.equal(reply.body["success"], true);
          return;
        }
        const [status, code = ""] = call.expected[caller].split(" ");
        refuses(reply, Number(status), code, call.details?.[code]);
        assert.equal(await system.snapshot(), before, "a refusal changed something");
        const names = [about.team.name, about.team.slug, about.team.owner.email, about.team.owner.name];
        if (caller.startsWith("stranger")) assert.ok(!names.some((name) => reply.text.includes(name)), "another tenant shows in a refusal");
        untouched = { about, stranger };
      });
    }
  }

  it("an organization of others answers as one that does not exist, however it is asked for", async () => {
    const [{ owner: stranger }, theirs] = [await world.team(), await world.team()];
    const asks = (id: string) => [{ header: id }, { body: id }];
    for (const id of [theirs.id, theirs.owner.organizationId, "no-such-organization"]) {
      for (const ask of asks(id)) assert.equal(await organizationOf(stranger.token, ask), "404 organization_not_found");
    }
    const replies = await Promise.all([theirs.id, "no-such-organization"].map((id) =>
      system.call("manage-members", { action: "list", token: stranger.token, headers: { "x-organization-id": id } })));
    assert.equal(replies[0]?.text, replies[1]?.text, "the very same words");
  });

  it("a member of two teams has in each the role they have there", async () => {
    const person = await world.individual();
    const [one, other] = [await world.team(), await world.team()];
    await world.join(one.id, person, "admin");
    await world.join(other.id, person, "viewer");
    const invite = (id: string) => system.call("invite-user", {
      action: "invite", body: { email: "two.teams@example.com" }, token: person.token, headers: { "x-organization-id": id },
    });
    assert.equal((await invite(one.id)).status, 201);
    refuses(await invite(other.id), 403, "forbidden");
  });

  it("an archived organization is gone for everybody", async () => {
    const team = await staffedTeam(system);
    await system.sql("UPDATE organizations SET archived_at = ? WHERE id = ?", Date.now(), team.id);
    assert.equal(await organizationOf(team.owner.token, { header: team.id }), "404 organization_not_found");
  });
});

describe("an account that was banned or deleted", () => {
  for (const column of ["banned_at", "deleted_at"] as const) {
    it(`${column}: is refused at once, with a token that was good a moment ago`, async () => {
      const about = await scene();
      const { owner } = about.team;
      assert.equal(await organizationOf(owner.token), about.team.id);
      await system.sql(`UPDATE users SET ${column} = ? WHERE id = ?`, Date.now(), owner.id);
      await unchangedBy(async () => {
        for (const call of CALLS.filter(signedIn)) {
          refuses(await make(call, about, owner.token), 403, "account_disabled", {}, title(call));
        }
      });
    });
  }
});

describe("authority that has ended", () => {
  const LOST: Record<string, { sql: string; as: Caller | undefined }> = {
    "demoted to member": { sql: "UPDATE organization_members SET role = 'member' WHERE organization_id = ? AND user_id = ?", as: "member" },
    "demoted to viewer": { sql: "UPDATE organization_members SET role = 'viewer' WHERE organization_id = ? AND user_id = ?", as: "viewer" },
    removed: { sql: "DELETE FROM organization_members WHERE organization_id = ? AND user_id = ?", as: "stranger naming the team" },
    banned: { sql: "UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE CAST(? AS TEXT) IS NOT NULL AND id = ?", as: undefined },
    deleted: { sql: "UPDATE users SET deleted_at = 1 WHERE CAST(? AS TEXT) IS NOT NULL AND id = ?", as: undefined },
  };
  const once = async (about: Scene): Promise<Person> => {
    const { person, statements } = signUp({});
    await system.batch([...statements, ...membership(about.team.id, person.id, "owner", Date.now(), true)]);
    return person;
  };

  for (const [what, { sql, as }] of Object.entries(LOST)) {
    it(`an owner who was ${what} does nothing that only an owner may, with the token of a moment ago`, async () => {
      for (const call of CALLS.filter(signedIn)) {
        const about = await scene();
        const owner = await once(about);
        assert.equal(await organizationOf(owner.token, { header: about.team.id }), about.team.id);
        await system.sql(sql, about.team.id, owner.id);
        const reply = await make(call, about, owner.token, { "x-organization-id": about.team.id });
        assert.equal(outcomeOf(reply), as === undefined ? "403 account_disabled" : call.expected[as], `${title(call)}: ${reply.text}`);
      }
    });

    it(`an invitation to owner by one who was ${what} opens nothing, until another owner sends it again`, async () => {
      const about = await scene();
      const [owner, invitee] = [await once(about), await world.individual()];
      const invite = (more: Partial<Person> = {}) => world.invitation({ organizationId: about.team.id, invitedBy: { ...owner, ...more }, email: invitee.email, role: "owner" });
      const answer = (action: string, token: string) => system.call("accept-invitation", { action, body: { token }, token: invitee.token });
      const sent = await invite();
      await system.sql(sql, about.team.id, owner.id);
      await unchangedBy(async () => {
        for (const action of ["accept", "preview"]) refuses(await answer(action, sent.token), 409, "invitation_withdrawn");
      });
      const again = await system.call("invite-user", { action: "resend", body: { invitationId: sent.id }, token: about.team.owner.token, headers: { "x-organization-id": about.team.id } });
      assert.equal(again.status, 200, again.text);
      assert.equal((await answer("accept", textAt(again, "invitation", "token"))).status, 200);
    });
  }
});

describe("a browser that was put out", () => {
  interface Put {
    /** What the request says of its session. */
    headers: Record<string, string>;
    reason: string;
    bearer?: string;
  }
  const validated = async (person: Person, bearer = person.token, sessionId = "browser-1"): Promise<string> =>
    textAt(await system.call("manage-session", { action: "validate", body: { sessionId }, token: bearer }), "sessionSecret");
  const KINDS: Record<string, (owner: Person, other: Person) => Promise<Put>> = {
    "by another browser": async (owner) => {
      const personal = { "x-organization-id": owner.organizationId };
      for (const sessionId of ["browser-1", "browser-2"]) await system.call("manage-session", { action: "validate", body: { sessionId }, token: owner.token, headers: personal });
      return { headers: { "x-session-id": "browser-1" }, reason: "signed_in_elsewhere" };
    },
    "by its user": async (owner) => {
      await validated(owner);
      await system.call("manage-session", { action: "terminate", body: { sessionId: "browser-1" }, token: owner.token });
      return { headers: { "x-session-id": "browser-1" }, reason: "terminated" };
    },
    "by sleeping": async (owner) => {
      const secret = await validated(owner);
      await system.sql("UPDATE active_sessions SET last_heartbeat_at = last_heartbeat_at - 300001 WHERE user_id = ?", owner.id);
      return { headers: { "x-session-id": "browser-1", "x-session-secret": secret }, reason: "expired" };
    },
    "as one that never was": async () => ({ headers: { "x-session-id": "browser-1" }, reason: "unknown" }),
    "as somebody else's": async (_, other) => {
      const secret = await validated(other);
      return { headers: { "x-session-id": "browser-1", "x-session-secret": secret }, reason: "unknown" };
    },
    "with a secret that is not its own": async (owner) => {
      await validated(owner);
      return { headers: { "x-session-id": "browser-1", "x-session-secret": "AAAAAAAAAAAAAAAAAAAAAA" }, reason: "signed_in_elsewhere" };
    },
    "under another of the provider's sessions": async (owner) => {
      const under = (session: string) => token(claimsOf(owner, { session_id: session }));
      const secret = await validated(owner, under("provider-1"));
      return { headers: { "x-session-id": "browser-1", "x-session-secret": secret }, reason: "signed_in_elsewhere", bearer: under("provider-2") };
    },
  };
  const held = CALLS.filter((call) => signedIn(call) && call.session !== "begins it");

  for (const [kind, put] of Object.entries(KINDS)) {
    it(`${kind}: does nothing more, whatever it calls`, async () => {
      const about = await scene();
      const { owner } = about.team;
      const { headers, reason, bearer = owner.token } = await put(owner, about.team.member);
      await unchangedBy(async () => {
        for (const call of held) {
          const reply = await make(call, about, bearer, headers);
          refuses(reply, 401, "session_ended", { reason }, title(call));
          assert.equal(reply.headers.get("www-authenticate"), "Session");
          assert.ok((reply.cost?.batches ?? Infinity) <= MOST_BATCHES_REFUSED, title(call));
          // The body's own field says the same, where it is not what the action is about.
          if (call.fn === "manage-session" || call.byPath === "GET" || "x-session-secret" in headers) continue;
          const ask = asked(call, { ...call.body(about), sessionId: headers["x-session-id"] });
          refuses(await system.call(call.fn, { ...ask, token: bearer }), 401, "session_ended", { reason }, title(call));
        }
      });
    });
  }

  it("and one that is live is as good as none said", async () => {
    for (const call of held) {
      const about = await scene();
      const { owner } = about.team;
      const headers = { "x-session-id": "browser-1", "x-session-secret": await validated(owner) };
      assert.equal(outcomeOf(await make(call, about, owner.token, headers)), call.expected.owner, title(call));
    }
  });
});

describe("where the catalog enforces sessions", () => {
  before(() => system.sql("UPDATE catalog_settings SET sessions_enforced = 1"));
  after(() => system.sql("UPDATE catalog_settings SET sessions_enforced = 0"));

  it("what costs money or adds people needs one and its secret, and nothing else does", async () => {
    for (const call of CALLS.filter(signedIn)) {
      const about = await scene();
      const { owner } = about.team;
      const reply = await system.call("manage-session", { action: "validate", body: { sessionId: "browser-1" }, token: owner.token });
      const proof = { "x-session-id": "browser-1", "x-session-secret": textAt(reply, "sessionSecret") };
      const unproven: Record<string, string>[] = [{}, { "x-session-id": "browser-1" }, { "x-session-secret": proof["x-session-secret"] }];
      if (call.session === "enforced") {
        await unchangedBy(async () => {
          for (const headers of unproven) refuses(await make(call, about, owner.token, headers), 401, "session_ended", { reason: "missing" }, title(call));
        });
        assert.equal(outcomeOf(await make(call, about, owner.token, proof)), call.expected.owner, title(call));
      } else {
        assert.equal(outcomeOf(await make(call, about, owner.token)), call.expected.owner, title(call));
      }
    }
  });
});

describe("the header Authorization", () => {
  it("names its scheme in any case", async () => {
    const person = await world.individual();
    for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
      const reply = await system.call("manage-members", { action: "list", headers: { authorization: `${scheme} ${person.token}` } });
      assert.equal(reply.status, 200, scheme);
    }
  });

  it("may carry a token whose time is over or to come by less than five seconds", async () => {
    const person = await world.individual();
    const status = async (claims: Claims) => (await system.call("manage-members", { action: "list", token: token(claimsOf(person, claims)) })).status;
    assert.equal(await status({ exp: seconds() - 3 }), 200);
    assert.equal(await status({ exp: seconds() - 10 }), 401);
    assert.equal(await status({ nbf: seconds() + 3 }), 200);
    assert.equal(await status({ nbf: seconds() + 10 }), 401);
  });

  it("may name several audiences, ours among them", async () => {
    const person = await world.individual();
    const status = async (aud: unknown) => (await system.call("manage-members", { action: "list", token: token(claimsOf(person, { aud })) })).status;
    assert.equal(await status(["other", AUDIENCE]), 200);
    for (const aud of [["other"], [], `${AUDIENCE}s`, { [AUDIENCE]: true }, [[AUDIENCE]]]) assert.equal(await status(aud), 401, JSON.stringify(aud));
  });

  it("is told of an expired token that it has expired", async () => {
    const person = await world.individual();
    const reply = await system.call("manage-members", { action: "list", token: token(claimsOf(person, { exp: seconds() - 60 })) });
    assert.match(textAt(reply, "error"), /expired/);
  });
});

describe("configured parties", () => {
  it("must be named by the token's azp", async () => {
    const strict = await startSystem({ bindings: { JWT_AUTHORIZED_PARTIES: "https://app.example.com, https://admin.example.com" } });
    try {
      const person = await new World(strict).individual();
      const status = async (azp: unknown) => (await strict.call("manage-members", { action: "list", token: token(claimsOf(person, { azp })) })).status;
      assert.equal(await status("https://app.example.com"), 200);
      assert.equal(await status("https://admin.example.com"), 200);
      for (const azp of [undefined, "", "https://evil.example.com", "https://app.example.com.evil.example", ["https://app.example.com"], null]) {
        assert.equal(await status(azp), 401, JSON.stringify(azp));
      }
    } finally {
      await strict.close();
    }
  });
});

describe("which organization", () => {
  let person: Person;
  let teams: Record<"header" | "body" | "claim" | "current", Team>;
  const claiming = (more: Claims) => token(claimsOf(person, more));
  before(async () => {
    person = await world.individual();
    teams = { header: await world.team(), body: await world.team(), claim: await world.team(), current: await world.team() };
    for (const team of Object.values(teams)) await world.join(team.id, person, "member", team === teams.current);
    await system.sql("UPDATE organizations SET external_id = 'org_mapped' WHERE id = ?", teams.claim.id);
  });

  it("is the header's, before the body's, before the token's, before the current one", async () => {
    const bearer = claiming({ org_id: teams.claim.id });
    assert.equal(await organizationOf(bearer, { header: teams.header.id, body: teams.body.id }), teams.header.id);
    assert.equal(await organizationOf(bearer, { body: teams.body.id }), teams.body.id);
    assert.equal(await organizationOf(bearer), teams.claim.id);
    assert.equal(await organizationOf(person.token), teams.current.id);
  });

  it("is never taken from further down when the one asked for is not there", async () => {
    const bearer = claiming({ org_id: teams.claim.id });
    assert.equal(await organizationOf(bearer, { header: "no-such", body: teams.body.id }), "404 organization_not_found");
    assert.equal(await organizationOf(bearer, { body: "no-such" }), "404 organization_not_found");
  });

  it("may be Clerk's own id of it, in both versions of the token", async () => {
    const clerk = { iss: ISSUER, aud: AUDIENCE };
    const one = hs256(clerkV1({ sub: person.id, email: person.email, ...clerk }, "org_mapped"), SECRET);
    const two = hs256(clerkV2({ sub: person.id, email: person.email, ...clerk }, "org_mapped"), SECRET);
    assert.equal(await organizationOf(one), teams.claim.id);
    assert.equal(await organizationOf(two), teams.claim.id);
    assert.equal(await organizationOf(one, { header: teams.header.id }), teams.header.id);
  });

  it("is not what the token names where that is none of ours", async () => {
    for (const claims of [{ org_id: "org_unmapped" }, { o: { id: "org_unmapped" } }, { org_id: "" }, { org_id: 7 }, { o: "org_mapped" }, { o: null }]) {
      assert.equal(await organizationOf(claiming(claims)), teams.current.id, JSON.stringify(claims));
    }
  });

  it("is refused where the token names one of ours that is not the caller's", async () => {
    const theirs = await world.team();
    await system.sql("UPDATE organizations SET external_id = 'org_theirs' WHERE id = ?", theirs.id);
    assert.equal(await organizationOf(claiming({ org_id: theirs.id })), "404 organization_not_found");
    assert.equal(await organizationOf(claiming({ o: { id: "org_theirs" } })), "404 organization_not_found");
  });
});
