// Counting an upload the usual way: read, decide in code, write.
import { HttpError, serve } from "./peer.ts";

export default serve(async (userId, body, { DB }) => {
  const uploadType = String(body["uploadType"]);
  const uploadCount = Number(body["uploadCount"] ?? 1);

  const user = await DB.prepare("SELECT current_organization_id AS id FROM users WHERE id = ?").bind(userId).first<{ id: string }>();
  if (!user) throw new HttpError(404, "User not found");
  const member = await DB.prepare("SELECT role FROM organization_members WHERE organization_id = ? AND user_id = ?")
    .bind(user.id, userId)
    .first<{ role: string }>();
  if (!member || member.role === "viewer") throw new HttpError(403, "Forbidden");

  const subscription = await DB.prepare("SELECT plan_id, status, trial_ends_at FROM org_subscriptions WHERE organization_id = ?")
    .bind(user.id)
    .first<{ plan_id: string; status: string; trial_ends_at: number | null }>();
  const trialing = subscription?.status === "trialing" && (subscription.trial_ends_at ?? 0) > Date.now();
  if (!subscription || (subscription.status !== "active" && !trialing)) throw new HttpError(402, "Subscription required");
  const feature = await DB.prepare("SELECT limit_value FROM plan_features WHERE plan_id = ? AND feature = 'uploads'")
    .bind(subscription.plan_id)
    .first<{ limit_value: number }>();

  const today = new Date();
  const month = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), 1);
  const counter = await DB.prepare("SELECT quantity FROM usage_counters WHERE organization_id = ? AND feature = 'uploads' AND period_start = ?")
    .bind(user.id, month)
    .first<{ quantity: number }>();
  const used = counter?.quantity ?? 0;
  const limit = feature?.limit_value ?? 0;
  if (limit !== -1 && used + uploadCount > limit) throw new HttpError(429, "Upload limit reached");

  const add = `INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES (?, 'uploads', ?, ?)
ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = usage_counters.quantity + excluded.quantity`;
  await DB.prepare(add).bind(user.id, month, uploadCount).run();
  await DB.prepare(add).bind(user.id, 0, uploadCount).run();
  await DB.prepare(`INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
  period_total, lifetime_total, request_hash, request_id, created_at) VALUES (?, ?, ?, 'uploads', ?, ?, 1, ?, ?, ?, ?, 0, '', ?, ?)`)
    .bind(user.id, crypto.randomUUID(), userId, uploadType, uploadCount, subscription.plan_id, limit, month, used + uploadCount, crypto.randomUUID(), Date.now())
    .run();
  return { uploadType, uploadCount, totalUploads: used + uploadCount, uploadLimit: limit };
});
