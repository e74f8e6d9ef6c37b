-- Usage of every kind: overage, alerts, packages, service keys.
ALTER TABLE plans ADD COLUMN retention_days INTEGER CHECK (retention_days = -1 OR retention_days >= 1);
ALTER TABLE plan_features ADD COLUMN unit_size INTEGER NOT NULL DEFAULT 1 CHECK (unit_size >= 1);
ALTER TABLE plan_features ADD COLUMN is_distinct INTEGER NOT NULL DEFAULT 0 CHECK (is_distinct IN (0, 1));
ALTER TABLE plan_features ADD COLUMN unit_price_micros INTEGER CHECK (unit_price_micros >= 1);
ALTER TABLE plan_features ADD COLUMN cap_cents INTEGER CHECK (cap_cents >= 1);
ALTER TABLE plan_features ADD COLUMN stops_at_cap INTEGER NOT NULL DEFAULT 1 CHECK (stops_at_cap IN (0, 1));
ALTER TABLE plan_features ADD COLUMN allows_on_outage INTEGER NOT NULL DEFAULT 0 CHECK (allows_on_outage IN (0, 1));
ALTER TABLE event_types ADD COLUMN weight INTEGER NOT NULL DEFAULT 1 CHECK (weight >= 1);
ALTER TABLE usage_counters ADD COLUMN overage_cents INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_counters ADD COLUMN changes INTEGER NOT NULL DEFAULT 0;

-- When the product is told how much of a meter is used.
CREATE TABLE plan_alerts (
  plan_id TEXT    NOT NULL REFERENCES plans (id),
  feature TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  percent INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 1000),
  PRIMARY KEY (plan_id, feature, name)
) WITHOUT ROWID;

-- Content that plans open: a module, a sound package.
CREATE TABLE packages (
  id              TEXT    NOT NULL PRIMARY KEY,
  name            TEXT    NOT NULL,
  category        TEXT    NOT NULL,
  -- The first plan that opens it, and every later one does; NULL: any.
  minimum_plan_id TEXT    REFERENCES plans (id),
  -- 1: nobody has it without a plan that runs.
  requires_subscription INTEGER NOT NULL CHECK (requires_subscription IN (0, 1)),
  position        INTEGER NOT NULL,
  retired         INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) WITHOUT ROWID;

-- What an organization was told of a meter's use: each once a period.
CREATE TABLE usage_alerts (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  -- `80_percent`, `100_percent`, others of the catalog's; `overage`, `upgrade_prompt`.
  name            TEXT    NOT NULL,
  -- In units, at that moment.
  used            INTEGER NOT NULL,
  limit_value     INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, name),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) WITHOUT ROWID;

-- Whom a distinct meter has counted: each once a period.
CREATE TABLE usage_people (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  subject         TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, subject)
) WITHOUT ROWID;

-- What a product's own servers ask with, in place of a person's token (`npm run key`).
CREATE TABLE service_keys (
  id              TEXT    NOT NULL PRIMARY KEY,
  name            TEXT    NOT NULL,
  -- SHA-256 of the key, hexadecimal; the key itself is shown once and never stored.
  key_hash        TEXT    NOT NULL CHECK (length(key_hash) = 64),
  can_write_usage INTEGER NOT NULL CHECK (can_write_usage IN (0, 1)),
  can_read_usage  INTEGER NOT NULL CHECK (can_read_usage IN (0, 1)),
  -- The one organization that it is for; NULL: all.
  organization_id TEXT    REFERENCES organizations (id),
  ends_at         INTEGER,
  revoked_at      INTEGER,
  -- A day (UTC, its first millisecond).
  last_used_day   INTEGER,
  created_at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX service_keys_hash ON service_keys (key_hash);
-- What a column of SQLite's must not be cannot be changed: the ledger is made again.
CREATE TABLE usage_events_new (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- 'key:' and the caller's idempotency key, or an id of our own.
  id              TEXT    NOT NULL,
  -- NULL: a service key asked, and of nobody in particular.
  user_id         TEXT    REFERENCES users (id),
  feature         TEXT    NOT NULL,
  event_type      TEXT    NOT NULL,
  quantity        INTEGER NOT NULL CHECK (quantity >= 0),
  -- 1: counted. 0: refused at the limit, kept only under an idempotency key so that the refusal can be repeated.
  accepted        INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  plan_id         TEXT    NOT NULL,
  limit_value     INTEGER NOT NULL,
  period_start    INTEGER NOT NULL,
  -- NULL: the meter never resets.
  period_end      INTEGER,
  -- The totals after this event, or at the refusal.
  period_total    INTEGER NOT NULL,
  lifetime_total  INTEGER NOT NULL,
  -- SHA-256 of what was asked: the same key with another request is a mistake to be told.
  request_hash    TEXT    NOT NULL,
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  -- The service key that asked, where no person did.
  key_id TEXT,
  -- Of whom it is, where that was told: the product's own id of a person.
  subject TEXT,
  kind TEXT    NOT NULL DEFAULT 'track' CHECK (kind IN ('track', 'set', 'release')),
  -- What it did to the meter; NULL in rows of versions before: the quantity.
  counted INTEGER,
  -- What it cost beyond the limit, and the period's overage after it.
  cost_cents INTEGER NOT NULL DEFAULT 0,
  overage_cents INTEGER NOT NULL DEFAULT 0,
  -- Which change of the counter it is: a change is made once, however often it is sent.
  change_number INTEGER,
  -- The product's own, as JSON.
  attributes TEXT,
  -- When it happened, where that was told; else when it was written.
  occurred_at INTEGER,
  -- When it was written, of events under a key: these are not in the order of time by their ids.
  keyed_at INTEGER,
  PRIMARY KEY (organization_id, id),
  CHECK (user_id IS NOT NULL OR key_id IS NOT NULL)
) WITHOUT ROWID;
INSERT INTO usage_events_new (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start, period_end, period_total, lifetime_total, request_hash, request_id, created_at, keyed_at) SELECT organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start, period_end, period_total, lifetime_total, request_hash, request_id, created_at, CASE WHEN id >= 'key:' AND id < 'key;' THEN created_at END FROM usage_events;
DROP TABLE usage_events;
ALTER TABLE usage_events_new RENAME TO usage_events;
CREATE INDEX usage_events_keyed ON usage_events (organization_id, keyed_at) WHERE keyed_at IS NOT NULL;
CREATE TRIGGER refused_key_is_counted
AFTER INSERT ON usage_events
WHEN NEW.accepted = 0
BEGIN
  UPDATE organizations SET
    refused_keys = CASE refused_keys_day WHEN NEW.created_at - NEW.created_at % 86400000 THEN refused_keys + 1 ELSE 1 END,
    refused_keys_day = NEW.created_at - NEW.created_at % 86400000
  WHERE id = NEW.organization_id;
END;
