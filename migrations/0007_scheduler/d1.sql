-- The scheduler: leases, roll-ups, warnings of trials that end.
ALTER TABLE organization_invitations ADD COLUMN told_end INTEGER;

-- What the scheduler does by itself: one row a job, which is also its lease.
CREATE TABLE scheduled_jobs (
  job           TEXT    NOT NULL PRIMARY KEY,
  -- The run that has it, until when: a run that died holds nobody up for longer.
  holder        TEXT    NOT NULL,
  leased_until  INTEGER NOT NULL,
  -- Behind which row the next page begins, by its key; '' where it has one part or none.
  after_first   TEXT    NOT NULL DEFAULT '',
  after_second  TEXT    NOT NULL DEFAULT '',
  -- 1: the next tick goes on with it, whatever its rhythm.
  is_unfinished INTEGER NOT NULL DEFAULT 1 CHECK (is_unfinished IN (0, 1)),
  started_at    INTEGER NOT NULL,
  -- When it was last through.
  finished_at   INTEGER,
  -- How many rows the run has changed, and which step of it counted last.
  changed       INTEGER NOT NULL DEFAULT 0,
  counted_by    TEXT    NOT NULL DEFAULT '',
  -- Why the last run stopped, where it failed.
  failure       TEXT
) WITHOUT ROWID;

-- How much of the ledger an organization's roll-ups hold: events with ids of our own up to one, those under keys up to a moment.
CREATE TABLE usage_rollups (
  organization_id TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- The span that was rolled up last, without its first and with its last.
  own_from        TEXT    NOT NULL,
  own_to          TEXT    NOT NULL,
  keyed_from      INTEGER NOT NULL,
  keyed_to        INTEGER NOT NULL,
  -- All that was written before is in; 0 while the first round is not through.
  rolled_up_to    INTEGER NOT NULL,
  request_id      TEXT    NOT NULL
) WITHOUT ROWID;

-- The ledger's sums by day and by month (UTC), of when things happened.
CREATE TABLE usage_aggregations (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  span            TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  feature         TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  events          INTEGER NOT NULL,
  -- What they did to the meter.
  quantity        INTEGER NOT NULL,
  -- How many had an attribute `score`, and the sum of these in thousandths.
  scored          INTEGER NOT NULL,
  score_sum       INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, span, feature, starts_at)
) WITHOUT ROWID;

-- Which trials were warned of, and how many days before their end.
CREATE TABLE trial_warnings (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  trial_ends_at   INTEGER NOT NULL,
  days            INTEGER NOT NULL CHECK (days IN (1, 3)),
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  PRIMARY KEY (organization_id, trial_ends_at, days)
) WITHOUT ROWID;

-- The ledger's events that count, each with its day and its score in thousandths: a view, since the engines read JSON in
-- words of their own.
CREATE VIEW counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_valid(attributes) AND json_type(attributes, '$.score') IN ('integer', 'real') THEN
    CASE WHEN json_extract(attributes, '$.score') BETWEEN -1000000 AND 1000000
      THEN CAST(round(json_extract(attributes, '$.score') * 1000) AS INTEGER) END
  END AS score
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);
