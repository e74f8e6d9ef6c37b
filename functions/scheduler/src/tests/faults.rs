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
};

use super::{
    delivering::{endpoint, Receivers},
    mailing::{switch_on, SECRET},
    Event, VOICE_TRAINING,
};
use crate::JOBS;

/// A database with work for every job, pages of some of them included.
fn much_to_do() -> Scene {
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
    scene.reach(Rc::new(Receivers::default()));
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
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 150)
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
         SELECT '{}' || n, '{team}', 'member.removed', 'm' || n, {} FROM numbers",
        first_id_of(scene.now()),
        scene.now().0
    ));
    Event::at(at("2026-05-14T12:00:00Z"), 5_000).write(&scene, &people[0]);
    scene.set_clock("2026-05-15T12:00:00Z");
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {} WHERE organization_id <> 'team'",
        (scene.now() + Span::days(2)).0
    ));
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
    scene
}

/// All that jobs change, without ids and moments that follow from when a run was.
const END: [&str; 11] = [
        "SELECT organization_id, span, feature, starts_at, events, quantity, scored, score_sum FROM usage_aggregations ORDER BY 1, 2, 3, 4",
        "SELECT organization_id, id FROM usage_events ORDER BY 1, 2",
        "SELECT organization_id, id, status, told_end FROM organization_invitations ORDER BY 1, 2",
        "SELECT organization_id, action, target_id FROM audit_events ORDER BY 1, 2, 3",
        "SELECT organization_id, event_type, target_id, payload FROM outbox ORDER BY 1, 2, 3",
        "SELECT organization_id, trial_ends_at, days FROM trial_warnings ORDER BY 1, 2, 3",
        "SELECT user_id, id FROM active_sessions ORDER BY 1, 2",
        "SELECT event_id FROM webhook_inbox ORDER BY 1",
        "SELECT delivery.endpoint_id, event.event_type, event.target_id, delivery.state, delivery.attempts
         FROM webhook_deliveries delivery LEFT JOIN outbox event ON event.id = delivery.event_id ORDER BY 1, 2, 3",
        "SELECT delivery.kind, delivery.recipient, delivery.state, delivery.attempts, event.organization_id
         FROM mail_deliveries delivery LEFT JOIN outbox event ON event.id = delivery.event_id ORDER BY 1, 2, 3, 4, 5",
        "SELECT job, after_first, after_second, is_unfinished, leased_until, failure FROM scheduled_jobs ORDER BY 1",
];

fn end_state(scene: &Scene) -> [Json; 11] {
    END.map(|sql| scene.rows(sql))
}

fn assert_end(scene: &Scene, expected: &[Json; 11], when: &str) {
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

fn undisturbed() -> [Json; 11] {
    let scene = much_to_do();
    all_done(&scene);
    end_state(&scene)
}

fn only(reports: Vec<Report>) -> Report {
    let [report] = reports.try_into().unwrap();
    report
}

/// How many batches a run of the job needs from where the scene is.
fn batches_of(job: &dyn Job, before: impl Fn() -> Scene) -> u32 {
    (1..)
        .find(|batches| {
            let scene = before();
            let report =
                only(scene.tick_through(&Killed::after(scene.store(), *batches, false), &JOBS, Asked::Job(job.name())));
            report.outcome == Outcome::Done
        })
        .unwrap()
}

/// The scene in which the jobs before this one have run.
fn before(job: &dyn Job) -> Scene {
    let scene = much_to_do();
    for earlier in JOBS.iter().take_while(|earlier| earlier.name() != job.name()) {
        scene.tick_until_done(&JOBS, earlier.name());
    }
    scene
}

#[test]
fn a_worker_that_dies_after_any_batch_of_any_job_changes_nothing_of_the_end() {
    let expected = undisturbed();
    assert!(expected.iter().all(|rows| rows != &json!([])), "there is something of everything");
    for job in JOBS {
        let batches = batches_of(job, || before(job));
        for (left, is_done_unheard) in (0..batches).flat_map(|left| [(left, false), (left + 1, true)]) {
            let scene = before(job);
            let killed = Killed::after(scene.store(), left, is_done_unheard);
            let report = only(scene.tick_through(&killed, &JOBS, Asked::Job(job.name())));
            // The answer to the last batch of all says nothing that is needed.
            assert_eq!(report.outcome, Outcome::Failed, "{} {left}", job.name());
            assert!(report.cause.is_some());
            // Nobody waits for longer than the lease.
            scene.advance(Span::seconds(61));
            all_done(&scene);
            assert_end(&scene, &expected, &format!("{} died after {left} batches", job.name()));
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
        for left in 1..batches_of(job, || before(job)) {
            let scene = before(job);
            let other = || {
                let report = only(scene.tick(&JOBS, Asked::Job(job.name())));
                assert_eq!((report.outcome, report.changed), (Outcome::Busy, 0), "{}", job.name());
            };
            let overtaken = Overtaken { store: scene.store(), left: Cell::new(left), other: &other };
            assert_eq!(only(scene.tick_through(&overtaken, &JOBS, Asked::Job(job.name()))).outcome, Outcome::Done);
            all_done(&scene);
            assert_end(&scene, &expected, &format!("{} was met before batch {left}", job.name()));
        }
    }
}

#[test]
fn a_run_that_slept_longer_than_its_lease_changes_nothing_more() {
    let expected = undisturbed();
    for job in JOBS {
        for left in 1..batches_of(job, || before(job)) {
            let scene = before(job);
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
            all_done(&scene);
            assert_end(&scene, &expected, &format!("{} slept before batch {left}", job.name()));
        }
    }
}

#[test]
fn a_job_that_fails_says_so_and_does_not_hold_up_the_others() {
    let scene = much_to_do();
    scene.execute("ALTER TABLE trial_warnings RENAME TO elsewhere");
    let reports = scene.tick(&JOBS, Asked::Rhythm(tallygate::schedule::Rhythm::Hour));
    let outcomes: Vec<_> = reports.iter().map(|report| (report.job, report.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            ("expire_invitations", Outcome::Done),
            ("warn_trials", Outcome::Failed),
            ("remind_invitations", Outcome::Done),
            ("clear_sessions", Outcome::Done)
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
