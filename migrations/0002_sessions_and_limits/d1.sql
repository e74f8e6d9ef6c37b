-- Sessions that a request is held to, and how much one customer may fill the house with.
ALTER TABLE catalog_settings ADD COLUMN sessions_enforced INTEGER NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1));
ALTER TABLE catalog_settings ADD COLUMN most_live_sessions INTEGER NOT NULL DEFAULT 50 CHECK (most_live_sessions >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_founded_teams INTEGER NOT NULL DEFAULT 20 CHECK (most_founded_teams >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_pending_invitations INTEGER NOT NULL DEFAULT 500 CHECK (most_pending_invitations >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_invitations_a_day INTEGER NOT NULL DEFAULT 200 CHECK (most_invitations_a_day >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_invitations_to_address_a_day INTEGER NOT NULL DEFAULT 5 CHECK (most_invitations_to_address_a_day >= 1);
ALTER TABLE active_sessions ADD COLUMN provider_session TEXT;
ALTER TABLE active_sessions ADD COLUMN secret_hash TEXT;
ALTER TABLE organization_invitations ADD COLUMN resends INTEGER NOT NULL DEFAULT 0 CHECK (resends >= 0);
ALTER TABLE organization_invitations ADD COLUMN resends_day INTEGER;
CREATE INDEX organizations_founded_by ON organizations (founded_by) WHERE kind = 'team' AND archived_at IS NULL;
ALTER TABLE billing_subscriptions ADD COLUMN items TEXT NOT NULL DEFAULT '[]';
-- A check of SQLite's cannot be changed: the table is made again.
CREATE TABLE webhook_inbox_new (
  provider        TEXT    NOT NULL CHECK (provider IN ('stripe')),
  event_id        TEXT    NOT NULL,
  event_type      TEXT    NOT NULL,
  outcome         TEXT    NOT NULL CHECK (outcome IN
    ('applied', 'ignored', 'unknown_customer', 'unknown_price', 'wrong_audience', 'gone')),
  organization_id TEXT    REFERENCES organizations (id),
  -- The whole message, where it was not applied.
  payload         TEXT,
  -- When the sender says that it happened.
  happened_at     INTEGER NOT NULL,
  received_at     INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (provider, event_id)
) WITHOUT ROWID;
INSERT INTO webhook_inbox_new (provider, event_id, event_type, outcome, organization_id, payload, happened_at, received_at, request_id) SELECT provider, event_id, event_type, outcome, organization_id, payload, happened_at, received_at, request_id FROM webhook_inbox;
DROP TABLE webhook_inbox;
ALTER TABLE webhook_inbox_new RENAME TO webhook_inbox;
CREATE INDEX webhook_inbox_kept ON webhook_inbox (received_at) WHERE payload IS NOT NULL;
