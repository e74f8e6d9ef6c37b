// What waits until the browser is registered, without a browser: the client's part and the keeper's gate.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Credentials } from "../../client/src/client.ts";
import { createClient, isRefusal, type ClientOptions, type Outgoing, type SessionSource } from "../../client/src/index.ts";
import { RefusalError } from "../../client/src/refusals.ts";
import { Gate } from "../../client/src/session/gate.ts";

/** A client whose browser is being registered until `registers` or `fails` is called; `sent` has what left. */
function registering(options: ClientOptions = {}) {
  const sent: Outgoing[] = [];
  let registers = (_: Credentials | undefined): void => undefined;
  let fails = (_: Error): void => undefined;
  const registered = new Promise<Credentials | undefined>((resolve, reject) => ([registers, fails] = [resolve, reject]));
  const session: SessionSource = { credentials: () => ({ id: "unproven", secret: "old" }), registered: () => registered, ended: () => undefined };
  const client = createClient({
    session,
    transport(request) {
      sent.push(request);
      return Promise.resolve({ status: 200, body: { success: true }, text: "", header: () => null });
    },
    ...options,
  });
  const named = (): (string | undefined)[] => sent.map(({ path, headers }) => `${path.split(/[/?]/).at(-1)} ${headers["x-session-id"]}`);
  return { client, sent, named, registers: (credentials?: Credentials) => registers(credentials), fails: (error: Error) => fails(error) };
}

/** Whatever was to be done at once has been. */
const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure = (call: Promise<unknown>): Promise<unknown> => call.then(() => assert.fail("It was answered."), (error: unknown) => error);

describe("a request while the browser is being registered", () => {
  it("waits, and leaves in its order under what the session is then", async () => {
    const { client, named, registers } = registering();
    const answers = [client.account.me(), client.trackUsage.check({ feature: "uploads" }), client.manageMembers.list()];
    await turned();
    assert.deepEqual(named(), []);
    registers({ id: "s", secret: "new" });
    await Promise.all(answers);
    assert.deepEqual(named(), ["me s", "check s", "manage-members s"]);
  });

  it("names no session where there is none after it", async () => {
    const { client, named, registers } = registering();
    registers(undefined);
    await client.account.me();
    assert.deepEqual(named(), ["me undefined"]);
  });

  it("is not sent where the registration was refused with what refuses it, too", async () => {
    const { client, sent, fails } = registering();
    const refused = failure(client.account.me());
    fails(new RefusalError(401, { code: "unauthenticated", error: "Nobody." }));
    const error = await refused;
    assert.ok(isRefusal(error) && error.code === "unauthenticated");
    assert.equal(sent.length, 0);
  });

  it("is given up by its signal, and never sent", async () => {
    const { client, sent, registers } = registering();
    const giveUp = new AbortController();
    const given = failure(client.account.me({}, { signal: giveUp.signal }));
    giveUp.abort(new Error("The page was left."));
    assert.match(String(await given), /The page was left/);
    registers();
    await turned();
    assert.equal(sent.length, 0);
  });

  it("has all of its own time after it", async (t) => {
    const times = t.mock.method(AbortSignal, "timeout");
    const { client, registers } = registering({ timeout: 1_234 });
    const answer = client.account.me();
    await turned();
    assert.equal(times.mock.callCount(), 0);
    registers();
    await answer;
    assert.deepEqual(times.mock.calls.map(({ arguments: [time] }) => time), [1_234]);
  });

  it("leaves at once where it is how a session begins and goes on, or is answered to everybody", async () => {
    const { client, named } = registering();
    await client.manageSession.validate({ sessionId: "s" });
    await client.manageSession.heartbeat({ sessionId: "s" });
    await client.billing.plans();
    await client.acceptInvitation.preview({ token: "t" });
    assert.deepEqual(named(), ["manage-session", "manage-session", "plans", "accept-invitation"].map((path) => `${path} unproven`));
  });

  it("leaves at once where the page goes", async () => {
    const { client, sent } = registering();
    await client.manageSession.terminate({ sessionId: "s" }, { keepalive: true });
    assert.equal(sent.length, 1);
  });

  it("waits also where the registration begins while its token is on its way", async () => {
    let hasToken = (_: string): void => undefined;
    const getToken = (): Promise<string> => new Promise((resolve) => (hasToken = resolve));
    const passages = [Promise.resolve(undefined), new Promise<Credentials>((resolve) => setImmediate(() => resolve({ id: "s", secret: "new" })))];
    const session: SessionSource = { credentials: () => undefined, registered: () => passages.shift() ?? Promise.reject(new Error("It was asked once more.")), ended: () => undefined };
    const { client, named } = registering({ getToken, session });
    const answer = client.account.me();
    await turned();
    hasToken("t");
    await answer;
    assert.deepEqual(named(), ["me s"]);
  });
});

it("a session of which nothing is found out in time is over for the request that it refused", async () => {
  const held = setInterval(() => undefined, 1_000);
  const refused = { status: 401, body: { success: false, code: "session_ended", reason: "missing" }, text: "", header: () => null };
  const session: SessionSource = { credentials: () => undefined, ended: () => new Promise(() => undefined) };
  const error = await failure(createClient({ session, timeout: 1, transport: () => Promise.resolve(refused) }).account.me());
  clearInterval(held);
  assert.ok(isRefusal(error) && error.code === "session_ended");
});

describe("the gate", () => {
  const conflict = new RefusalError(409, { code: "session_conflict" });
  /** What became of those who came by, in their order. */
  const passing = (gate: Gate, told: string[], name: string): void => void gate.passage.then(() => told.push(name), ({ code }: RefusalError) => told.push(`${name} ${code}`));

  it("is open from the start, and lets those who waited go before those who come then", async () => {
    const [gate, told] = [new Gate(), [] as string[]];
    passing(gate, told, "before");
    await turned();
    gate.close();
    passing(gate, told, "one");
    passing(gate, told, "two");
    await turned();
    assert.deepEqual(told, ["before"]);
    gate.open();
    passing(gate, told, "after");
    await turned();
    assert.deepEqual(told, ["before", "one", "two", "after"]);
  });

  it("holds nobody for longer than five seconds after the first of two registrations began", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const [gate, told] = [new Gate(), [] as string[]];
    gate.close();
    passing(gate, told, "one");
    t.mock.timers.tick(4_000);
    gate.close();
    t.mock.timers.tick(999);
    await turned();
    assert.deepEqual(told, []);
    t.mock.timers.tick(1);
    await turned();
    assert.deepEqual(told, ["one"]);
  });

  it("stays refused until it is closed or opened, and tells nobody of what refuses the registration alone", async () => {
    const [gate, told] = [new Gate(), [] as string[]];
    gate.close();
    passing(gate, told, "one");
    gate.refuse(new RefusalError(404, { code: "organization_not_found" }));
    gate.refuse(new TypeError("The network is away."));
    gate.refuse(conflict);
    await turned();
    passing(gate, told, "two");
    await turned();
    gate.close();
    passing(gate, told, "three");
    gate.open();
    // One that was slow is refused when nobody is held any more.
    gate.refuse(conflict);
    passing(gate, told, "four");
    await turned();
    gate.open();
    passing(gate, told, "five");
    await turned();
    assert.deepEqual(told, ["one session_conflict", "two session_conflict", "three", "four session_conflict", "five"]);
  });
});
