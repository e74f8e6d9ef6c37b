//! Who is moved to another plan, and what is shown of it before.

use super::*;
use crate::moving::{Move, Record};
use crate::proposed_move;
use crate::questions;

/// The customers on a catalog with a second version of `professional`, which counts fewer uploads.
fn scene() -> Scene {
    let scene = customers();
    let start = VOIP.find("[[plans]]\nid = \"professional\"").unwrap();
    let end = VOIP.find("[[plans]]\nid = \"enterprise\"").unwrap();
    let second =
        VOIP[start..end].replacen("professional", "professional@2", 1).replacen("limit = -1", "limit = 900", 1);
    scene.load(&format!("{}{second}{}", &VOIP[..end], &VOIP[end..]));
    // Bob pays through Stripe.
    scene.execute(
        "UPDATE org_subscriptions SET stripe_subscription_id = 'sub_1' WHERE organization_id = (
  SELECT id FROM organizations WHERE personal_user_id = 'bob')",
    );
    scene
}

fn personal(scene: &Scene, person: &str) -> String {
    let rows = scene.rows(&format!("SELECT id FROM organizations WHERE personal_user_id = '{person}'"));
    rows[0]["id"].as_str().unwrap().to_string()
}

fn propose(scene: &Scene, from: &str, to: &str, organizations: &[&str], consented: bool) -> Json {
    let asked: Json = serde_json::from_str(&questions(organizations)).unwrap();
    let answers = asked.as_array().unwrap().iter().map(|question| {
        (question["name"].as_str().unwrap().to_string(), scene.rows(question["sql"].as_str().unwrap()))
    });
    let answers: Json = answers.collect::<serde_json::Map<_, _>>().into();
    let moved = Move { from, to, organizations: organizations.to_vec() };
    let record = Record { request: "move_1", at: 1_773_144_000_000 };
    serde_json::from_str(&proposed_move(&moved, &answers.to_string(), consented, &record).unwrap()).unwrap()
}

fn plans(scene: &Scene) -> Json {
    scene.rows(
        "SELECT o.personal_user_id AS person, s.plan_id AS plan, s.moved_from_plan_id AS moved_from
         FROM org_subscriptions s JOIN organizations o ON o.id = s.organization_id ORDER BY 1",
    )
}

#[test]
fn everybody_on_a_plan_is_moved_with_consent_where_they_lose_something() {
    let scene = scene();
    let proposal = propose(&scene, "professional", "professional@2", &[], false);
    assert_eq!(
        proposal["table"].as_str().unwrap().lines().last().unwrap(),
        "uploads  unlimited a calendar month  900 a calendar month              2       2  yes"
    );
    let counts = ["organizations", "paying", "atStripe"].map(|name| proposal[name].as_i64().unwrap());
    assert_eq!((counts, &proposal["takesFromWhoPays"]), ([2, 2, 1], &json!(true)));
    // when: it is done without
    let before = scene.everything();
    assert!(do_push(&scene, &proposal).is_err());
    scene.assert_unchanged(&before);
    // then: with consent it is done, and what Stripe asks of Bob is remembered
    do_push(&scene, &propose(&scene, "professional", "professional@2", &[], true)).unwrap();
    assert_eq!(
        plans(&scene),
        json!([
            {"person": "ada", "plan": "professional@2", "moved_from": null},
            {"person": "bob", "plan": "professional@2", "moved_from": "professional"},
            {"person": "cy", "plan": "starter", "moved_from": null},
        ])
    );
    let event = |person: &str| {
        json!({"organization": personal(&scene, person), "actor": "operator", "action": "subscription.moved",
               "target": "professional@2", "details": "{\"from\":\"professional\"}"})
    };
    assert_eq!(scene.audit(), json!([event("ada"), event("bob")]));
    assert_eq!(
        scene.rows("SELECT COUNT(*) AS told FROM outbox WHERE event_type = 'subscription.updated' AND target_id = 'professional@2'"),
        json!([{"told": 2}])
    );
    // and the way back takes nothing and needs none
    let back = propose(&scene, "professional@2", "professional", &[], false);
    assert_eq!(back["takesFromWhoPays"], false);
    scene.execute("DROP TRIGGER history_is_not_deleted; DELETE FROM outbox; DELETE FROM audit_events");
    do_push(&scene, &back).unwrap();
    assert_eq!(plans(&scene)[1], json!({"person": "bob", "plan": "professional", "moved_from": null}));
}

#[test]
fn some_are_moved_by_their_ids() {
    let scene = scene();
    let (ada, cy) = (personal(&scene, "ada"), personal(&scene, "cy"));
    let proposal = propose(&scene, "professional", "professional@2", &[&ada], true);
    assert_eq!((&proposal["organizations"], &proposal["atStripe"]), (&json!(1), &json!(0)));
    do_push(&scene, &proposal).unwrap();
    assert_eq!(
        (&plans(&scene)[0]["plan"], &plans(&scene)[1]["plan"]),
        (&json!("professional@2"), &json!("professional"))
    );
    // and who is on another plan is nobody to be moved from this one
    let proposal = propose(&scene, "professional", "professional@2", &[&cy, "nowhere"], true);
    assert_eq!(proposal["impossible"], json!(["2 of the 2 organizations named are not on professional or not there."]));
}

#[test]
fn a_plan_of_the_other_audience_or_none_is_no_place_to_move_to() {
    let scene = scene();
    for (from, to, problem) in [
        ("professional", "enterprise", "The plan enterprise is for `team`: 2 of them are of the other kind."),
        ("professional", "nothing", "The database has no plan nothing."),
        ("professional", "professional", "The plan professional is where they are already."),
    ] {
        assert_eq!(propose(&scene, from, to, &[], true)["impossible"], json!([problem]));
    }
}

#[test]
fn a_move_that_looked_before_a_push_is_not_done() {
    let scene = scene();
    let proposal = propose(&scene, "professional", "professional@2", &[], true);
    do_push(&scene, &push(&scene, VOIP, &["--yes"])).unwrap();
    assert!(do_push(&scene, &proposal).is_err());
}
