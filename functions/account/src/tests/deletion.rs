use std::{cell::RefCell, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    testing::{invalid, refused, Person, Scene, TestReply},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use super::{ask, get, post, refusal};

fn delete(scene: &Scene, person: &Person, confirm: &str) -> TestReply {
    post(scene, person, "delete", json!({ "confirm": confirm }))
}

fn gone() -> (u16, Json) {
    refused(403, "account_disabled", "This account is no longer active.")
}

#[test]
fn it_is_said_before_what_becomes_of_each_organization() {
    // given: ada owns a team alone, one with an admin, one with another owner, and is in one of bob's
    let scene = Scene::new();
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|id| scene.sign_up(id));
    for team in ["alone", "admin", "owner"] {
        scene.team(team, &ada);
    }
    scene.team("theirs", &bob);
    scene.member("alone", &bob, "member");
    scene.member("admin", &cid, "admin");
    scene.member("owner", &bob, "owner");
    scene.member("theirs", &ada, "admin");
    scene.execute(
        "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('alone', 'sub_1', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r'),
                ('theirs', 'sub_2', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
    );
    let before = scene.everything();
    // when
    let reply = get(&scene, &ada, "delete");
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let one = |id: &str, becomes: &str, heir: Json, others: i64, paid: bool| {
        json!({
            "id": id, "name": id, "kind": "team", "role": if id == "theirs" { "admin" } else { "owner" }, "becomes": becomes, "heir": heir,
            "otherMembers": others, "paid": paid,
        })
    };
    let mut organizations = reply.body["organizations"].as_array().unwrap().clone();
    let at = organizations.iter().position(|organization| organization["kind"] == "personal").unwrap();
    assert_eq!(organizations.remove(at)["becomes"], "archived");
    assert_eq!(
        Json::from(organizations),
        json!([
            one("admin", "transferred", json!("cid"), 1, false),
            one("alone", "archived", json!(null), 1, true),
            one("owner", "left", json!(null), 1, false),
            one("theirs", "left", json!(null), 1, true),
        ])
    );
    assert_eq!((&reply.body["subscriptionsCancelled"], &reply.body["confirmBy"]), (&json!(1), &json!(["email"])));
    let profile = json!({ "what": "the profile" });
    assert!(reply.body["erased"].as_array().unwrap().contains(&profile));
    assert!(reply.body["kept"].as_array().unwrap().iter().all(|kept| kept["why"].is_string()));
    scene.assert_unchanged(&before);
}

#[test]
fn it_is_done_as_it_was_said_and_the_token_is_worth_nothing_from_then_on() {
    let scene = Scene::new();
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|id| scene.sign_up(id));
    for team in ["alone", "admin"] {
        scene.team(team, &ada);
    }
    scene.member("alone", &bob, "member");
    scene.member("admin", &cid, "admin");
    // when: in whatever case, and with blanks around
    let reply = delete(&scene, &ada, " Ada@Example.COM ");
    // then
    let done =
        json!({ "success": true, "message": "Your account is deleted.", "deleted": true, "cancelledSubscriptions": 0 });
    assert_eq!((reply.answer(), reply.batches), ((200, done), 1));
    assert_eq!(
        scene.rows("SELECT email, name, deleted_at FROM users WHERE id = 'ada'"),
        json!([{ "email": null, "name": "Deleted user", "deleted_at": scene.now().0 }])
    );
    assert_eq!(
        scene.rows("SELECT id, archived_by FROM organizations WHERE kind = 'team' ORDER BY id"),
        json!([{ "id": "admin", "archived_by": null }, { "id": "alone", "archived_by": "ada" }])
    );
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'admin'"),
        json!([{ "user_id": "cid", "role": "owner" }])
    );
    for (method, path) in [("GET", "me"), ("GET", "delete"), ("GET", "profile"), ("POST", "onboarding")] {
        let asked = refusal(&scene, || ask(&scene, &ada, method, path, &[], Some(json!({ "step": "x" }))));
        assert_eq!(asked, gone(), "{path}");
    }
    assert_eq!(refusal(&scene, || delete(&scene, &ada, "ada@example.com")), gone());
}

#[test]
fn only_by_the_caller_s_own_name_is_it_confirmed() {
    let scene = Scene::new();
    let (ada, _bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    for said in ["bob@example.com", "ada", "yes", "%", "erased"] {
        assert_eq!(
            refusal(&scene, || delete(&scene, &ada, said)),
            invalid("confirm", "must be your own e-mail address"),
            "{said}"
        );
    }
    assert_eq!(refusal(&scene, || post(&scene, &ada, "delete", json!({}))), invalid("confirm", "is required"));
    scene.execute("UPDATE users SET username = 'Countess' WHERE id = 'ada'");
    let either = invalid("confirm", "must be your own e-mail address or username");
    assert_eq!(refusal(&scene, || delete(&scene, &ada, "nobody")), either);
    assert_eq!(delete(&scene, &ada, "countesS").status, 200);
}

#[test]
fn whoever_has_no_name_says_their_id() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET email = NULL, email_verified = 0");
    let ada = ada.with("email", Json::Null);
    assert_eq!(get(&scene, &ada, "delete").body["confirmBy"], json!(["id"]));
    let problem = invalid("confirm", "must be your own id, since you have neither an address nor a username");
    assert_eq!(refusal(&scene, || delete(&scene, &ada, "ADA")), problem);
    assert_eq!(delete(&scene, &ada, "ada").status, 200);
}

#[test]
fn where_sessions_are_enforced_it_needs_one() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE catalog_settings SET sessions_enforced = 1");
    let (status, body) = refusal(&scene, || delete(&scene, &ada, "ada@example.com"));
    assert_eq!((status, &body["code"], &body["reason"]), (401, &json!("session_ended"), &json!("missing")));
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM users WHERE deleted_at IS NOT NULL"), json!([{ "n": 0 }]));
}

/// Stripe, which answers with a status and remembers what it was asked.
struct Answering(u16, RefCell<Vec<String>>);

impl Transport for Answering {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        self.1.borrow_mut().push(format!("{} {}", request.method, request.url));
        let body = json!({ "error": { "message": "no", "type": "invalid_request_error" } }).to_string();
        Box::pin(std::future::ready(Ok(Incoming { status: self.0, headers: vec![], body })))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

#[test]
fn whoever_is_told_that_stripe_does_not_answer_comes_again_until_it_has() {
    // given: a personal organization that is paid for
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    scene.execute(&format!(
        "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('{}', 'sub_1', 'si', 'price', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
        ada.personal
    ));
    // when Stripe cannot do it
    scene.reach(Rc::new(Answering(500, RefCell::default())));
    let reply = delete(&scene, &ada, "ada@example.com");
    // then the account is gone all the same, and everything but this is refused
    assert_eq!((reply.status, &reply.body["code"]), (503, &json!("provider_unavailable")));
    assert_eq!(get(&scene, &ada, "me").answer(), gone());
    // when it can: what is not there at Stripe any more is cancelled
    let stripe = Rc::new(Answering(404, RefCell::default()));
    scene.reach(stripe.clone());
    let reply = delete(&scene, &ada, "ada@example.com");
    assert_eq!((reply.status, &reply.body["cancelledSubscriptions"]), (200, &json!(1)), "{reply:?}");
    let asked = stripe.1.borrow().clone();
    assert!(asked.iter().all(|asked| asked.contains("sub_1")) && !asked.is_empty(), "{asked:?}");
    // and once Stripe's own message has told of it, there is nothing to come again for
    scene.execute("UPDATE billing_subscriptions SET status = 'canceled'");
    assert_eq!(delete(&scene, &ada, "ada@example.com").answer(), gone());
}

#[test]
fn somebody_who_is_banned_does_not_get_away_from_it() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute("UPDATE users SET banned_at = 1, banned_by = 'operator'");
    assert_eq!(refusal(&scene, || delete(&scene, &ada, "ada@example.com")), gone());
}

#[test]
fn nobody_is_made_to_be_deleted() {
    // given: somebody whom nobody has seen, with a name that is not theirs
    let scene = Scene::new();
    let new = Person::named("new");
    let reply = delete(&scene, &new, "else@example.com");
    assert_eq!(reply.answer(), invalid("confirm", "must be your own e-mail address"));
    assert_eq!(
        scene.rows("SELECT email, deleted_at FROM users"),
        json!([{ "email": "new@example.com", "deleted_at": null }])
    );
}

#[test]
fn who_is_of_the_staff_is_taken_out_of_it_first() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for account_type in ["super_admin", "admin"] {
        scene.execute(&format!("UPDATE users SET account_type = '{account_type}' WHERE id = 'ada'"));
        let before = scene.everything();
        // when
        let (preview, reply) = (get(&scene, &ada, "delete"), delete(&scene, &ada, "ada@example.com"));
        // then
        assert_eq!(preview.body["refusedBecause"], "staff_account", "{preview:?}");
        assert_eq!((reply.status, &reply.body["code"]), (409, &json!("staff_account")), "{reply:?}");
        assert_eq!(scene.everything(), before);
    }
    // when they are not any more
    scene.execute("UPDATE users SET account_type = 'user' WHERE id = 'ada'");
    // then
    assert_eq!(get(&scene, &ada, "delete").body["refusedBecause"], Json::Null);
    assert_eq!(delete(&scene, &ada, "ada@example.com").status, 200);
}
