-- The operator's own endpoints hear of each other: an event without an organization.

-- What no organization is told of, and the operator's endpoints are: `outbox` without an organization.
CREATE TABLE operator_events (
  id              TEXT    NOT NULL PRIMARY KEY,
  event_type      TEXT    NOT NULL,
  target_id       TEXT    NOT NULL,
  payload         TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  -- As of `outbox`; NULL: it is not given out yet.
  sequence        INTEGER
) WITHOUT ROWID;
-- Those that are not given out, and the largest number.
CREATE INDEX operator_events_by_sequence ON operator_events (sequence);
