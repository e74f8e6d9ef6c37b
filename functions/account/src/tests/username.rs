use serde_json::{json, Value as Json};
use tallygate::{
    rules::username::Username,
    testing::{invalid, Person, Scene},
};

use super::{get, post, refusal};

fn look(scene: &Scene, person: &Person, wanted: &str) -> Json {
    let reply = get(scene, person, &format!("username?wanted={wanted}"));
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    reply.body
}

fn take(scene: &Scene, person: &Person, username: &str) -> (u16, Json) {
    post(scene, person, "username", json!({ "username": username })).answer()
}

#[test]
fn a_username_is_one_person_s_whatever_its_case() {
    // given
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    assert_eq!(look(&scene, &bob, "Countess")["available"], true);
    // when
    let taken = take(&scene, &ada, "Countess");
    // then
    assert_eq!(taken, (200, json!({ "success": true, "message": "The username is yours.", "username": "Countess" })));
    let (status, body) = refusal(&scene, || post(&scene, &bob, "username", json!({ "username": "cOUNTESS" })));
    assert_eq!((status, &body["code"]), (409, &json!("username_taken")));
    assert_eq!(body["suggestions"].as_array().unwrap().len(), 3);
    // her own is hers, in another case too
    assert_eq!(look(&scene, &ada, "countess")["available"], true);
    assert_eq!(take(&scene, &ada, "countess").0, 200);
    assert_eq!(take(&scene, &ada, "countess").0, 200);
    // another one leaves the first one free
    assert_eq!(take(&scene, &ada, "lovelace").0, 200);
    assert_eq!(take(&scene, &bob, "COUNTESS").0, 200);
}

#[test]
fn what_is_not_to_be_had_says_why_and_what_is() {
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    take(&scene, &bob, "ada");
    take(&scene, &bob, "ada1");
    for (wanted, reason) in [("ada1", "taken"), ("admin", "reserved"), ("a", "invalid"), ("Ada%20Lovelace", "invalid")]
    {
        let body = look(&scene, &ada, wanted);
        assert_eq!((&body["available"], &body["reason"]), (&json!(false), &json!(reason)), "{wanted}");
        let suggestions = body["suggestions"].as_array().unwrap();
        assert_eq!(suggestions.len(), 3);
        for one in suggestions {
            let one = one.as_str().unwrap();
            assert!(Username::parse(one).is_ok() && one != "ada1", "{one}");
            assert_eq!(look(&scene, &ada, one)["available"], true, "{one}");
        }
    }
    assert_eq!(get(&scene, &ada, "username").answer(), invalid("wanted", "is required"));
}

#[test]
fn only_what_can_be_one_is_taken() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for username in
        [json!("ab"), json!("a b c"), json!("admin"), json!("_Support_"), json!("é".repeat(5)), json!("a".repeat(31))]
    {
        let refused = refusal(&scene, || post(&scene, &ada, "username", json!({ "username": username })));
        assert_eq!(refused, invalid("username", &format!("must be {}", Username::EXPECTED)), "{username}");
    }
    assert_eq!(refusal(&scene, || post(&scene, &ada, "username", json!({}))), invalid("username", "is required"));
}
