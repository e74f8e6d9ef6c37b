//! Who answers an invitation, until when, and what becomes of them.

mod accept;
mod decline;
mod overtaken;
mod preview;
mod withdrawn;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{invalid, refused, refused_with, Person, Scene, TestReply},
};

use crate::FUNCTION;

/// A team with one open invitation, for a member, to somebody who has signed up.
struct Invited {
    scene: Scene,
    owner: Person,
    /// new@example.com
    invitee: Person,
    token: String,
}

impl Invited {
    fn new() -> Self {
        let scene = Scene::new();
        let [owner, invitee] = ["owner", "new"].map(|id| scene.sign_up(id));
        scene.team("acme", &owner);
        let token = scene.invitation("acme", "i1", "new@example.com", "member", &owner);
        Self { scene, owner, invitee, token }
    }

    fn body(&self, action: &str) -> Json {
        json!({"action": action, "token": self.token})
    }

    fn call(&self, action: &str) -> TestReply {
        self.scene.call(&FUNCTION, &self.invitee, self.body(action))
    }

    fn refusal(&self, action: &str) -> (u16, Json) {
        self.scene.refusal(&FUNCTION, &self.invitee, self.body(action))
    }

    /// Refused however it is answered, and for whoever looks.
    fn refused_to_all(&self, expected: &(u16, Json)) {
        for action in ["accept", "decline", "preview"] {
            assert_eq!(self.refusal(action), *expected, "{action}");
        }
    }

    fn status(&self) -> String {
        let rows = self.scene.rows("SELECT status FROM organization_invitations WHERE id = 'i1'");
        rows[0]["status"].as_str().unwrap().to_string()
    }

    fn members(&self) -> Json {
        self.scene
            .rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'acme' ORDER BY user_id")
    }
}

fn not_found() -> (u16, Json) {
    refused(404, "invitation_not_found", "There is no such invitation.")
}

fn wrong_recipient() -> (u16, Json) {
    refused(403, "wrong_recipient", "This invitation was sent to another e-mail address.")
}

fn not_verified() -> (u16, Json) {
    refused(403, "email_not_verified", "Verify your e-mail address first.")
}

fn expired() -> (u16, Json) {
    refused(410, "invitation_expired", "This invitation has expired; ask for a new one.")
}

#[test]
fn an_unknown_token_is_told_from_no_token() {
    let invited = Invited::new();
    for action in ["accept", "decline", "preview"] {
        for token in ["unknown", " token of i1", "i1", "TOKEN OF I1"] {
            let body = json!({"action": action, "token": token});
            assert_eq!(invited.scene.refusal(&FUNCTION, &invited.invitee, body), not_found(), "{action}");
        }
        for token in [Json::Null, json!(" ")] {
            let body = json!({"action": action, "token": token});
            assert_eq!(invited.scene.refusal(&FUNCTION, &invited.invitee, body), invalid("token", "is required"));
        }
        let body = json!({"action": action, "token": ["token of i1"]});
        assert_eq!(invited.scene.refusal(&FUNCTION, &invited.invitee, body), invalid("token", "must be a text"));
    }
    assert_eq!(
        invited.scene.refusal(&FUNCTION, &invited.invitee, json!({"action": "open", "token": invited.token})),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: accept, decline, preview.",
            json!({"field": "action", "actions": ["accept", "decline", "preview"]})
        )
    );
}

#[test]
fn an_answered_invitation_is_told_as_such_even_when_its_week_is_over() {
    for days in [0, 30] {
        for (status, expected) in [
            ("accepted", refused(409, "invitation_used", "This invitation has already been used.")),
            ("revoked", refused(409, "invitation_revoked", "This invitation was revoked.")),
            ("declined", refused(409, "invitation_declined", "This invitation was declined.")),
            ("expired", expired()),
        ] {
            let invited = Invited::new();
            invited.scene.execute(&format!("UPDATE organization_invitations SET status = '{status}', resolved_at = 1"));
            invited.scene.advance(Span::days(days));
            invited.refused_to_all(&expected);
        }
    }
}

#[test]
fn only_the_recipient_answers_and_others_do_not_learn_how_it_stands() {
    // given
    let invited = Invited::new();
    let stranger = invited.scene.sign_up("stranger");
    for status in ["pending", "accepted", "revoked", "declined", "expired"] {
        let resolved = if status == "pending" { "NULL" } else { "1" };
        invited
            .scene
            .execute(&format!("UPDATE organization_invitations SET status = '{status}', resolved_at = {resolved}"));
        for action in ["accept", "decline"] {
            for person in [&stranger, &invited.owner] {
                // when, then
                let refusal = invited.scene.refusal(&FUNCTION, person, invited.body(action));
                assert_eq!(refusal, wrong_recipient(), "{action}, {status}");
            }
        }
    }
}

#[test]
fn an_address_that_nobody_verified_is_not_the_recipient_s() {
    // given: somebody who claims the address, in ways that their user can write
    let invited = Invited::new();
    let claims_it = Person::named("claims").with("email", json!("new@example.com"));
    let unverified = invited.scene.first_touch(claims_it.clone().with("email_verified", json!(false)));
    let in_metadata = Person::named("metadata")
        .with("email", Json::Null)
        .with("user_metadata", json!({"email": "new@example.com", "email_verified": true}));
    let in_metadata = invited.scene.first_touch(in_metadata);
    for action in ["accept", "decline"] {
        // when, then
        assert_eq!(invited.scene.refusal(&FUNCTION, &unverified, invited.body(action)), not_verified());
        assert_eq!(invited.scene.refusal(&FUNCTION, &in_metadata, invited.body(action)), wrong_recipient());
    }
    // nor does it help that a session is there, since the issuer has said otherwise
    assert_eq!(invited.scene.refusal(&FUNCTION, &claims_it, invited.body("accept")), not_verified());
    // and once the issuer says, later, that the address is verified, the same person may
    invited.scene.advance(Span::seconds(1));
    let verified = claims_it.with("email_verified", json!(true));
    assert_eq!(invited.scene.call(&FUNCTION, &verified, invited.body("accept")).status, 200);
    assert_eq!(
        invited.scene.rows("SELECT email, email_verified FROM users WHERE id = 'claims'"),
        json!([{"email": "new@example.com", "email_verified": 1}])
    );
}

#[test]
fn a_newer_verified_address_in_the_token_counts_and_an_older_one_does_not() {
    // given: somebody known by another address
    let invited = Invited::new();
    let moved = invited.scene.sign_up("moved");
    let seconds = invited.scene.now().0 / 1_000;
    let renamed = moved.clone().with("email", json!("New@Example.com"));
    // when, then: a token from before the address was known
    let older = renamed.clone().with("iat", json!(seconds - 1));
    assert_eq!(invited.scene.refusal(&FUNCTION, &older, invited.body("accept")), wrong_recipient());
    // when, then: a token from after
    let newer = renamed.with("iat", json!(seconds + 1));
    assert_eq!(invited.scene.call(&FUNCTION, &newer, invited.body("accept")).status, 200);
    assert_eq!(
        invited.scene.rows("SELECT email, email_verified, email_updated_at FROM users WHERE id = 'moved'"),
        json!([{"email": "new@example.com", "email_verified": 1, "email_updated_at": (seconds + 1) * 1_000}])
    );
    // and the old token does not bring the old address back
    assert_eq!(invited.scene.call(&FUNCTION, &moved, json!({"token": "unknown"})).status, 404);
    assert_eq!(invited.scene.rows("SELECT email FROM users WHERE id = 'moved'"), json!([{"email": "new@example.com"}]));
}

#[test]
fn a_disabled_account_answers_nothing() {
    for disabled in ["banned_at", "deleted_at"] {
        let invited = Invited::new();
        invited.scene.execute(&format!("UPDATE users SET {disabled} = 1, email_verified = 0 WHERE id = 'new'"));
        for action in ["accept", "decline"] {
            assert_eq!(
                invited.refusal(action),
                refused(403, "account_disabled", "This account is no longer active."),
                "{disabled}, {action}"
            );
        }
    }
}

#[test]
fn an_archived_organization_has_no_invitations() {
    let invited = Invited::new();
    invited.scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    invited.refused_to_all(&not_found());
}

#[test]
fn a_token_that_says_unverified_is_remembered_though_its_request_is_refused() {
    // given: somebody whose row says so already, and two tokens that are both still valid
    let invited = Invited::new();
    let seconds = invited.scene.now().0 / 1_000;
    let says = |verified: bool, at: i64| {
        let claims = Person::named("claims").with("email", json!("new@example.com"));
        claims.with("email_verified", json!(verified)).with("iat", json!(seconds + at))
    };
    invited.scene.first_touch(says(false, 0));
    let [older, newer] = [says(true, 1), says(false, 2)];
    for action in ["accept", "decline"] {
        // when
        assert_eq!(invited.scene.refusal(&FUNCTION, &newer, invited.body(action)), not_verified());
        // then: the older one is not believed any more
        assert_eq!(invited.scene.refusal(&FUNCTION, &older, invited.body(action)), not_verified(), "{action}");
    }
    assert_eq!(
        invited.scene.rows("SELECT email_verified, email_said_at FROM users WHERE id = 'claims'"),
        json!([{"email_verified": 0, "email_said_at": (seconds + 2) * 1_000}])
    );
}
