-- What each user has counted of a meter in a period, as far as the ledger is added up by person (`usage_rollups.people_to`).
CREATE TABLE usage_by_person (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  user_id         TEXT    NOT NULL REFERENCES users (id),
  -- What their events did to the meter: less than nothing of a gauge, where they took off what others had added.
  quantity        INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, user_id)
) WITHOUT ROWID;

-- How far these sums are, which go on behind those by day: the span that was added last, and the step that did it.
ALTER TABLE usage_rollups ADD COLUMN people_from TEXT NOT NULL DEFAULT '';
ALTER TABLE usage_rollups ADD COLUMN people_to TEXT NOT NULL DEFAULT '';
ALTER TABLE usage_rollups ADD COLUMN people_keyed_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN people_keyed_to INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN people_request_id TEXT NOT NULL DEFAULT '';

DROP VIEW counted_events;
-- The ledger's events that count, each with its day, its score in thousandths and of whom it is: a view, since the engines read
-- JSON in words of their own.
CREATE VIEW counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_valid(attributes) AND json_type(attributes, '$.score') IN ('integer', 'real') THEN
    CASE WHEN json_extract(attributes, '$.score') BETWEEN -1000000 AND 1000000
      THEN CAST(round(json_extract(attributes, '$.score') * 1000) AS INTEGER) END
  END AS score,
  period_start, COALESCE(subject, user_id) AS person
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);
