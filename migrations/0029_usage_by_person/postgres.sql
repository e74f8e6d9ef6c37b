-- What each user has counted of a meter in a period, as far as the ledger is added up by person (`usage_rollups.people_to`).
CREATE TABLE usage_by_person (
  organization_id text   NOT NULL REFERENCES organizations (id),
  feature         text   NOT NULL,
  period_start    bigint NOT NULL,
  user_id         text   NOT NULL REFERENCES users (id),
  -- What their events did to the meter: less than nothing of a gauge, where they took off what others had added.
  quantity        bigint NOT NULL,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, user_id)
);

-- How far these sums are, which go on behind those by day: the span that was added last, and the step that did it.
ALTER TABLE usage_rollups ADD COLUMN people_from text NOT NULL DEFAULT '';
ALTER TABLE usage_rollups ADD COLUMN people_to text NOT NULL DEFAULT '';
ALTER TABLE usage_rollups ADD COLUMN people_keyed_from bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN people_keyed_to bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_rollups ADD COLUMN people_request_id text NOT NULL DEFAULT '';

-- The ledger's events that count, each with its day, its score in thousandths and of whom it is: a view, since the engines read
-- JSON in words of their own.
CREATE OR REPLACE VIEW counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_typeof(attributes::json -> 'score') = 'number' THEN
    CASE WHEN (attributes::json ->> 'score')::numeric BETWEEN -1000000 AND 1000000
      THEN round((attributes::json ->> 'score')::numeric * 1000)::bigint END
  END AS score,
  period_start, COALESCE(subject, user_id) AS person
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);

REVOKE ALL ON usage_by_person FROM PUBLIC, anon, authenticated;
GRANT SELECT, INSERT, UPDATE ON usage_by_person TO tallygate;
ALTER TABLE usage_by_person ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON usage_by_person TO tallygate USING (true) WITH CHECK (true);
