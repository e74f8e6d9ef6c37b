use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, Person, Scene},
};

use super::{current_organization, FUNCTION};

const VOIP: &str = include_str!("../../../../catalogs/voip.toml");

fn only_enterprise() -> (u16, Json) {
    invalid("plan", "must be a plan for teams: enterprise")
}

#[test]
fn a_plan_must_be_one_for_teams_that_is_still_offered() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for plan in ["starter", "professional", "nothing"] {
        assert_eq!(scene.refusal(&FUNCTION, &ada, json!({"name": "Acme", "plan": plan})), only_enterprise());
    }
    // The plan is told before the slug.
    let body = json!({"name": "Acme", "plan": "starter", "slug": "personal-ada"});
    assert_eq!(scene.refusal(&FUNCTION, &ada, body), only_enterprise());
    // and a retired plan is not offered, nor is there any other
    scene.execute("UPDATE plans SET retired = 1 WHERE id = 'enterprise'");
    for body in [json!({"name": "Acme", "plan": "enterprise"}), json!({"name": "Acme"})] {
        let none = invalid("plan", "cannot be chosen: the catalog has none for teams");
        assert_eq!(scene.refusal(&FUNCTION, &ada, body), none);
    }
}

#[test]
fn where_no_plan_starts_teams_one_must_be_chosen() {
    let scene = Scene::with_changed_catalog("starts = \"team\"", "");
    let ada = scene.sign_up("ada");
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"name": "Acme"})),
        invalid("plan", "is required; it must be one of: enterprise")
    );
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme", "plan": "enterprise"}));
    assert_eq!((reply.status, reply.body["organization"]["status"].clone()), (201, json!("incomplete")));
}

#[test]
fn a_team_plan_nobody_starts_on_gives_no_trial_and_nobody_a_paid_plan_for_nothing() {
    // given: a second team plan, and a third that costs nothing
    let more = "
[[plans]]
id = \"family\"
name = \"Family\"
audience = \"any\"
price_month_cents = 500
seats = 5
concurrent_sessions = 2
trial_days = 30

[[plans]]
id = \"club\"
name = \"Club\"
audience = \"team\"
price_month_cents = 0
seats = -1
concurrent_sessions = 1
";
    let scene = Scene::with_catalog(&format!("{VOIP}{more}"));
    let ada = scene.sign_up("ada");
    // when, then
    let family = scene.call(&FUNCTION, &ada, json!({"name": "Family", "plan": "family"})).body;
    assert_eq!(
        (family["organization"]["status"].clone(), family["organization"]["seatLimit"].clone()),
        (json!("incomplete"), json!(5))
    );
    assert_eq!(current_organization(&scene, &ada), ada.personal);
    let club = scene.call(&FUNCTION, &ada, json!({"name": "Club", "plan": "club"})).body;
    assert_eq!(
        (club["organization"]["status"].clone(), club["organization"]["seatLimit"].clone()),
        (json!("active"), json!(-1))
    );
    assert_eq!(json!(current_organization(&scene, &ada)), club["organization"]["id"]);
    assert_eq!(scene.rows("SELECT team_trial_started_at FROM users"), json!([{"team_trial_started_at": null}]));
    // and the trial is still to be had
    assert_eq!(scene.call(&FUNCTION, &ada, json!({"name": "Acme"})).body["organization"]["status"], "trialing");
}

#[test]
fn a_start_without_trial_waits_for_its_checkout() {
    let scene = Scene::with_changed_catalog("trial_days = 14", "");
    let ada = scene.sign_up("ada");
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
    assert_eq!(reply.body["organization"]["status"], "incomplete");
    assert_eq!(current_organization(&scene, &ada), ada.personal);
}

#[test]
fn a_new_team_starts_on_the_newest_version_of_its_plan() {
    let second = VOIP[VOIP.find("[[plans]]\nid = \"enterprise\"").unwrap()..].replacen("enterprise", "enterprise@2", 1);
    let first = VOIP.replacen("starts = \"team\"\n", "", 1);
    let scene = Scene::with_catalog(&format!("{first}\n{second}"));
    let ada = scene.sign_up("ada");
    // when: the older one is asked for, or none
    assert_eq!(
        scene.refusal(&FUNCTION, &ada, json!({"name": "Acme", "plan": "enterprise"})),
        invalid("plan", "must be a plan for teams: enterprise@2")
    );
    let reply = scene.call(&FUNCTION, &ada, json!({"name": "Acme"}));
    // then
    let organization = &reply.body["organization"];
    assert_eq!((&organization["plan"], &organization["status"]), (&json!("enterprise@2"), &json!("trialing")));
}

#[test]
fn a_token_that_leaves_the_address_out_gets_no_trial_for_one_that_is_not_confirmed() {
    // given: somebody whose address the issuer denies, or only claims
    for claim in [json!(false), Json::Null] {
        let scene = Scene::new();
        let ada = Person::named("ada").with("email_verified", claim).with("role", Json::Null);
        scene.first_touch(ada.clone());
        let founded = |person: &Person| {
            scene.advance(Span::minutes(1));
            let reply = scene.call(&FUNCTION, person, json!({"name": "Acme"}));
            (reply.status, reply.body["organization"]["status"].clone())
        };
        // when: a token without it, as the issuer's other templates make them
        let silent = ada.clone().with("email", Json::Null).with("email_verified", Json::Null);
        assert_eq!(founded(&silent), (201, json!("incomplete")));
        // then one that vouches for it has the trial, and once
        let vouched = ada.with("email_verified", json!(true));
        assert_eq!(founded(&vouched), (201, json!("trialing")));
        assert_eq!(founded(&vouched), (201, json!("incomplete")));
    }
}

#[test]
fn a_plan_that_is_free_as_a_trial_is_given_once_and_to_nobody_for_good() {
    // given: the plan that teams start on costs nothing, and only for its fourteen days
    let scene = Scene::with_catalog(include_str!("../../../../catalogs/voice-training.toml"));
    let ada = scene.sign_up("ada");
    let founded = |person: &Person, body: Json| {
        let reply = scene.call(&FUNCTION, person, body);
        (reply.status, reply.body["organization"]["status"].clone())
    };
    // when, then
    assert_eq!(founded(&ada, json!({"name": "First"})), (201, json!("trialing")));
    assert_eq!(founded(&ada, json!({"name": "Second"})), (201, json!("incomplete")));
    assert_eq!(founded(&ada, json!({"name": "Third", "plan": "trial"})), (201, json!("incomplete")));
    // and whoever gets no trial gets no more than it
    let bob = Person::named("bob").with("email_verified", json!(false)).with("role", Json::Null);
    scene.first_touch(bob.clone());
    assert_eq!(founded(&bob, json!({"name": "Unconfirmed"})), (201, json!("incomplete")));
}
