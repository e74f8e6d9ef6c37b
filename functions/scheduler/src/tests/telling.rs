use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    schedule::{Asked, Rhythm},
    testing::Scene,
};

use crate::JOBS;

fn told(scene: &Scene, event: &str) -> Json {
    scene.rows(&format!(
        "SELECT organization_id AS organization, target_id AS target, payload FROM outbox WHERE event_type = '{event}' ORDER BY created_at, id"
    ))
}

#[test]
fn a_trial_is_warned_of_three_days_and_one_day_before_its_end_once_each() {
    // given: a trial of seven days
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let ends = (scene.now() + Span::days(7)).0;
    let warning = |days: i64| {
        json!({"organization": ada.personal, "target": "starter",
            "payload": json!({"plan": "starter", "trialEndsAt": ends, "days": days}).to_string().replace(
                &format!(r#"{{"days":{days},"plan":"starter","trialEndsAt":{ends}}}"#),
                &format!(r#"{{"plan":"starter","trialEndsAt":{ends},"days":{days}}}"#))})
    };
    let ticked = || {
        scene.tick_until_done(&JOBS, "warn_trials");
        told(&scene, "trial.ending")
    };
    // when, then
    scene.advance(Span(Span::days(4).0 - 1));
    assert_eq!(ticked(), json!([]));
    scene.advance(Span(1));
    assert_eq!(ticked(), json!([warning(3)]));
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
    assert!(told[0]["payload"].as_str().unwrap().ends_with(r#""days":1}"#), "{told}");
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
    assert_eq!(told(&scene, "invitation.expired"), json!([{"organization": "team", "target": "i1", "payload": "{}"}]));
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
    assert_eq!(ran(Asked::Rhythm(Rhythm::Minute)), ["aggregate_usage", "deliver_outbox", "retry_deliveries"]);
    assert_eq!(ran(Asked::Rhythm(Rhythm::Hour)), ["expire_invitations", "warn_trials", "clear_sessions"]);
    assert_eq!(
        ran(Asked::Rhythm(Rhythm::Day)),
        ["clear_inbox", "clear_events", "clear_reservations", "clear_deliveries", "clear_mails", "clear_outbox"]
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
