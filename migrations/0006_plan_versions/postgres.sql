-- How often a catalog was pushed, and whom an operator has moved to another plan than the one that Stripe's price is of.
ALTER TABLE catalog_settings ADD COLUMN revision bigint NOT NULL DEFAULT 0 CHECK (revision >= 0);
ALTER TABLE org_subscriptions ADD COLUMN moved_from_plan_id text REFERENCES plans (id);
