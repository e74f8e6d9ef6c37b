use serde_json::{json, Value as Json};
use tallygate::testing::{invalid, refused, Scene};

use super::{ask, get, post, refusal};

fn ids(body: &Json) -> Vec<&str> {
    body["organizations"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

#[test]
fn the_list_comes_by_page_and_has_nobody_else_s() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    for team in ["t1", "t2", "t3", "theirs"] {
        scene.team(team, &bob);
    }
    for team in ["t1", "t2", "t3"] {
        scene.member(team, &ada, "viewer");
    }
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 't2'");
    let first = get(&scene, &ada, "organizations?limit=2");
    assert_eq!(ids(&first.body), [ada.personal.as_str(), "t1"]);
    let cursor = first.body["nextCursor"].as_str().unwrap();
    let second = get(&scene, &ada, &format!("organizations?limit=2&cursor={cursor}"));
    assert_eq!((ids(&second.body), &second.body["nextCursor"], second.batches), (vec!["t3"], &Json::Null, 1));
    assert_eq!(
        get(&scene, &ada, "organizations?limit=0").answer(),
        invalid("limit", "must be a whole number from 1 to 100")
    );
}

#[test]
fn somebody_works_where_they_say_from_then_on() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    scene.member("acme", &ada, "admin");
    // when
    let reply = post(&scene, &ada, "switch-organization", json!({ "organizationId": ada.personal }));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true, "message": "You work in ada's Workspace now.",
                "organization": { "id": ada.personal, "name": "ada's Workspace", "slug": "personal-ada", "kind": "personal", "role": "owner" },
            })
        )
    );
    assert_eq!(get(&scene, &ada, "me").body["current"]["id"], json!(ada.personal));
    // by the header as well, and once more
    for _ in 0..2 {
        let reply = ask(&scene, &ada, "POST", "switch-organization", &[("x-organization-id", "acme")], Some(json!({})));
        assert_eq!((reply.status, reply.batches), (200, 1));
        assert_eq!(get(&scene, &ada, "me").body["current"]["id"], "acme");
    }
}

#[test]
fn nobody_switches_to_what_is_not_theirs_or_not_named() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    let switch = |body: Json| refusal(&scene, || post(&scene, &ada, "switch-organization", body.clone()));
    let unknown = refused(404, "organization_not_found", "There is no such organization for you.");
    assert_eq!(switch(json!({ "organizationId": "acme" })), unknown);
    assert_eq!(switch(json!({})), invalid("organizationId", "is required"));
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    assert_eq!(
        refusal(&scene, || post(&scene, &bob, "switch-organization", json!({ "organizationId": "acme" }))),
        unknown
    );
}
