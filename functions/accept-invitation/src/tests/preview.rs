use serde_json::{json, Value as Json};
use tallygate::rules::time::Span;

use super::{expired, not_found, Invited, FUNCTION};

fn previewed() -> (u16, Json) {
    let body = json!({
        "success": true,
        "message": "owner invites you to acme.",
        "invitation": {
            "organizationName": "acme",
            "role": "member",
            "invitedBy": "owner",
            "email": "n***@example.com",
            "expiresAt": "2026-03-17T12:00:00.000Z",
        },
    });
    (200, body)
}

#[test]
fn a_link_scanner_does_not_use_the_token_up() {
    // given
    let invited = Invited::new();
    let before = invited.scene.everything();
    for _ in 0..3 {
        // when
        let reply = invited.scene.call_unsigned(&FUNCTION, invited.body("preview"));
        // then
        assert_eq!(reply.answer(), previewed());
        assert_eq!(reply.batches, 1);
    }
    invited.scene.assert_unchanged(&before);
    assert_eq!(invited.call("accept").status, 200);
}

#[test]
fn whoever_holds_the_token_sees_the_same_signed_in_or_not() {
    let invited = Invited::new();
    assert_eq!(invited.call("preview").answer(), previewed());
    assert_eq!(invited.scene.call(&FUNCTION, &invited.owner, invited.body("preview")).answer(), previewed());
    // and asking so signs nobody up
    let passer_by = tallygate::testing::Person::named("passer-by");
    assert_eq!(invited.scene.call(&FUNCTION, &passer_by, invited.body("preview")).answer(), previewed());
    assert_eq!(invited.scene.rows("SELECT id FROM users WHERE id = 'passer-by'"), json!([]));
}

#[test]
fn it_is_gone_with_the_invitation() {
    let invited = Invited::new();
    invited.scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(invited.scene.call_unsigned(&FUNCTION, invited.body("preview")).answer(), previewed());
    invited.scene.advance(Span(1));
    assert_eq!(invited.scene.call_unsigned(&FUNCTION, invited.body("preview")).answer(), expired());
    let unknown = json!({"action": "preview", "token": "unknown"});
    assert_eq!(invited.scene.call_unsigned(&FUNCTION, unknown).answer(), not_found());
}

#[test]
fn only_preview_needs_no_sign_in() {
    let invited = Invited::new();
    for action in ["accept", "decline"] {
        let reply = invited.scene.call_unsigned(&FUNCTION, invited.body(action));
        assert_eq!((reply.status, reply.batches), (401, 0), "{action}");
    }
}
