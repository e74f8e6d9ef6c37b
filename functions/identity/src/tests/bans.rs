use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{Person, Scene, TOUCH},
};

use super::{ada, clerk, scene, with};

fn ban(scene: &Scene) -> Json {
    scene.rows("SELECT CASE WHEN banned_at IS NULL THEN 0 ELSE 1 END AS banned, banned_by AS by FROM users")
}

fn touch(scene: &Scene) -> u16 {
    scene.call(&TOUCH, &Person::named("ada"), json!({})).status
}

fn audited(scene: &Scene) -> Vec<String> {
    let audit = scene.audit();
    audit.as_array().unwrap().iter().map(|row| row["action"].as_str().unwrap().to_string()).collect()
}

#[test]
fn a_ban_refuses_the_next_request_and_is_lifted_by_the_provider() {
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    assert_eq!(touch(&scene), 200);
    clerk(&scene, "user.updated", &with(ada(1), "banned", json!(true)));
    assert_eq!((ban(&scene), touch(&scene)), (json!([{"banned": 1, "by": "provider"}]), 403));
    scene.advance(Span::seconds(1));
    clerk(&scene, "user.updated", &ada(2));
    assert_eq!((ban(&scene), touch(&scene)), (json!([{"banned": 0, "by": null}]), 200));
    assert_eq!(audited(&scene), ["user.banned", "user.unbanned"]);
}

#[test]
fn the_operators_ban_is_the_operators_to_lift() {
    for by in ["'operator'", "NULL"] {
        let scene = scene();
        clerk(&scene, "user.created", &ada(0));
        scene.execute(&format!("UPDATE users SET banned_at = 5, banned_by = {by}"));
        let before = ban(&scene);
        clerk(&scene, "user.updated", &with(ada(1), "banned", json!(true)));
        clerk(&scene, "user.updated", &ada(2));
        assert_eq!((ban(&scene), touch(&scene)), (before, 403));
        assert!(audited(&scene).is_empty());
    }
}

#[test]
fn who_is_banned_from_the_start_is_made_banned() {
    let scene = scene();
    clerk(&scene, "user.created", &with(ada(0), "banned", json!(true)));
    assert_eq!((ban(&scene), touch(&scene)), (json!([{"banned": 1, "by": "provider"}]), 403));
}

#[test]
fn an_older_message_neither_bans_nor_lifts() {
    let scene = scene();
    clerk(&scene, "user.updated", &with(ada(5), "banned", json!(true)));
    clerk(&scene, "user.updated", &ada(4));
    assert_eq!(ban(&scene)[0]["banned"], 1);
    clerk(&scene, "user.updated", &ada(6));
    clerk(&scene, "user.updated", &with(ada(5), "banned", json!(true)));
    assert_eq!(ban(&scene)[0]["banned"], 0);
    // Of the same moment the later one counts: a ban written straight into the provider's database has no new time.
    clerk(&scene, "user.updated", &with(ada(6), "banned", json!(true)));
    assert_eq!(ban(&scene)[0]["banned"], 1);
}
