use serde_json::{json, Value as Json};
use tallygate::{
    http::{Body, Request},
    rules::request_ids::Purpose,
    testing::{Person, Scene, TestReply},
};

use super::{clerk, configured, conversion::convert, scene, with, FUNCTION};

fn call(scene: &Scene, method: &str, person: &Person) -> TestReply {
    let headers = [("Authorization".to_string(), format!("Bearer {}", scene.token(person)))];
    scene.send(&FUNCTION, &Request::new(method, "/personal-organization", headers, Body::default()))
}

fn place(scene: &Scene, person: &Person) -> (u16, Json) {
    let reply = call(scene, "GET", person);
    (
        reply.status,
        json!([reply.body["personalOrganizationId"], reply.body["isPersonal"], reply.body["currentOrganizationId"]]),
    )
}

/// Somebody with a row and nothing else.
fn bare(scene: &Scene) -> Person {
    scene.execute(
        "INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ('ada', 0, 'Ada King', 0, 'r')",
    );
    Person::named("ada")
}

#[test]
fn it_is_told_which_one_is_ones_own_and_whether_one_is_in_it() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    assert_eq!(place(&scene, &ada), (200, json!([ada.personal, true, ada.personal])));
    let team = scene.team("team", &ada);
    assert_eq!(place(&scene, &ada), (200, json!([ada.personal, false, team])));
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'team'");
    assert_eq!(place(&scene, &ada), (200, json!([ada.personal, false, null])));
}

#[test]
fn whoever_has_none_gets_one_and_only_one() {
    // given
    let scene = scene();
    let ada = bare(&scene);
    assert_eq!(place(&scene, &ada), (200, json!([null, false, null])));
    // when
    let id = scene.upcoming().id(Purpose::Organization);
    let reply = call(&scene, "POST", &ada);
    // then
    let body = json!({
        "success": true, "message": "Your personal organization was made.", "personalOrganizationId": id,
    });
    assert_eq!((reply.answer(), reply.batches), ((201, body), 1));
    assert_eq!(place(&scene, &ada), (200, json!([id, true, id])));
    assert_eq!(
        scene.rows(
            "SELECT o.name, slug, role, plan_id, status FROM organizations o
                    JOIN organization_members m ON m.organization_id = o.id
                    JOIN org_subscriptions s ON s.organization_id = o.id"
        ),
        json!([{"name": "Ada's Workspace", "slug": "personal-ada", "role": "owner", "plan_id": "starter", "status": "trialing"}])
    );
    let created =
        json!([{"organization": id, "actor": "ada", "action": "organization.created", "target": id, "details": "{}"}]);
    assert_eq!(scene.audit(), created);
    assert_eq!(scene.outbox(), json!([{"organization": id, "event": "organization.created", "target": id}]));
    // and again
    let before = scene.everything();
    let again = call(&scene, "POST", &ada);
    assert_eq!((again.status, again.body["personalOrganizationId"].clone()), (200, json!(id)));
    scene.assert_unchanged(&before);
}

#[test]
fn a_stranger_has_one_by_their_first_request() {
    let scene = scene();
    let reply = call(&scene, "POST", &Person::named("ada"));
    assert_eq!((reply.status, reply.batches), (200, 3));
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM organizations"), json!([{"n": 1}]));
}

#[test]
fn a_plan_that_is_free_as_a_trial_waits_for_whoever_gets_none() {
    // given: individuals start on a trial that costs nothing, and only while it lasts
    let catalog =
        include_str!("../../../../catalogs/voip.toml").replacen("price_month_cents = 9900", "price_month_cents = 0", 1);
    let scene = configured(Scene::with_catalog(&catalog));
    let held = || scene.rows("SELECT status FROM org_subscriptions ORDER BY status");
    let ada = Person::named("ada").with("email_verified", json!(false)).with("role", Json::Null);
    // when: their address is not confirmed yet
    scene.first_touch(ada);
    // then
    assert_eq!(held(), json!([{"status": "incomplete"}]));
    // and it begins once with one that is
    let bob = scene.sign_up("bob");
    assert_eq!(held(), json!([{"status": "incomplete"}, {"status": "trialing"}]));
    // and not again with a second personal organization
    assert_eq!(convert(&scene, &bob, &json!({})).body["personalOrganization"]["status"], "incomplete");
}

#[test]
fn a_workspace_is_named_by_sql_as_it_is_by_the_rules() {
    for name in ["Ada", "Ada King Lovelace", "日本 太郎", "aaa a a", "o'neil x", "%_ x", &"x".repeat(100)] {
        let scene = scene();
        let user = json!({"id": "ada", "first_name": name, "updated_at": 1});
        clerk(&scene, "user.created", &with(user, "last_name", json!(null)));
        let by_rules = scene.rows("SELECT name FROM organizations");
        scene.execute(
            "DROP TRIGGER history_is_not_deleted; DELETE FROM outbox; DELETE FROM audit_events; DELETE FROM org_subscriptions;
                       UPDATE organizations SET archived_at = 1; DELETE FROM organization_members; DELETE FROM former_members;
                       UPDATE users SET current_organization_id = NULL; DELETE FROM organizations;",
        );
        assert_eq!(call(&scene, "POST", &Person::named("ada")).status, 201);
        assert_eq!(scene.rows("SELECT name FROM organizations"), by_rules, "{name}");
    }
}

#[test]
fn one_that_has_become_a_team_since_is_left_alone_where_the_request_that_opened_it_comes_again() {
    let scene = scene();
    let ada = bare(&scene);
    let headers = [("Authorization".to_string(), format!("Bearer {}", scene.token(&ada)))];
    let request = Request::new("POST", "/personal-organization", headers, Body::default());
    let converted = || {
        let reply = convert(&scene, &ada, &json!({ "name": "Acme" }));
        assert_eq!(reply.status, 200, "{reply:?}");
    };
    let reply = scene.send_overtaken(&FUNCTION, &request, &converted);
    assert_eq!(
        (reply.status, &reply.body["message"]),
        (200, &json!("You have a personal organization already.")),
        "{reply:?}"
    );
}
