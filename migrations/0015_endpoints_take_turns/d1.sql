-- Endpoints take turns, and can be removed; an organization's events that were given out are found by it.
ALTER TABLE webhook_endpoints ADD COLUMN answered_at INTEGER;
ALTER TABLE webhook_endpoints ADD COLUMN removed_at INTEGER;
ALTER TABLE webhook_endpoints ADD COLUMN listens_from_id TEXT;
UPDATE webhook_endpoints SET answered_at = updated_at WHERE failing_since IS NULL;
CREATE INDEX outbox_given_out ON outbox (organization_id, id) WHERE sequence IS NOT NULL;

-- An item that somebody has deleted at Stripe.
ALTER TABLE usage_summaries ADD COLUMN withdrawn_at INTEGER;
