-- Events out: endpoints, deliveries, and how far events have been given out.
ALTER TABLE outbox ADD COLUMN sequence INTEGER;
ALTER TABLE service_keys ADD COLUMN can_manage_webhooks INTEGER NOT NULL DEFAULT 0
  CHECK (can_manage_webhooks = 0 OR can_manage_webhooks = 1 AND organization_id IS NULL);

-- Where events are sent to (`webhooks`).
CREATE TABLE webhook_endpoints (
  id              TEXT    NOT NULL PRIMARY KEY,
  -- Whose it is; NULL: the operator's, who hears of all organizations.
  organization_id TEXT    REFERENCES organizations (id),
  url             TEXT    NOT NULL,
  -- The event types that it wants, each between two spaces; NULL: all.
  event_types     TEXT,
  -- What deliveries are signed with (`whsec_…`); for a while after it was rotated the former one signs too.
  secret          TEXT    NOT NULL,
  former_secret   TEXT,
  former_secret_ends_at INTEGER,
  paused_at       INTEGER,
  -- What nobody asked for: the receiver is gone (410), or has answered nothing sound for days.
  disabled_at     INTEGER,
  disabled_reason TEXT    CHECK (disabled_reason IN ('failing', 'gone')),
  -- Since when every attempt has failed; NULL while the last one did not.
  failing_since   INTEGER,
  -- Until then its events wait in line instead of being sent with the others', because it failed or was slow.
  deferred_until  INTEGER NOT NULL DEFAULT 0,
  -- It hears of what has happened since.
  listens_from    INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  CHECK ((former_secret IS NULL) = (former_secret_ends_at IS NULL))
) WITHOUT ROWID;
-- An organization's, and the operator's.
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id, created_at, id);

-- What became of an event at an endpoint. One that is delivered at once is one row written.
CREATE TABLE webhook_deliveries (
  endpoint_id     TEXT    NOT NULL REFERENCES webhook_endpoints (id),
  -- The event's id in `outbox`, and the header `webhook-id`.
  event_id        TEXT    NOT NULL,
  state           TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts        INTEGER NOT NULL CHECK (attempts >= 0),
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  -- Of the last attempt: the answer's status and the beginning of its body, or why there was none.
  response_status INTEGER,
  response        TEXT,
  failure         TEXT,
  created_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (endpoint_id, event_id),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
) WITHOUT ROWID;
-- What is due, endpoint by endpoint. A delivery that succeeds at once is never in it.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been given out to endpoints: one row, from the first endpoint on.
CREATE TABLE webhook_progress (
  id                 INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  last_sequence      INTEGER NOT NULL,
  -- Of the events up to this number each endpoint that wants one has its delivery.
  delivered_sequence INTEGER NOT NULL,
  -- All events up to this id are given out, and none comes before it any more.
  settled_to         TEXT    NOT NULL
);

-- The history is added to and never changed, by nobody.
CREATE TRIGGER history_is_not_changed
BEFORE UPDATE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;
CREATE TRIGGER history_is_not_deleted
BEFORE DELETE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;
