-- Endpoints take turns, and can be removed; an organization's events that were given out are found by it.
ALTER TABLE webhook_endpoints ADD COLUMN answered_at bigint;
ALTER TABLE webhook_endpoints ADD COLUMN removed_at bigint;
ALTER TABLE webhook_endpoints ADD COLUMN listens_from_id text;
UPDATE webhook_endpoints SET answered_at = updated_at WHERE failing_since IS NULL;
CREATE INDEX outbox_given_out ON outbox (organization_id, id) WHERE sequence IS NOT NULL;

-- Only an endpoint that somebody has removed is deleted.
GRANT DELETE ON webhook_endpoints TO tallygate;
CREATE POLICY only_what_was_removed_is_deleted ON webhook_endpoints AS RESTRICTIVE FOR DELETE TO tallygate
  USING (removed_at IS NOT NULL);

-- An item that somebody has deleted at Stripe.
ALTER TABLE usage_summaries ADD COLUMN withdrawn_at bigint;
GRANT SELECT (withdrawn_at) ON usage_summaries TO authenticated;
