-- The operator's figures (`console`), as the scheduler rolls them up: a row for each day and each month (UTC).
CREATE TABLE figures (
  span                   TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  starts_at              INTEGER NOT NULL,
  -- All that happened before is in; 0 while a day is being rolled up.
  rolled_up_to           INTEGER NOT NULL DEFAULT 0,
  -- Accounts: how many there are at the end, and how many came and went.
  people                 INTEGER NOT NULL DEFAULT 0,
  signed_up              INTEGER NOT NULL DEFAULT 0,
  accounts_deleted       INTEGER NOT NULL DEFAULT 0,
  -- Organizations at the end that are not archived; those that pay, archived or not; and trials that go on.
  personal_organizations INTEGER NOT NULL DEFAULT 0,
  teams                  INTEGER NOT NULL DEFAULT 0,
  paying_personal        INTEGER NOT NULL DEFAULT 0,
  paying_teams           INTEGER NOT NULL DEFAULT 0,
  trials_running         INTEGER NOT NULL DEFAULT 0,
  -- Organizations that paid for the first time, and that were converted one way or the other.
  became_paying          INTEGER NOT NULL DEFAULT 0,
  became_teams           INTEGER NOT NULL DEFAULT 0,
  became_personal        INTEGER NOT NULL DEFAULT 0,
  trials_begun           INTEGER NOT NULL DEFAULT 0,
  trials_converted       INTEGER NOT NULL DEFAULT 0,
  trials_ended           INTEGER NOT NULL DEFAULT 0,
  -- Monthly recurring revenue at the end, and what has changed it: the last two are losses.
  mrr_cents              INTEGER NOT NULL DEFAULT 0,
  new_cents              INTEGER NOT NULL DEFAULT 0 CHECK (new_cents >= 0),
  expansion_cents        INTEGER NOT NULL DEFAULT 0 CHECK (expansion_cents >= 0),
  reactivation_cents     INTEGER NOT NULL DEFAULT 0 CHECK (reactivation_cents >= 0),
  contraction_cents      INTEGER NOT NULL DEFAULT 0 CHECK (contraction_cents <= 0),
  churn_cents            INTEGER NOT NULL DEFAULT 0 CHECK (churn_cents <= 0),
  -- Seats of teams whose plan limits them, in use and offered; and seats in use where the plan limits none.
  seats_used             INTEGER NOT NULL DEFAULT 0,
  seats_offered          INTEGER NOT NULL DEFAULT 0,
  unlimited_seats_used   INTEGER NOT NULL DEFAULT 0,
  -- Sessions that gave way to another one of the same person.
  sessions_replaced      INTEGER NOT NULL DEFAULT 0,
  -- As they were when the day was rolled up: deliveries that wait, and Stripe's messages that could not be applied.
  undelivered_events     INTEGER NOT NULL DEFAULT 0,
  kept_messages          INTEGER NOT NULL DEFAULT 0,
  -- The step that added to it last: each adds once.
  request_id             TEXT    NOT NULL,
  PRIMARY KEY (span, starts_at)
) WITHOUT ROWID;

-- What all organizations together have used of a meter, and what their periods that were closed then cost beyond their plans.
CREATE TABLE meter_figures (
  span          TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  starts_at     INTEGER NOT NULL,
  feature       TEXT    NOT NULL,
  events        INTEGER NOT NULL,
  -- In what is counted; of a gauge, by how much it has changed.
  quantity      INTEGER NOT NULL,
  overage_cents INTEGER NOT NULL,
  request_id    TEXT    NOT NULL,
  PRIMARY KEY (span, starts_at, feature)
) WITHOUT ROWID;

-- What the figures hold of each organization: what has changed is told by comparing with it. Written where it has changed.
CREATE TABLE figure_states (
  organization_id TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('personal', 'team')),
  -- NULL: it is on no trial.
  trial_ends_at   INTEGER,
  mrr_cents       INTEGER NOT NULL CHECK (mrr_cents >= 0),
  -- 1: it has paid before; if it pays again, it has come back.
  has_paid        INTEGER NOT NULL CHECK (has_paid IN (0, 1))
) WITHOUT ROWID;

-- How far the figures are: one row, from the first run on.
CREATE TABLE figure_progress (
  id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- The day that is being rolled up, or was last.
  day        INTEGER NOT NULL,
  -- What of it is being gone through.
  part       TEXT    NOT NULL CHECK (part IN ('organizations', 'people', 'over')),
  -- The page that was added last, without its first and with its last.
  after_id   TEXT    NOT NULL,
  until_id   TEXT    NOT NULL,
  request_id TEXT    NOT NULL
);
