use serde_json::json;
use tallygate::testing::Scene;

use super::{ask, get, staff};

const PATH: &str = "search?in=people&q=a";

/// What the gateway says of a function that is not there.
fn is_not_there(scene: &Scene, token: Option<&str>, method: &str, path: &str) {
    let before = scene.everything();
    let reply = ask(scene, token, method, path, Some(json!({ "q": "a" })));
    scene.assert_unchanged(&before);
    let said = r#"{"code":"unknown_function","error":"There is no function \"console\".","message":"There is no function \"console\".","success":false}"#;
    assert_eq!((reply.status, reply.body.as_str()), (404, Some(said)), "{method} {path}");
    let headers: Vec<_> = reply.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(
        headers,
        [
            "access-control-allow-origin: *",
            "cache-control: no-store",
            "content-type: application/json",
            "vary: Origin",
            "x-content-type-options: nosniff",
        ]
    );
}

#[test]
fn whoever_is_not_of_the_staff_finds_no_function() {
    let scene = Scene::new();
    let person = scene.sign_up("ada");
    let (banned, gone) = (staff(&scene, "banned", "super_admin"), staff(&scene, "gone", "admin"));
    scene.execute(
        "UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE id = 'banned';
         UPDATE users SET deleted_at = 1, email = NULL, email_verified = 0 WHERE id = 'gone';",
    );
    let never_seen = tallygate::testing::Person::named("never");
    let tokens = [&person, &banned, &gone, &never_seen].map(|person| scene.token(person));
    let all = tokens.iter().map(|token| Some(token.as_str())).chain([None, Some("forged"), Some("tg_key"), Some("")]);
    for token in all {
        for (method, path) in
            [("GET", PATH), ("GET", "nothing"), ("GET", "search"), ("POST", "search"), ("OPTIONS", "search")]
        {
            is_not_there(&scene, token, method, path);
        }
    }
}

#[test]
fn the_staff_is_told_what_is_wrong_with_a_request() {
    let scene = Scene::new();
    let admin = staff(&scene, "root", "admin");
    assert_eq!(get(&scene, &admin, PATH).status, 200);
    assert_eq!(get(&scene, &admin, PATH).batches, 1);
    for (path, status, code) in [
        ("search?in=people", 400, "invalid_field"),
        ("search?q=a&in=cats", 400, "invalid_field"),
        ("nothing", 404, "not_found"),
    ] {
        let reply = get(&scene, &admin, path);
        assert_eq!((reply.status, reply.body["code"].as_str(), reply.batches), (status, Some(code), 1), "{path}");
    }
    assert_eq!(ask(&scene, Some(&scene.token(&admin)), "POST", "search", None).status, 405);
}

#[test]
fn a_demoted_admin_ends_at_once_whatever_their_token_says() {
    let scene = Scene::new();
    let admin = staff(&scene, "root", "admin");
    let token = scene.token(&admin);
    assert_eq!(ask(&scene, Some(&token), "GET", PATH, None).status, 200);
    scene.execute("UPDATE users SET account_type = 'user' WHERE id = 'root'");
    is_not_there(&scene, Some(&token), "GET", PATH);
}

#[test]
fn a_browser_that_was_signed_out_ends_for_the_staff_too() {
    let scene = Scene::new();
    let admin = staff(&scene, "root", "admin");
    let request = |session: &str| {
        let headers = [
            ("Authorization".to_string(), format!("Bearer {}", scene.token(&admin))),
            ("x-session-id".to_string(), session.to_string()),
        ];
        scene.send(
            &crate::FUNCTION,
            &tallygate::http::Request::new("GET", &format!("/{PATH}"), headers, Default::default()),
        )
    };
    let reply = request("never");
    assert_eq!((reply.status, reply.body["code"].as_str()), (401, Some("session_ended")));
}
