-- The operator's figures (`console`), as the scheduler rolls them up: a row for each day and each month (UTC).
CREATE TABLE figures (
  span                   text   NOT NULL CHECK (span IN ('day', 'month')),
  starts_at              bigint NOT NULL,
  -- All that happened before is in; 0 while a day is being rolled up.
  rolled_up_to           bigint NOT NULL DEFAULT 0,
  -- Accounts: how many there are at the end, and how many came and went.
  people                 bigint NOT NULL DEFAULT 0,
  signed_up              bigint NOT NULL DEFAULT 0,
  accounts_deleted       bigint NOT NULL DEFAULT 0,
  -- Organizations at the end that are not archived; those that pay, archived or not; and trials that go on.
  personal_organizations bigint NOT NULL DEFAULT 0,
  teams                  bigint NOT NULL DEFAULT 0,
  paying_personal        bigint NOT NULL DEFAULT 0,
  paying_teams           bigint NOT NULL DEFAULT 0,
  trials_running         bigint NOT NULL DEFAULT 0,
  -- Organizations that paid for the first time, and that were converted one way or the other.
  became_paying          bigint NOT NULL DEFAULT 0,
  became_teams           bigint NOT NULL DEFAULT 0,
  became_personal        bigint NOT NULL DEFAULT 0,
  trials_begun           bigint NOT NULL DEFAULT 0,
  trials_converted       bigint NOT NULL DEFAULT 0,
  trials_ended           bigint NOT NULL DEFAULT 0,
  -- Monthly recurring revenue at the end, and what has changed it: the last two are losses.
  mrr_cents              bigint NOT NULL DEFAULT 0,
  new_cents              bigint NOT NULL DEFAULT 0 CHECK (new_cents >= 0),
  expansion_cents        bigint NOT NULL DEFAULT 0 CHECK (expansion_cents >= 0),
  reactivation_cents     bigint NOT NULL DEFAULT 0 CHECK (reactivation_cents >= 0),
  contraction_cents      bigint NOT NULL DEFAULT 0 CHECK (contraction_cents <= 0),
  churn_cents            bigint NOT NULL DEFAULT 0 CHECK (churn_cents <= 0),
  -- Seats of teams whose plan limits them, in use and offered; and seats in use where the plan limits none.
  seats_used             bigint NOT NULL DEFAULT 0,
  seats_offered          bigint NOT NULL DEFAULT 0,
  unlimited_seats_used   bigint NOT NULL DEFAULT 0,
  -- Sessions that gave way to another one of the same person.
  sessions_replaced      bigint NOT NULL DEFAULT 0,
  -- As they were when the day was rolled up: deliveries that wait, and Stripe's messages that could not be applied.
  undelivered_events     bigint NOT NULL DEFAULT 0,
  kept_messages          bigint NOT NULL DEFAULT 0,
  -- The step that added to it last: each adds once.
  request_id             text   NOT NULL,
  PRIMARY KEY (span, starts_at)
);

-- What all organizations together have used of a meter, and what their periods that were closed then cost beyond their plans.
CREATE TABLE meter_figures (
  span          text   NOT NULL CHECK (span IN ('day', 'month')),
  starts_at     bigint NOT NULL,
  feature       text   NOT NULL,
  events        bigint NOT NULL,
  -- In what is counted; of a gauge, by how much it has changed.
  quantity      bigint NOT NULL,
  overage_cents bigint NOT NULL,
  request_id    text   NOT NULL,
  PRIMARY KEY (span, starts_at, feature)
);

-- What the figures hold of each organization: what has changed is told by comparing with it. Written where it has changed.
CREATE TABLE figure_states (
  organization_id text   NOT NULL PRIMARY KEY REFERENCES organizations (id),
  kind            text   NOT NULL CHECK (kind IN ('personal', 'team')),
  -- NULL: it is on no trial.
  trial_ends_at   bigint,
  mrr_cents       bigint NOT NULL CHECK (mrr_cents >= 0),
  -- 1: it has paid before; if it pays again, it has come back.
  has_paid        bigint NOT NULL CHECK (has_paid IN (0, 1))
);

-- How far the figures are: one row, from the first run on.
CREATE TABLE figure_progress (
  id         bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  -- The day that is being rolled up, or was last.
  day        bigint NOT NULL,
  -- What of it is being gone through.
  part       text   NOT NULL CHECK (part IN ('organizations', 'people', 'over')),
  -- The page that was added last, without its first and with its last.
  after_id   text   NOT NULL,
  until_id   text   NOT NULL,
  request_id text   NOT NULL
);

REVOKE ALL ON figures, meter_figures, figure_states, figure_progress FROM PUBLIC, anon, authenticated;
GRANT SELECT, INSERT, UPDATE ON figures, meter_figures, figure_states, figure_progress TO tallygate;
ALTER TABLE figures ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON figures TO tallygate USING (true) WITH CHECK (true);
ALTER TABLE meter_figures ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON meter_figures TO tallygate USING (true) WITH CHECK (true);
ALTER TABLE figure_states ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON figure_states TO tallygate USING (true) WITH CHECK (true);
ALTER TABLE figure_progress ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON figure_progress TO tallygate USING (true) WITH CHECK (true);
