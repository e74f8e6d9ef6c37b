use serde_json::json;
use tallygate::testing::Scene;

use super::{act, refused, staff};

#[test]
fn a_super_admin_alone_says_who_is_of_the_staff_and_never_of_themselves() {
    let scene = Scene::new();
    let (boss, root) = (staff(&scene, "boss", "super_admin"), staff(&scene, "root", "admin"));
    scene.sign_up("ada");
    let body = |user: &str, account_type: &str| json!({ "user": user, "accountType": account_type, "reason": "hired" });
    refused(&scene, &root, "account-type", body("ada", "admin"), 403, "forbidden");
    refused(&scene, &root, "account-type", body("root", "super_admin"), 403, "forbidden");
    refused(&scene, &boss, "account-type", body("boss", "user"), 400, "invalid_field");
    refused(&scene, &boss, "account-type", body("ada", "user"), 409, "unchanged");
    refused(&scene, &boss, "account-type", body("nobody", "user"), 404, "person_not_found");
    refused(&scene, &boss, "account-type", body("ada", "owner"), 400, "invalid_field");
    let reply = act(&scene, &boss, "account-type", body("ada", "super_admin"));
    assert_eq!(
        (&reply.body["act"]["before"], &reply.body["act"]["after"]),
        (&json!({ "accountType": "user" }), &json!({ "accountType": "super_admin" }))
    );
    assert_eq!(
        scene.rows("SELECT account_type FROM users WHERE id = 'ada'"),
        json!([{ "account_type": "super_admin" }])
    );
}

#[test]
fn however_they_demote_each_other_one_stays() {
    let scene = Scene::new();
    let all: Vec<_> = (0..10).map(|place| staff(&scene, &format!("s{place}"), "super_admin")).collect();
    for (place, person) in all.iter().enumerate() {
        for other in all.iter().skip(place + 1).chain(&all[..place]) {
            act(&scene, person, "account-type", json!({ "user": other.id, "accountType": "user", "reason": "a coup" }));
        }
    }
    assert_eq!(scene.rows("SELECT id FROM users WHERE account_type = 'super_admin'"), json!([{ "id": "s0" }]));
}
