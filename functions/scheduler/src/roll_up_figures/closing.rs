//! The end of a day: what waits everywhere, and the day in its month.

use tallygate::{day_of_month, store::Statement};

/// What waits is counted up to so many: beyond that the number says "at least".
const MOST_COUNTED: i64 = 10_000;

/// The day that this step has gone through, as `progress`.
macro_rules! over_now {
    () => {
        "figure_progress progress WHERE progress.id = 1 AND progress.part = 'over' AND progress.request_id = :request"
    };
}

const CLOSED: &str = concat!(
    "UPDATE figures SET rolled_up_to = figures.starts_at + 86400000,
  undelivered_events = (SELECT COUNT(*) FROM (
    SELECT 1 AS waiting FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL LIMIT :most) counted),
  kept_messages = (SELECT COUNT(*) FROM (SELECT 1 AS kept FROM webhook_inbox WHERE payload IS NOT NULL LIMIT :most) counted)
WHERE figures.span = 'day' AND figures.rolled_up_to = 0 AND figures.starts_at = (SELECT progress.day FROM ",
    over_now!(),
    ")"
);

/// What is as it is at the end is the last day's; what has happened is the days' sum. A day is added once: the month says up to which it is.
const IN_MONTH: &str = concat!(
    "INSERT INTO figures (span, starts_at, rolled_up_to, people, signed_up, accounts_deleted, personal_organizations, teams,
  paying_personal, paying_teams, trials_running, became_paying, became_teams, became_personal, trials_begun, trials_converted,
  trials_ended, mrr_cents, new_cents, expansion_cents, reactivation_cents, contraction_cents, churn_cents, seats_used,
  seats_offered, unlimited_seats_used, sessions_replaced, undelivered_events, kept_messages, request_id)
SELECT 'month', each_day.starts_at - 86400000 * (",
    day_of_month!("each_day.starts_at"),
    " - 1), each_day.rolled_up_to, each_day.people, each_day.signed_up, each_day.accounts_deleted, each_day.personal_organizations,
  each_day.teams, each_day.paying_personal, each_day.paying_teams, each_day.trials_running, each_day.became_paying,
  each_day.became_teams, each_day.became_personal, each_day.trials_begun, each_day.trials_converted, each_day.trials_ended,
  each_day.mrr_cents, each_day.new_cents, each_day.expansion_cents, each_day.reactivation_cents, each_day.contraction_cents,
  each_day.churn_cents, each_day.seats_used, each_day.seats_offered, each_day.unlimited_seats_used, each_day.sessions_replaced,
  each_day.undelivered_events, each_day.kept_messages, :request
FROM figures each_day
WHERE each_day.span = 'day' AND each_day.starts_at = (SELECT progress.day FROM ",
    over_now!(),
    ")
ON CONFLICT (span, starts_at) DO UPDATE SET
  rolled_up_to = excluded.rolled_up_to, people = excluded.people, personal_organizations = excluded.personal_organizations,
  teams = excluded.teams, paying_personal = excluded.paying_personal, paying_teams = excluded.paying_teams,
  trials_running = excluded.trials_running, mrr_cents = excluded.mrr_cents, seats_used = excluded.seats_used,
  seats_offered = excluded.seats_offered, unlimited_seats_used = excluded.unlimited_seats_used,
  undelivered_events = excluded.undelivered_events, kept_messages = excluded.kept_messages,
  ",
    adding!(
        excluded:
        signed_up accounts_deleted became_paying became_teams became_personal trials_begun trials_converted
        trials_ended new_cents expansion_cents reactivation_cents contraction_cents churn_cents sessions_replaced
    ),
    ", request_id = excluded.request_id
WHERE figures.rolled_up_to < excluded.rolled_up_to"
);

/// What was used the day before.
const METERS_IN_MONTH: &str = concat!(
    "INSERT INTO meter_figures (span, starts_at, feature, events, quantity, overage_cents, request_id)
SELECT 'month', used.starts_at - 86400000 * (",
    day_of_month!("used.starts_at"),
    " - 1), used.feature, used.events, used.quantity, used.overage_cents, :request
FROM meter_figures used
WHERE used.span = 'day' AND used.starts_at = (SELECT progress.day - 86400000 FROM ",
    over_now!(),
    ")
ON CONFLICT (span, starts_at, feature) DO UPDATE SET
  events = meter_figures.events + excluded.events, quantity = meter_figures.quantity + excluded.quantity,
  overage_cents = meter_figures.overage_cents + excluded.overage_cents, request_id = excluded.request_id
WHERE meter_figures.request_id <> excluded.request_id"
);

pub fn closed() -> [Statement; 3] {
    [
        Statement::new("closed", CLOSED).with("most", MOST_COUNTED),
        Statement::new("month", IN_MONTH),
        Statement::new("meters_of_month", METERS_IN_MONTH),
    ]
}
