//! Who stops which mails, on real SQLite, every batch sent twice.

use base64ct::{Base64, Encoding};
use hmac::{Hmac, Mac};
use serde_json::{json, Value as Json};
use sha2::Sha256;
use tallygate::{
    http::{Body, Request},
    mails::{Kind, SignedLink, Subject, UNSUBSCRIBE_SECRET},
    testing::{invalid, refused, Person, Scene, TestReply},
};

use crate::FUNCTION;

const SECRET: &str = "a secret of at least thirty-two bytes";
const WEBHOOK: &str = "whsec_dGhlIHNlY3JldCBvZiByZXNlbmQncyB3ZWJob29r";

fn scene() -> (Scene, Person) {
    let scene = Scene::new();
    scene.set(UNSUBSCRIBE_SECRET, SECRET);
    scene.set("RESEND_WEBHOOK_SECRET", WEBHOOK);
    let ada = scene.sign_up("ada");
    (scene, ada)
}

fn link(subject: Subject, kind: Kind) -> String {
    format!("/unsubscribe?{}", SignedLink { subject, kind }.query(SECRET).unwrap())
}

fn of_ada(kind: Kind) -> String {
    link(Subject::User("ada".to_string()), kind)
}

fn send(scene: &Scene, method: &str, path: &str) -> TestReply {
    let form = [("Content-Type".to_string(), "application/x-www-form-urlencoded".to_string())];
    let body = match method {
        "POST" => b"List-Unsubscribe=One-Click".to_vec(),
        _ => Vec::new(),
    };
    scene.send(&FUNCTION, &Request::new(method, path, form, Body::Bytes(body)))
}

fn signed_in(scene: &Scene, person: &Person, method: &str, body: &Json) -> TestReply {
    let headers = [
        ("Authorization".to_string(), format!("Bearer {}", scene.token(person))),
        ("Content-Type".to_string(), "application/json".to_string()),
    ];
    let body = if method == "GET" { Vec::new() } else { body.to_string().into_bytes() };
    scene.send(&FUNCTION, &Request::new(method, "/preferences", headers, Body::Bytes(body)))
}

fn preferences(scene: &Scene) -> Json {
    scene.rows(
        "SELECT user_id, language, limit_warning, limit_reached, trial_ending, endpoint_disabled FROM mail_preferences",
    )
}

/// A message as Resend's webhooks sign it.
fn resend(scene: &Scene, event: &Json) -> TestReply {
    let (body, seconds) = (event.to_string(), scene.now().0 / 1_000);
    let key = Base64::decode_vec(WEBHOOK.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("msg_1.{seconds}.{body}").as_bytes());
    let signature = format!("v1,{}", Base64::encode_string(&mac.finalize().into_bytes()));
    delivered(scene, &body, &signature)
}

fn delivered(scene: &Scene, body: &str, signature: &str) -> TestReply {
    let headers =
        [("svix-id", "msg_1"), ("svix-timestamp", &(scene.now().0 / 1_000).to_string()), ("svix-signature", signature)]
            .map(|(name, value)| (name.to_string(), value.to_string()));
    scene.send(&FUNCTION, &Request::new("POST", "/resend", headers, Body::Bytes(body.as_bytes().to_vec())))
}

fn suppressions(scene: &Scene) -> Json {
    scene.rows("SELECT address, reason FROM mail_suppressions ORDER BY address")
}

#[test]
fn a_link_that_is_followed_asks_and_one_that_is_posted_to_acts() {
    // given
    let (scene, _) = scene();
    let path = of_ada(Kind::LimitWarning);
    // when, then
    let asked = send(&scene, "GET", &path);
    assert_eq!((asked.status, preferences(&scene)), (200, json!([])), "scanners follow links");
    let page = asked.body.as_str().unwrap();
    assert!(page.contains("<form method=\"post\">") && !page.contains("ada"), "{page}");
    assert!(asked.headers["content-security-policy"].contains("default-src 'none'"));
    let done = send(&scene, "POST", &path);
    assert_eq!((done.status, done.batches), (200, 1));
    let turned_off = |limit_reached: i64| json!([{"user_id": "ada", "language": null, "limit_warning": 0, "limit_reached": limit_reached, "trial_ending": 1, "endpoint_disabled": 1}]);
    assert_eq!(preferences(&scene), turned_off(1));
    send(&scene, "POST", &of_ada(Kind::LimitReached));
    assert_eq!(preferences(&scene), turned_off(0), "one kind says nothing of another");
}

#[test]
fn a_link_that_was_not_made_here_does_nothing() {
    let (scene, _) = scene();
    let good = of_ada(Kind::LimitWarning);
    let before = scene.everything();
    for path in [
        good.replace("ada", "bob"),
        good.replace("limit_warning", "limit_reached"),
        "/unsubscribe".to_string(),
        "/unsubscribe?user=ada&kind=limit_warning&signature=".to_string(),
        of_ada(Kind::PaymentFailed),
    ] {
        for method in ["GET", "POST"] {
            let reply = send(&scene, method, &path);
            assert_eq!((reply.status, &reply.body["code"]), (401, &json!("invalid_signature")), "{method} {path}");
        }
    }
    scene.set(UNSUBSCRIBE_SECRET, "");
    assert_eq!(send(&scene, "POST", &good).status, 503);
    scene.assert_unchanged(&before);
}

#[test]
fn somebody_who_is_gone_is_not_made_anew_by_a_link() {
    let (scene, _) = scene();
    scene.execute("UPDATE users SET deleted_at = 1 WHERE id = 'ada'");
    assert_eq!(send(&scene, "POST", &of_ada(Kind::LimitWarning)).status, 200);
    assert_eq!(preferences(&scene), json!([]));
}

#[test]
fn who_was_invited_may_want_no_invitations_any_more() {
    let (scene, ada) = scene();
    scene.team("acme", &ada);
    scene.invitation("acme", "i1", "new@example.com", "member", &ada);
    let subject = || Subject::Invited { organization: "acme".to_string(), invitation: "i1".to_string() };
    assert_eq!(send(&scene, "POST", &link(subject(), Kind::Invitation)).status, 200);
    assert_eq!(send(&scene, "POST", &link(subject(), Kind::InvitationReminder)).status, 200);
    assert_eq!(suppressions(&scene), json!([{"address": "new@example.com", "reason": "unsubscribed"}]));
}

#[test]
fn a_person_chooses_what_they_get_and_what_is_left_out_stays() {
    let (scene, ada) = scene();
    let shown = |language: Json, limit_warning: bool, trial_ending: bool| json!({"language": language, "limitWarning": limit_warning, "limitReached": true, "trialEnding": trial_ending, "endpointDisabled": true});
    let read = || signed_in(&scene, &ada, "GET", &Json::Null).body["preferences"].clone();
    assert_eq!(read(), shown(Json::Null, true, true));
    let reply = signed_in(&scene, &ada, "POST", &json!({"language": "de", "limitWarning": false}));
    assert_eq!((reply.status, reply.batches), (200, 1));
    assert_eq!(reply.body["preferences"], shown(json!("de"), false, true));
    signed_in(&scene, &ada, "POST", &json!({"trialEnding": false}));
    assert_eq!(read(), shown(json!("de"), false, false));
    signed_in(&scene, &ada, "POST", &json!({"limitWarning": true, "trialEnding": true}));
    assert_eq!(read(), shown(json!("de"), true, true));
    // and a language that was chosen is given back
    signed_in(&scene, &ada, "POST", &json!({"language": null}));
    assert_eq!(read(), shown(Json::Null, true, true));
    let bob = scene.sign_up("bob");
    assert_eq!(signed_in(&scene, &bob, "GET", &Json::Null).body["preferences"], shown(Json::Null, true, true));
}

#[test]
fn what_is_no_choice_is_refused() {
    let (scene, ada) = scene();
    for (body, field, problem) in [
        (json!({"language": "fr"}), "language", "must be one of: en, de"),
        (json!({"limitWarning": "no"}), "limitWarning", "must be true or false"),
        (json!({"trialEnding": 0}), "trialEnding", "must be true or false"),
    ] {
        assert_eq!(signed_in(&scene, &ada, "POST", &body).answer(), invalid(field, problem));
    }
    assert_eq!(preferences(&scene), json!([]));
}

#[test]
fn an_address_that_does_not_exist_or_complains_gets_nothing_more() {
    let (scene, ada) = scene();
    // given: one of a person, one that was invited, and one that an invoice's mail was sent to
    for name in ["full", "unsaid", "well", "quiet"] {
        scene.sign_up(name);
    }
    scene.execute("UPDATE users SET email = 'gone@example.com' WHERE id = 'ada'");
    let team = scene.team("acme", &ada);
    scene.invitation(&team, "invited", "angry@example.com", "member", &ada);
    scene.execute(
        "UPDATE organizations SET billing_email = 'books@example.com' WHERE id = 'acme';
         INSERT INTO outbox (id, organization_id, event_type, target_id, created_at) VALUES ('e', 'acme', 'invoice.payment_failed', 'in_1', 1);
         INSERT INTO mail_deliveries (event_id, kind, recipient, state, attempts, created_at, request_id)
         VALUES ('e', 'payment_failed', 'billing', 'sent', 1, 1, 'r')",
    );
    let mail = |kind: &str, address: &str, bounce: Option<&str>| {
        let mut data = json!({"email_id": "e", "from": "mail@example.com", "to": [address], "subject": "s"});
        if let Some(bounce) = bounce {
            data["bounce"] = json!({"type": bounce, "subType": "General", "message": "m"});
        }
        json!({"type": kind, "created_at": "2026-03-10T12:00:00.000Z", "data": data})
    };
    for (event, suppressed) in [
        (mail("email.bounced", "Gone@Example.com", Some("Permanent")), true),
        (mail("email.bounced", "full@example.com", Some("Transient")), false),
        (mail("email.bounced", "unsaid@example.com", None), false),
        (mail("email.complained", "angry@example.com", None), true),
        (mail("email.complained", "books@example.com", None), true),
        (mail("email.delivered", "well@example.com", None), false),
    ] {
        let reply = resend(&scene, &event);
        assert_eq!((reply.status, reply.body["suppressed"] == json!(1)), (200, suppressed), "{event}");
    }
    assert_eq!(
        suppressions(&scene),
        json!([
            {"address": "angry@example.com", "reason": "complained"},
            {"address": "books@example.com", "reason": "complained"},
            {"address": "gone@example.com", "reason": "bounced"},
        ])
    );
    // The first reason stays, but for who only wanted no invitations.
    scene.execute(
        "INSERT INTO mail_suppressions (address, reason, created_at) VALUES ('quiet@example.com', 'unsubscribed', 1)",
    );
    resend(&scene, &mail("email.complained", "gone@example.com", None));
    resend(&scene, &mail("email.complained", "quiet@example.com", None));
    let reasons = scene.rows("SELECT reason FROM mail_suppressions ORDER BY address");
    let [complained, bounced] = ["complained", "bounced"].map(|reason| json!({ "reason": reason }));
    assert_eq!(reasons, json!([complained, complained, bounced, complained]));
}

#[test]
fn what_comes_back_after_an_account_was_deleted_does_not_bring_its_address_back() {
    let (scene, _) = scene();
    scene.execute("UPDATE users SET email = NULL, email_verified = 0, deleted_at = 1 WHERE id = 'ada'");
    let before = scene.everything();
    for kind in ["email.bounced", "email.complained"] {
        let data = json!({"to": ["ada@example.com"], "bounce": {"type": "Permanent"}});
        assert_eq!(resend(&scene, &json!({"type": kind, "data": data})).status, 200);
    }
    scene.assert_unchanged(&before);
}

#[test]
fn only_resend_says_what_became_of_mails() {
    let (scene, _) = scene();
    let before = scene.everything();
    let body = r#"{"type":"email.complained","data":{"to":["ada@example.com"]}}"#;
    let reply = delivered(&scene, body, "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    assert_eq!((reply.status, &reply.body["code"]), (401, &json!("invalid_signature")));
    scene.assert_unchanged(&before);
    assert_eq!(resend(&scene, &json!({"type": "email.bounced", "data": {}})).status, 400);
    let ignored = resend(&scene, &json!({"type": "contact.created", "data": {"id": "c"}}));
    assert_eq!((ignored.status, &ignored.body["ignored"]), (200, &json!(true)));
    scene.set("RESEND_WEBHOOK_SECRET", "");
    let (status, _) = resend(&scene, &json!({"type": "contact.created", "data": {}})).answer();
    assert_eq!(status, refused(503, "not_configured", "").0);
}

#[test]
fn what_was_chosen_since_stays_where_a_request_comes_again() {
    let (scene, ada) = scene();
    let choice = |wanted: bool| json!({ "limitWarning": wanted });
    let choosing = |wanted: bool| {
        let headers = [
            ("Authorization".to_string(), format!("Bearer {}", scene.token(&ada))),
            ("Content-Type".to_string(), "application/json".to_string()),
        ];
        Request::new("POST", "/preferences", headers, Body::Bytes(choice(wanted).to_string().into_bytes()))
    };
    let form = [("Content-Type".to_string(), "application/x-www-form-urlencoded".to_string())];
    let link =
        Request::new("POST", &of_ada(Kind::LimitWarning), form, Body::Bytes(b"List-Unsubscribe=One-Click".to_vec()));
    let meanwhile = || assert_eq!(signed_in(&scene, &ada, "POST", &choice(true)).status, 200);
    for (what, request) in [("a choice", choosing(false)), ("a link", link)] {
        assert_eq!(scene.send_overtaken(&FUNCTION, &request, &meanwhile).status, 200, "{what}");
        assert_eq!(scene.rows("SELECT limit_warning FROM mail_preferences"), json!([{"limit_warning": 1}]), "{what}");
    }
}
