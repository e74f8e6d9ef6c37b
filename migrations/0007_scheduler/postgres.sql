-- The scheduler: leases, roll-ups, warnings of trials that end.
ALTER TABLE organization_invitations ADD COLUMN told_end bigint;

-- What the scheduler does by itself: one row a job, which is also its lease.
CREATE TABLE scheduled_jobs (
  job           text    NOT NULL PRIMARY KEY,
  -- The run that has it, until when: a run that died holds nobody up for longer.
  holder        text    NOT NULL,
  leased_until  bigint NOT NULL,
  -- Behind which row the next page begins, by its key; '' where it has one part or none.
  after_first   text    NOT NULL DEFAULT '',
  after_second  text    NOT NULL DEFAULT '',
  -- 1: the next tick goes on with it, whatever its rhythm.
  is_unfinished bigint NOT NULL DEFAULT 1 CHECK (is_unfinished IN (0, 1)),
  started_at    bigint NOT NULL,
  -- When it was last through.
  finished_at   bigint,
  -- How many rows the run has changed, and which step of it counted last.
  changed       bigint NOT NULL DEFAULT 0,
  counted_by    text    NOT NULL DEFAULT '',
  -- Why the last run stopped, where it failed.
  failure       TEXT
);

-- How much of the ledger an organization's roll-ups hold: events with ids of our own up to one, those under keys up to a moment.
CREATE TABLE usage_rollups (
  organization_id text    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- The span that was rolled up last, without its first and with its last.
  own_from        text    NOT NULL,
  own_to          text    NOT NULL,
  keyed_from      bigint NOT NULL,
  keyed_to        bigint NOT NULL,
  -- All that was written before is in; 0 while the first round is not through.
  rolled_up_to    bigint NOT NULL,
  request_id      text    NOT NULL
);

-- The ledger's sums by day and by month (UTC), of when things happened.
CREATE TABLE usage_aggregations (
  organization_id text    NOT NULL REFERENCES organizations (id),
  span            text    NOT NULL CHECK (span IN ('day', 'month')),
  feature         text    NOT NULL,
  starts_at       bigint NOT NULL,
  events          bigint NOT NULL,
  -- What they did to the meter.
  quantity        bigint NOT NULL,
  -- How many had an attribute `score`, and the sum of these in thousandths.
  scored          bigint NOT NULL,
  score_sum       bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, span, feature, starts_at)
);

-- Which trials were warned of, and how many days before their end.
CREATE TABLE trial_warnings (
  organization_id text    NOT NULL REFERENCES organizations (id),
  trial_ends_at   bigint NOT NULL,
  days            bigint NOT NULL CHECK (days IN (1, 3)),
  request_id      text    NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, trial_ends_at, days)
);

-- The ledger's events that count, each with its day and its score in thousandths: a view, since the engines read JSON in
-- words of their own.
CREATE VIEW counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_typeof(attributes::json -> 'score') = 'number' THEN
    CASE WHEN (attributes::json ->> 'score')::numeric BETWEEN -1000000 AND 1000000
      THEN round((attributes::json ->> 'score')::numeric * 1000)::bigint END
  END AS score
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['scheduled_jobs', 'usage_rollups', 'usage_aggregations', 'trial_warnings'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE DELETE ON scheduled_jobs, usage_rollups, usage_aggregations, trial_warnings FROM tallygate;
-- What the scheduler clears. Of the ledger that is what was refused, and what cost nothing in a period that ends.
GRANT DELETE ON usage_events, webhook_inbox TO tallygate;
CREATE POLICY only_what_nobody_needs_is_deleted ON usage_events AS RESTRICTIVE FOR DELETE TO tallygate
  USING (accepted = 0 OR period_end IS NOT NULL AND cost_cents = 0);
REVOKE ALL ON counted_events FROM PUBLIC, anon, authenticated;
GRANT SELECT ON counted_events TO tallygate;
GRANT SELECT ON usage_aggregations TO authenticated;
CREATE POLICY members_read ON usage_aggregations FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
