use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::{Span, Timestamp},
    schedule::{Asked, Rhythm},
    testing::{Person, Scene},
};

use super::VOICE_TRAINING;
use crate::JOBS;

fn told(scene: &Scene, event: &str) -> Json {
    scene.rows(&format!(
        "SELECT organization_id AS organization, target_id AS target, payload ->> '$.days' AS days FROM outbox WHERE event_type = '{event}' ORDER BY created_at, id"
    ))
}

#[test]
fn a_trial_is_warned_of_three_days_and_one_day_before_its_end_once_each() {
    // given: a trial of seven days
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let warning = |days: i64| json!({"organization": ada.personal, "target": "starter", "days": days});
    let ticked = || {
        scene.tick_until_done(&JOBS, "warn_trials");
        told(&scene, "trial.ending")
    };
    // when, then
    scene.advance(Span(Span::days(4).0 - 1));
    assert_eq!(ticked(), json!([]));
    scene.advance(Span(1));
    assert_eq!(ticked(), json!([warning(3)]));
    assert_eq!(scene.sent("trial.ending")["subscription"]["trialEndsAt"], "2026-03-17T12:00:00.000Z");
    scene.advance(Span::days(1));
    assert_eq!(ticked(), json!([warning(3)]));
    scene.advance(Span::days(1));
    assert_eq!(ticked(), json!([warning(3), warning(1)]));
    // delivered events leave the table, and nobody is told again
    scene.execute("DELETE FROM outbox");
    scene.advance(Span::days(1));
    assert_eq!(ticked(), json!([]), "it is over");
}

#[test]
fn of_a_trial_whose_last_day_has_come_only_that_is_told_and_what_is_paid_or_archived_is_not_warned() {
    let scene = Scene::new();
    let (ada, bob, cid) = (scene.sign_up("ada"), scene.sign_up("bob"), scene.sign_up("cid"));
    scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'active' WHERE organization_id = '{}';
         UPDATE organizations SET archived_at = 1 WHERE id = '{}'",
        bob.personal, cid.personal
    ));
    scene.advance(Span(Span::days(6).0 + 1));
    scene.tick_until_done(&JOBS, "warn_trials");
    let told = told(&scene, "trial.ending");
    assert_eq!((told.as_array().unwrap().len(), &told[0]["organization"]), (1, &json!(ada.personal)));
    assert_eq!(told[0]["days"], 1);
    // a trial that was made longer is another one
    scene.execute(&format!(
        "UPDATE org_subscriptions SET trial_ends_at = trial_ends_at + {} WHERE organization_id = '{}'",
        Span::days(2).0,
        ada.personal
    ));
    assert_eq!(scene.tick_until_done(&JOBS, "warn_trials"), 1);
    assert_eq!(scene.tick_until_done(&JOBS, "warn_trials"), 0);
}

#[test]
fn an_invitation_that_ran_out_is_told_of_once_for_each_end_and_given_up_after_thirty_days() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let team = scene.team("team", &ada);
    scene.invitation(&team, "i1", "bob@example.com", "member", &ada);
    scene.invitation(&team, "i2", "cid@example.com", "admin", &ada);
    scene.execute("UPDATE organization_invitations SET status = 'accepted', resolved_at = 1 WHERE id = 'i2'");
    let expired = || {
        scene.tick_until_done(&JOBS, "expire_invitations");
        told(&scene, "invitation.expired").as_array().unwrap().len()
    };
    let state = || scene.rows("SELECT id, status, resolved_at FROM organization_invitations WHERE id = 'i1'");
    scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(expired(), 0);
    scene.advance(Span(1));
    assert_eq!((expired(), expired()), (1, 1));
    assert_eq!(told(&scene, "invitation.expired"), json!([{"organization": "team", "target": "i1", "days": null}]));
    assert_eq!(
        scene.audit(),
        json!([{"organization": "team", "actor": "system", "action": "invitation.expired", "target": "i1", "details": "{}"}])
    );
    // it can still be sent again, and runs out again
    assert_eq!(state(), json!([{"id": "i1", "status": "pending", "resolved_at": null}]));
    scene.execute(&format!(
        "UPDATE organization_invitations SET expires_at = {} WHERE id = 'i1'",
        (scene.now() + Span::days(7)).0
    ));
    assert_eq!(expired(), 1);
    scene.advance(Span::days(7));
    assert_eq!(expired(), 2);
    scene.advance(Span(Span::days(30).0 - 1));
    assert_eq!((expired(), state()[0]["status"].clone()), (2, json!("pending")));
    scene.advance(Span(1));
    assert_eq!(expired(), 2);
    assert_eq!(state(), json!([{"id": "i1", "status": "expired", "resolved_at": scene.now().0}]));
}

#[test]
fn one_that_ran_out_long_ago_is_told_of_before_it_is_given_up() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let team = scene.team("team", &ada);
    scene.invitation(&team, "i1", "bob@example.com", "member", &ada);
    scene.advance(Span::days(100));
    scene.tick_until_done(&JOBS, "expire_invitations");
    assert_eq!(told(&scene, "invitation.expired").as_array().unwrap().len(), 1);
    scene.tick_until_done(&JOBS, "expire_invitations");
    assert_eq!(scene.rows("SELECT status FROM organization_invitations"), json!([{"status": "expired"}]));
    assert_eq!(told(&scene, "invitation.expired").as_array().unwrap().len(), 1);
}

#[test]
fn a_tick_runs_the_jobs_of_its_rhythm() {
    let scene = Scene::new();
    let ran = |asked| scene.tick(&JOBS, asked).into_iter().map(|report| report.job).collect::<Vec<_>>();
    assert_eq!(
        ran(Asked::Rhythm(Rhythm::Minute)),
        ["aggregate_usage", "deliver_outbox", "retry_deliveries", "probe_endpoints"]
    );
    assert_eq!(
        ran(Asked::Rhythm(Rhythm::Hour)),
        [
            "expire_invitations",
            "warn_trials",
            "end_trials",
            "close_calls",
            "reconcile",
            "close_periods",
            "bill_overage",
            "roll_up_figures",
            "clear_sessions",
            "correct_addresses"
        ]
    );
    assert_eq!(
        ran(Asked::Rhythm(Rhythm::Day)),
        [
            "forget_customers",
            "forget_invited",
            "remove_endpoints",
            "clear_inbox",
            "clear_events",
            "clear_reservations",
            "clear_deliveries",
            "clear_endpoints",
            "clear_mails",
            "clear_outbox",
            "clear_operator_events"
        ]
    );
    assert_eq!(ran(Asked::Job("clear_inbox")), ["clear_inbox"]);
    assert_eq!(ran(Asked::Job("nothing")), [""; 0]);
}

#[test]
fn the_cron_expressions_are_those_of_the_configuration() {
    let configuration = include_str!("../../wrangler.toml");
    let crons = crate::RHYTHMS.map(|(expression, _)| format!("\"{expression}\"")).join(", ");
    assert!(configuration.contains(&format!("crons = [{crons}]")), "{crons}");
}

#[test]
fn the_end_of_a_trial_is_told_of_once_by_whatever_comes_first() {
    // given: a trial without a plan to fall back to, one that falls back with the next request, and one that was paid in time
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    let told = |scene: &Scene| {
        scene.rows("SELECT organization_id FROM outbox WHERE event_type = 'trial.ended' ORDER BY organization_id")
    };
    let ends = scene.now() + Span::days(1);
    scene.execute(&format!("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {}", ends.0));
    let moves_on = |person: &Person| {
        scene.execute(&format!(
            "UPDATE org_subscriptions SET status = 'active', trial_ends_at = NULL, updated_at = {}, request_id = 'r{}' WHERE organization_id = '{}'",
            scene.now().0,
            person.id,
            person.personal
        ));
    };
    moves_on(&people[2]);
    // when
    assert_eq!(scene.tick_until_done(&JOBS, "end_trials"), 0);
    scene.advance(Span::days(1));
    moves_on(&people[1]);
    assert_eq!(scene.tick_until_done(&JOBS, "end_trials"), 1);
    moves_on(&people[0]);
    assert_eq!(scene.tick_until_done(&JOBS, "end_trials"), 0);
    // then
    let mut expected = [&people[0].personal, &people[1].personal];
    expected.sort();
    assert_eq!(told(&scene), json!(expected.map(|organization| json!({"organization_id": organization}))));
    let sent = scene.sent("trial.ended");
    assert_eq!(sent["subscription"]["plan"], "individual_free");
    assert!(expected.iter().any(|organization| sent["organization"]["id"] == ***organization));
}

#[test]
fn another_trial_has_another_end_and_an_archived_organization_is_told_of_none() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let told = || scene.rows("SELECT COUNT(*) AS told FROM outbox WHERE event_type = 'trial.ended'")[0]["told"].clone();
    let trial = |ends: Timestamp| {
        scene.execute(&format!("UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {}", ends.0))
    };
    for times in 1..=2 {
        trial(scene.now());
        for _ in 0..2 {
            scene.tick_until_done(&JOBS, "end_trials");
        }
        assert_eq!(told(), times);
        scene.advance(Span::days(1));
    }
    trial(scene.now());
    scene.execute(&format!("UPDATE organizations SET archived_at = 1 WHERE id = '{}'", ada.personal));
    assert_eq!(scene.tick_until_done(&JOBS, "end_trials"), 0);
}
