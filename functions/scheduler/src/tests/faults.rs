//! Whatever happens to a run, the end is the same: a worker that dies after each batch, and two at once.

use std::{cell::Cell, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{
        invitation::{derived_token, token_hash},
        request_ids::first_id_of,
        time::Span,
    },
    schedule::{Asked, Job, Outcome, Report},
    store::{sqlite::Sqlite, Answer, Batch, Store, StoreError},
    testing::{at, Killed, Scene},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use super::{
    delivering::{endpoint, Receivers},
    mailing::{switch_on, SECRET},
    stripe::FakeStripe,
    Event, VOICE_TRAINING,
};
use crate::JOBS;

/// All that jobs tell something.
struct Outside {
    stripe: Rc<FakeStripe>,
    receivers: Receivers,
}

impl Transport for Outside {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        if request.url.starts_with("https://stripe.test/") {
            return self.stripe.send(request);
        }
        self.receivers.send(request)
    }

    fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()> {
        self.stripe.wait_up_to(milliseconds)
    }
}

/// A scene, and all that jobs tell something, from where whatever is tried begins.
struct Before {
    scene: Scene,
    stripe: Rc<FakeStripe>,
}

impl Before {
    /// Does what is undone afterwards, also outside.
    fn tried<T>(&self, work: impl FnOnce(&Scene) -> T) -> T {
        self.scene.reach(Rc::new(Outside { stripe: self.stripe.copied(), receivers: Receivers::default() }));
        self.scene.undone(|| work(&self.scene))
    }

    /// How many batches a run of the job needs.
    fn batches_of(&self, job: &dyn Job) -> u32 {
        self.tried(|scene| {
            let counted = Counted { store: scene.store(), batches: Cell::new(0) };
            assert_eq!(only(scene.tick_through(&counted, &JOBS, Asked::Job(job.name()))).outcome, Outcome::Done);
            counted.batches.get()
        })
    }
}

/// A database with work for every job, pages of some of them included.
fn much_to_do() -> Before {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    scene.send_once();
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    let team = scene.team("team", &people[0]);
    for (place, person) in people.iter().enumerate() {
        for name in 0..40 {
            let name = u32::try_from(place).unwrap() * 1_000 + name;
            let accepted = !name.is_multiple_of(7);
            Event {
                accepted,
                keyed: !accepted || name.is_multiple_of(2),
                ..Event::at(at("2026-03-11T12:00:00Z"), name)
            }
            .write(&scene, person);
        }
        scene.invitation(&team, &format!("i{place}"), &format!("{place}@example.com"), "member", person);
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 400)
             INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, request_id)
             SELECT '{}', 's' || n, 1, n % 3 * 9000000000000, 'r' FROM numbers;
             INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, happened_at, received_at, request_id)
             VALUES ('stripe', 'e{place}', 't', 'applied', 1, {place} * 9000000000000, 'r')",
            person.id
        ));
    }
    for (name, organization) in [("operator", None), ("own", Some(team.as_str()))] {
        endpoint(&scene, name, organization);
    }
    // What happened before there were endpoints is not for them; this is, and some of it waits in line.
    scene.execute(&format!(
        "UPDATE webhook_endpoints SET listens_from = 0;
         UPDATE webhook_progress SET settled_to = '';
         UPDATE plan_features SET value = '1' WHERE feature = 'webhooks';
         INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id)
         SELECT 'own', id, 'pending', 1, created_at, created_at, 'r' FROM outbox WHERE organization_id = '{team}';
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12)
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
         SELECT '{}' || n, '{team}', 'member.removed', 'm' || n, {} FROM numbers",
        first_id_of(scene.now()),
        scene.now().0
    ));
    Event::at(at("2026-05-14T12:00:00Z"), 5_000).write(&scene, &people[0]);
    Event::at(at("2026-05-13T12:00:00Z"), 5_001).write(&scene, &people[0]);
    scene.set_clock("2026-05-15T12:00:00Z");
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {} WHERE organization_id <> 'team';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) SELECT organization_id, 'cus_' || organization_id, 1
           FROM org_subscriptions WHERE organization_id <> '{}';
         WITH RECURSIVE months (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM months WHERE n < 3)
         INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, period_end, plan_id)
           SELECT organization_id, 'voice', n * 1000, 7 * n, 100 * (n - 1), (n + 1) * 1000, plan_id FROM org_subscriptions, months",
        (scene.now() + Span::days(2)).0,
        people[0].personal
    ));
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = 1 WHERE organization_id = 'team';
         INSERT INTO usage_reservations (organization_id, id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
           SELECT organization_id, 'call', 'voice', 'talk', 1, 60, {0}, {0} + 60000, 'r' FROM org_subscriptions;
         INSERT INTO call_logs (organization_id, id, call_type, feature, status, started_at, deadline_at, request_id)
           SELECT organization_id, 'call', 'talk', 'voice', 'in_progress', {0}, {0} + 60000, 'r' FROM org_subscriptions;
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
           currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         SELECT organization_id, 'sub_' || organization_id, 'si', 'price_1', 'active', 9900, 'usd', 'month', 1, 2, 1, 1, 'r' FROM billing_customers",
        (scene.now() - Span::days(3)).0
    ));
    // Figures: of two days, with one before them.
    let rolled_up = at("2026-05-12T00:00:00Z").0;
    scene.execute(&format!(
        "INSERT INTO figures (span, starts_at, rolled_up_to, request_id) VALUES ('day', {rolled_up}, {rolled_up} + 86400000, 'r');
         INSERT INTO figure_progress (id, day, part, after_id, until_id, request_id) VALUES (1, {rolled_up}, 'over', '', '', 'r')"
    ));
    let stripe = FakeStripe::behind(&scene);
    scene.reach(Rc::new(Outside { stripe: stripe.clone(), receivers: Receivers::default() }));
    // Mails: of the trials, which are warned of on the way, and of an invitation that has waited.
    switch_on(&scene);
    let [made, ends] = [scene.now() - Span::days(4), scene.now() + Span::days(3)];
    scene.invitation(&team, "waiting", "waiting@example.com", "member", &people[0]);
    scene.execute(&format!(
        "UPDATE users SET email_verified = 1;
         INSERT INTO mail_progress (id, settled_to, began_at) VALUES (1, '', 0);
         UPDATE organization_invitations SET created_at = {}, expires_at = {}, token_hash = '{}' WHERE id = 'waiting'",
        made.0,
        ends.0,
        token_hash(&derived_token(SECRET, "waiting", ends).unwrap())
    ));
    // Two whose accounts are deleted, and who owe nothing.
    scene.execute(
        "WITH gone (id) AS (VALUES ('gone'), ('lost'))
         INSERT INTO users (id, email_updated_at, name, deleted_at, created_at, request_id) SELECT id, 0, 'Deleted user', 1, 1, 'r' FROM gone;
         INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, archived_at, archived_by, created_at)
           SELECT 'of-' || id, 'team', 'other', 'Former', 'of-' || id, id, 1, id, 1 FROM users WHERE deleted_at = 1;
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) SELECT 'of-' || id, 'cus_' || id, 1 FROM users WHERE deleted_at = 1",
    );
    Before { scene, stripe }
}

/// All that jobs change, without ids and moments that follow from when a run was.
const END: [&str; 21] = [
        "SELECT organization_id, stripe_customer_id FROM billing_customers ORDER BY 1",
        "SELECT organization_id, span, feature, starts_at, events, quantity, scored, score_sum FROM usage_aggregations ORDER BY 1, 2, 3, 4",
        "SELECT organization_id, feature, period_start, user_id, quantity FROM usage_by_person ORDER BY 1, 2, 3, 4",
        "SELECT organization_id, id FROM usage_events ORDER BY 1, 2",
        "SELECT organization_id, id, status, told_end FROM organization_invitations ORDER BY 1, 2",
        "SELECT organization_id, action, target_id FROM audit_events ORDER BY 1, 2, 3",
        // The plan that is left where Stripe has a subscription no more begins when that is seen.
        "SELECT organization_id, event_type, target_id,
           json_remove(payload, '$.subscription.currentPeriodStart', '$.subscription.currentPeriodEnd') AS payload FROM outbox ORDER BY 1, 2, 3",
        "SELECT organization_id, trial_ends_at, days FROM trial_warnings ORDER BY 1, 2, 3",
        "SELECT period_start, feature, correction, quantity, overage_cents, state, reason, is_open, stripe_invoice_item_id IS NOT NULL AS is_item,
          stripe_invoice_id IS NOT NULL AS is_invoiced, failure
         FROM usage_summaries ORDER BY organization_id, 1, 2, 3",
        "SELECT organization_id, trial_told_end FROM org_subscriptions ORDER BY 1",
        "SELECT call.organization_id, call.status, call.ended_at, held.settled_as FROM call_logs call
         LEFT JOIN usage_reservations held ON held.organization_id = call.organization_id AND held.id = call.id ORDER BY 1",
        "SELECT event_id, outcome FROM webhook_inbox WHERE event_id LIKE 'reconcile%' ORDER BY 1",
        "SELECT user_id, id FROM active_sessions ORDER BY 1, 2",
        "SELECT event_id FROM webhook_inbox ORDER BY 1",
        "SELECT delivery.endpoint_id, event.event_type, event.target_id, delivery.state, delivery.attempts
         FROM webhook_deliveries delivery LEFT JOIN outbox event ON event.id = delivery.event_id ORDER BY 1, 2, 3",
        "SELECT delivery.kind, delivery.recipient, delivery.state, delivery.attempts, event.organization_id
         FROM mail_deliveries delivery LEFT JOIN outbox event ON event.id = delivery.event_id ORDER BY 1, 2, 3, 4, 5",
        "SELECT span, starts_at, rolled_up_to, people, personal_organizations, teams, paying_personal, paying_teams, trials_running, trials_begun,
          trials_converted, trials_ended, became_paying, mrr_cents, new_cents, expansion_cents, reactivation_cents, contraction_cents, churn_cents,
          seats_used, seats_offered, sessions_replaced, kept_messages FROM figures ORDER BY 1, 2",
        "SELECT span, starts_at, feature, events, quantity, overage_cents FROM meter_figures ORDER BY 1, 2, 3",
        "SELECT organization_id, kind, mrr_cents, has_paid FROM figure_states ORDER BY 1",
        "SELECT day, part FROM figure_progress",
        "SELECT job, after_first, after_second, is_unfinished, leased_until, failure FROM scheduled_jobs ORDER BY 1",
];

fn end_state(scene: &Scene) -> [Json; 21] {
    END.map(|sql| scene.rows(sql))
}

fn assert_end(scene: &Scene, expected: &[Json; 21], when: &str) {
    for ((had, wanted), sql) in end_state(scene).iter().zip(expected).zip(END) {
        assert!(had == wanted, "{when}: {sql} is another");
    }
}

/// Twice: what one run has told of, the next one gives up.
fn all_done(scene: &Scene) {
    for job in JOBS.into_iter().chain(JOBS) {
        scene.tick_until_done(&JOBS, job.name());
    }
}

fn undisturbed() -> [Json; 21] {
    let Before { scene, .. } = much_to_do();
    all_done(&scene);
    end_state(&scene)
}

fn only(reports: Vec<Report>) -> Report {
    let [report] = reports.try_into().unwrap();
    report
}

/// A worker whose batches are counted.
struct Counted<'a> {
    store: &'a Sqlite,
    batches: Cell<u32>,
}

impl Store for Counted<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        self.batches.set(self.batches.get() + 1);
        self.store.batch(batch).await
    }
}

/// The scene in which the jobs before this one have run.
fn before(job: &dyn Job) -> Before {
    let before = much_to_do();
    for earlier in JOBS.iter().take_while(|earlier| earlier.name() != job.name()) {
        before.scene.tick_until_done(&JOBS, earlier.name());
    }
    before
}

#[test]
fn a_worker_that_dies_after_any_batch_of_any_job_changes_nothing_of_the_end() {
    let expected = undisturbed();
    assert!(expected.iter().all(|rows| rows != &json!([])), "there is something of everything");
    for job in JOBS {
        let before = before(job);
        let batches = before.batches_of(job);
        for (left, is_done_unheard) in (0..batches).flat_map(|left| [(left, false), (left + 1, true)]) {
            before.tried(|scene| {
                let killed = Killed::after(scene.store(), left, is_done_unheard);
                let report = only(scene.tick_through(&killed, &JOBS, Asked::Job(job.name())));
                // The answer to the last batch of all says nothing that is needed.
                assert_eq!(report.outcome, Outcome::Failed, "{} {left}", job.name());
                assert!(report.cause.is_some());
                // Nobody waits for longer than the lease.
                scene.advance(Span::seconds(61));
                all_done(scene);
                assert_end(scene, &expected, &format!("{} died after {left} batches", job.name()));
            });
        }
    }
}

/// A worker that is overtaken by another one before one of its batches.
struct Overtaken<'a> {
    store: &'a Sqlite,
    left: Cell<u32>,
    other: &'a dyn Fn(),
}

impl Store for Overtaken<'_> {
    async fn batch(&self, batch: &Batch<'_>) -> Result<Answer, StoreError> {
        if self.left.replace(self.left.get().wrapping_sub(1)) == 0 {
            (self.other)();
        }
        self.store.batch(batch).await
    }
}

#[test]
fn of_two_runs_at_once_the_second_leaves_the_job_alone() {
    let expected = undisturbed();
    for job in JOBS {
        let before = before(job);
        for left in 1..before.batches_of(job) {
            before.tried(|scene| {
                let other = || {
                    let report = only(scene.tick(&JOBS, Asked::Job(job.name())));
                    assert_eq!((report.outcome, report.changed), (Outcome::Busy, 0), "{}", job.name());
                };
                let overtaken = Overtaken { store: scene.store(), left: Cell::new(left), other: &other };
                let report = only(scene.tick_through(&overtaken, &JOBS, Asked::Job(job.name())));
                assert_eq!(report.outcome, Outcome::Done);
                all_done(scene);
                assert_end(scene, &expected, &format!("{} was met before batch {left}", job.name()));
            });
        }
    }
}

#[test]
fn a_run_that_slept_longer_than_its_lease_changes_nothing_more() {
    let expected = undisturbed();
    for job in JOBS {
        let before = before(job);
        for left in 1..before.batches_of(job) {
            before.tried(|scene| {
                let seen = Cell::new(None);
                let other = || {
                    scene.advance(Span::seconds(61));
                    scene.tick_until_done(&JOBS, job.name());
                    // The other one holds the lease still, as if it were in the middle.
                    scene.execute(&format!(
                        "UPDATE scheduled_jobs SET leased_until = {} WHERE job = '{}'",
                        scene.now().0 + 60_000,
                        job.name()
                    ));
                    seen.set(Some(scene.everything()));
                };
                let overtaken = Overtaken { store: scene.store(), left: Cell::new(left), other: &other };
                scene.tick_through(&overtaken, &JOBS, Asked::Job(job.name()));
                scene.assert_unchanged(&seen.take().unwrap());
                scene.advance(Span::seconds(61));
                all_done(scene);
                assert_end(scene, &expected, &format!("{} slept before batch {left}", job.name()));
            });
        }
    }
}

#[test]
fn a_job_that_fails_says_so_and_does_not_hold_up_the_others() {
    let Before { scene, .. } = much_to_do();
    scene.execute("ALTER TABLE trial_warnings RENAME TO elsewhere");
    let reports = scene.tick(&JOBS, Asked::Rhythm(tallygate::schedule::Rhythm::Hour));
    let outcomes: Vec<_> = reports.iter().map(|report| (report.job, report.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("expire_invitations", Outcome::Done),
            ("warn_trials", Outcome::Failed),
            ("end_trials", Outcome::Done),
            ("close_calls", Outcome::Done),
            ("reconcile", Outcome::Done),
            ("close_periods", Outcome::Done),
            ("bill_overage", Outcome::Done),
            ("roll_up_figures", Outcome::Done),
            ("remind_invitations", Outcome::Done),
            ("clear_sessions", Outcome::Done),
            ("correct_addresses", Outcome::Done)
        ]
    );
    let failure = scene.rows("SELECT failure, leased_until FROM scheduled_jobs WHERE job = 'warn_trials'");
    assert!(failure[0]["failure"].as_str().unwrap().contains("no such table"), "{failure}");
    // It is tried again with the next minute, and the failure is forgotten when it succeeds.
    scene.execute("ALTER TABLE elsewhere RENAME TO trial_warnings");
    scene.tick(&JOBS, Asked::Rhythm(tallygate::schedule::Rhythm::Minute));
    let failure = scene.rows("SELECT failure, is_unfinished FROM scheduled_jobs WHERE job = 'warn_trials'");
    assert_eq!(failure, json!([{"failure": null, "is_unfinished": 0}]));
}
