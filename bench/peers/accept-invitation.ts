// Accepting an invitation the usual way: read, decide in code, write.
import { HttpError, serve } from "./peer.ts";

interface Invitation {
  id: string;
  organization_id: string;
  email: string;
  role: string;
  status: string;
  expires_at: number;
}

export default serve(async (userId, body, { DB }) => {
  const invitation = await DB.prepare("SELECT * FROM organization_invitations WHERE token_hash = ?")
    .bind(await sha256(String(body["token"])))
    .first<Invitation>();
  if (!invitation) throw new HttpError(404, "Invitation not found");
  if (invitation.status !== "pending") throw new HttpError(409, "Invitation already used");
  if (invitation.expires_at <= Date.now()) throw new HttpError(410, "Invitation expired");

  const user = await DB.prepare("SELECT email FROM users WHERE id = ?").bind(userId).first<{ email: string }>();
  if (user?.email !== invitation.email) throw new HttpError(403, "Invitation is for another address");

  const organizationId = invitation.organization_id;
  const existing = await DB.prepare("SELECT role FROM organization_members WHERE organization_id = ? AND user_id = ?")
    .bind(organizationId, userId)
    .first();
  if (existing) throw new HttpError(409, "Already a member");

  const plan = await DB.prepare("SELECT p.seats FROM org_subscriptions s JOIN plans p ON p.id = s.plan_id WHERE s.organization_id = ?")
    .bind(organizationId)
    .first<{ seats: number }>();
  const members = await DB.prepare("SELECT COUNT(*) AS amount FROM organization_members WHERE organization_id = ?")
    .bind(organizationId)
    .first<{ amount: number }>();
  const seats = plan?.seats ?? 0;
  const taken = members?.amount ?? 0;
  if (seats !== -1 && taken >= seats) throw new HttpError(429, "Seat limit reached");

  const now = Date.now();
  await DB.prepare("INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id) VALUES (?, ?, ?, ?, ?)")
    .bind(organizationId, userId, invitation.role, now, crypto.randomUUID())
    .run();
  await DB.prepare("UPDATE organization_invitations SET status = 'accepted', resolved_at = ? WHERE organization_id = ? AND id = ?")
    .bind(now, organizationId, invitation.id)
    .run();
  await DB.prepare("UPDATE users SET current_organization_id = ? WHERE id = ?").bind(organizationId, userId).run();
  await DB.prepare("INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at) VALUES (?, ?, ?, 'invitation.accepted', ?, ?, ?)")
    .bind(organizationId, crypto.randomUUID(), userId, invitation.id, crypto.randomUUID(), now)
    .run();
  return { organization: { id: organizationId, role: invitation.role, seatLimit: seats, currentSeats: taken + 1 } };
});

async function sha256(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return [...hash].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
