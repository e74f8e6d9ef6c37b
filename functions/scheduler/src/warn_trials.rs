//! `warn_trials`: whoever listens is told three days and one day before a trial ends, once each.

use tallygate::{
    counting, event_payload, outbox_event,
    rules::{request_ids::Purpose, time::Span},
    schedule::{Job, Rhythm, Step},
    store::Statement,
    while_leased,
};

use crate::page::{in_page, last_of_page};

const PAGE: i64 = 500;

pub struct WarnTrials;

const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, '' AS second FROM org_subscriptions WHERE organization_id > :until_first
  ORDER BY organization_id LIMIT :most"
);

/// Decides who is warned now. Of a trial whose last day has come only that is told, also where nobody could say so before.
const WARNED: &str = concat!(
    "INSERT INTO trial_warnings (organization_id, trial_ends_at, days, request_id, created_at)
SELECT subscription.organization_id, subscription.trial_ends_at, CASE WHEN subscription.trial_ends_at <= :in_one_day THEN 1 ELSE 3 END,
  :request, :now
FROM org_subscriptions subscription
JOIN organizations organization ON organization.id = subscription.organization_id AND organization.archived_at IS NULL
WHERE ",
    in_page!("subscription.organization_id"),
    " AND subscription.status = 'trialing' AND subscription.trial_ends_at > :now
  AND subscription.trial_ends_at <= :in_three_days AND ",
    while_leased!(),
    "
ON CONFLICT (organization_id, trial_ends_at, days) DO NOTHING"
);

/// The warnings that this step has written.
macro_rules! warned_now {
    () => {
        concat!(
            "FROM trial_warnings warning
JOIN org_subscriptions subscription ON subscription.organization_id = warning.organization_id
WHERE ",
            in_page!("warning.organization_id"),
            " AND warning.request_id = :request"
        )
    };
}

const COUNTED: &str = counting!("SELECT COUNT(*) ", warned_now!());

const OUTBOX: &str = outbox_event!(
    "SELECT :event || ':' || warning.organization_id, warning.organization_id, 'trial.ending', subscription.plan_id, ",
    event_payload!(
        subscription("warning.organization_id"),
        organization("warning.organization_id"),
        days("warning.days")
    ),
    ", :now
",
    warned_now!()
);

impl Job for WarnTrials {
    fn name(&self) -> &'static str {
        "warn_trials"
    }

    fn rhythm(&self) -> Rhythm {
        Rhythm::Hour
    }

    fn next(&self, _step: &Step) -> Statement {
        Statement::new("next", NEXT).with("most", PAGE)
    }

    fn statements(&self, step: &Step) -> Vec<Statement> {
        vec![
            Statement::new("warned", WARNED)
                .with("in_one_day", step.now + Span::days(1))
                .with("in_three_days", step.now + Span::days(3)),
            Statement::new("counted", COUNTED),
            Statement::new("outbox", OUTBOX).with("event", step.ids.id(Purpose::OutboxEvent)),
        ]
    }
}
