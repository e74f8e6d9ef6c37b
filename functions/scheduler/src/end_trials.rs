//! `end_trials`: whoever listens is told that a trial's time is over, once, also where nobody asks any more and nothing else
//! touches the row. (What ends a trial after its time tells of it by itself: the trigger `org_trial_is_over`.)

use tallygate::{
    counting, event_payload, outbox_event,
    rules::request_ids::Purpose,
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

const PAGE: i64 = 500;

pub struct EndTrials;

const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, '' AS second FROM org_subscriptions WHERE organization_id > :until_first
  ORDER BY organization_id LIMIT :most"
);

/// Decides whose end is told of now.
const TOLD: &str = concat!(
    "UPDATE org_subscriptions SET trial_told_end = trial_ends_at, request_id = :request
WHERE ",
    in_page!("organization_id"),
    " AND status = 'trialing' AND trial_ends_at <= :now AND trial_told_end IS DISTINCT FROM trial_ends_at
  AND EXISTS (SELECT 1 FROM organizations WHERE organizations.id = organization_id AND archived_at IS NULL) AND ",
    while_leased!()
);

/// The trials of the page that this step has told of.
macro_rules! told_now {
    () => {
        concat!(
            "FROM org_subscriptions subscription
WHERE ",
            in_page!("subscription.organization_id"),
            " AND subscription.request_id = :request AND subscription.trial_told_end = subscription.trial_ends_at"
        )
    };
}

const COUNTED: &str = counting!("SELECT COUNT(*) ", told_now!());

const OUTBOX: &str = outbox_event!(
    "SELECT :event || ':' || subscription.organization_id, subscription.organization_id, 'trial.ended', subscription.plan_id, ",
    event_payload!(subscription("subscription.organization_id"), organization("subscription.organization_id")),
    ", :now
",
    told_now!()
);

impl Job for EndTrials {
    fn name(&self) -> &'static str {
        "end_trials"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![
            Statement::new("told", TOLD),
            Statement::new("counted", COUNTED),
            Statement::new("outbox", OUTBOX).with("event", step.ids.id(Purpose::OutboxEvent)),
        ]
    }
}
