// The requests of docs/API.md, really made: what they send and what comes back.
import type { Ask, Json, Reply, System } from "../harness/system.ts";
import { World } from "../harness/world.ts";

export interface Example {
  /** `function.action`, or with a third part for a refusal: the marker's name in the document. */
  name: string;
  fn: string;
  method: "GET" | "POST";
  body: Record<string, unknown> | undefined;
  status: number;
  timing: string;
  reply: Json;
}

export async function makeExamples(system: System): Promise<Example[]> {
  const examples: Example[] = [];
  const show = async (name: string, ask: Ask): Promise<Reply> => {
    const [fn = "", action = ""] = name.split(".");
    const nameless = fn === "track-upload" || fn === "create-organization";
    const method = ask.method === "GET" ? "GET" : "POST";
    const body = method === "GET" ? undefined : { ...(nameless ? {} : { action }), ...ask.body };
    const reply = await system.call(fn, { ...ask, action: undefined, body });
    examples.push({ name, fn, method, body, status: reply.status, timing: reply.headers.get("server-timing") ?? "", reply: reply.body });
    return reply;
  };

  const world = new World(system);
  const eli = await world.individual({ name: "Eli Novak", email: "eli@example.com" });
  const laptop = { sessionId: "laptop-7f3a", userAgent: "Firefox on Linux", browserInfo: { screen: "1920x1080" } };
  const phone = { sessionId: "phone-19c2", userAgent: "Safari on iPhone" };
  await system.call("manage-session", { token: eli.token, body: laptop });
  await show("manage-session.check", { token: eli.token, body: { sessionId: phone.sessionId } });
  await show("manage-session.validate.reject", { token: eli.token, body: { ...phone, onConflict: "reject" } });
  await show("manage-session.validate", { token: eli.token, body: phone });
  await show("manage-session.heartbeat", { token: eli.token, body: { sessionId: laptop.sessionId } });
  await show("manage-session.list", { token: eli.token, body: { sessionId: phone.sessionId } });
  await show("manage-session.terminate", { token: eli.token, body: { sessionId: phone.sessionId } });

  await world.uploads(eli.organizationId, 97, 412);
  await show("track-upload.count", { token: eli.token, body: { uploadType: "rate_sheet", uploadCount: 2, idempotencyKey: "import-2048" } });
  await show("track-upload.count.replayed", { token: eli.token, body: { uploadType: "rate_sheet", uploadCount: 2, idempotencyKey: "import-2048" } });
  await show("track-upload.count.limit", { token: eli.token, body: { uploadType: "comparison", uploadCount: 5 } });
  await show("track-upload.status", { token: eli.token, method: "GET" });

  const ada = await world.individual({ name: "Ada Berg", email: "ada@example.com" });
  const created = await show("create-organization.create", { token: ada.token, body: { name: "Northwind Voice", billingEmail: "billing@example.com" } });
  await show("create-organization.create.second", { token: ada.token, body: { name: "Southwind Voice" } });
  const team = text(created.body, "organization", "id");

  const ben = await world.individual({ name: "Ben Ito", email: "ben@example.com" });
  const invited = await show("invite-user.invite", { token: ada.token, body: { email: "Ben@Example.com", role: "admin" } });
  await show("invite-user.list", { token: ada.token });
  const resent = await show("invite-user.resend", { token: ada.token, body: { invitationId: text(invited.body, "invitation", "id") } });
  const token = text(resent.body, "invitation", "token");
  await show("accept-invitation.preview", { body: { token } });
  await show("accept-invitation.accept", { token: ben.token, body: { token } });
  const cleo = await world.individual({ name: "Cleo Marsh", email: "cleo@example.com" });
  const second = await system.call("invite-user", { token: ada.token, body: { email: cleo.email } });
  await show("accept-invitation.decline", { token: cleo.token, body: { token: text(second.body, "invitation", "token") } });
  const third = await system.call("invite-user", { token: ada.token, body: { email: cleo.email } });
  await show("invite-user.revoke", { token: ada.token, body: { invitationId: text(third.body, "invitation", "id") } });

  await show("manage-members.list", { token: ada.token });
  await show("manage-members.change_role", { token: ada.token, body: { memberId: ben.id, newRole: "member" } });
  await show("manage-members.transfer_ownership", { token: ada.token, body: { memberId: ben.id } });
  await world.join(team, cleo, "viewer");
  await show("manage-members.remove", { token: ada.token, body: { memberId: cleo.id } });
  await show("manage-members.leave", { token: ada.token });

  await world.join(team, ada, "admin");
  await system.sql("UPDATE plans SET seats = 2 WHERE id = 'enterprise'");
  await show("invite-user.invite.full", { token: ada.token, body: { email: "dora@example.com" } });
  return examples;
}

function text(body: Json, ...path: string[]): string {
  let value: Json | undefined = body;
  for (const key of path) value = typeof value === "object" && value !== null && !Array.isArray(value) ? value[key] : undefined;
  if (typeof value !== "string") throw new Error(`No ${path.join(".")} in ${JSON.stringify(body)}`);
  return value;
}
