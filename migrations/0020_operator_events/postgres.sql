-- The operator's own endpoints hear of each other: an event without an organization.

-- What no organization is told of, and the operator's endpoints are: `outbox` without an organization.
CREATE TABLE operator_events (
  id              text   NOT NULL PRIMARY KEY,
  event_type      text   NOT NULL,
  target_id       text   NOT NULL,
  payload         text   NOT NULL,
  created_at      bigint NOT NULL,
  -- As of `outbox`; NULL: it is not given out yet.
  sequence        bigint
);
-- Those that are not given out, and the largest number.
CREATE INDEX operator_events_by_sequence ON operator_events (sequence);

REVOKE ALL ON operator_events FROM PUBLIC, anon, authenticated;
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_events TO tallygate;
ALTER TABLE operator_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON operator_events TO tallygate USING (true) WITH CHECK (true);
