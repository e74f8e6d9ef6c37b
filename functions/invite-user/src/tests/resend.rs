use std::cell::RefCell;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{
        invitation::{derived_token, token_hash},
        time::Span,
    },
    testing::{refused, TestReply},
};

use super::{seat_info, seats_exceeded, shown_once, unpaid, Team, EXPIRY};

fn resend(id: &str) -> Json {
    json!({"action": "resend", "invitationId": id})
}

#[test]
fn the_same_invitation_gets_a_new_token_and_a_new_week() {
    // given
    let team = Team::of_seats(4);
    team.invited("i1");
    team.scene.advance(Span::days(3));
    let upcoming = team.scene.upcoming();
    // when
    let reply = team.call(&team.admin, resend("i1"));
    // then
    assert_eq!(
        reply.answer(),
        (
            200,
            json!({
                "success": true,
                "message": "The invitation of i1@example.com was sent again.",
                "invitation": shown_once(&upcoming, "i1", "i1@example.com", "member", "2026-03-20T12:00:00.000Z"),
                "seatInfo": seat_info(3, 4, 1),
            })
        )
    );
    assert_eq!(reply.batches, 1);
    assert_eq!(
        team.scene.rows("SELECT token_hash, expires_at, created_at, invited_by FROM organization_invitations"),
        json!([{
            "token_hash": token_hash(&upcoming.token()),
            "expires_at": team.scene.now().0 + Span::days(7).0,
            "created_at": team.scene.now().0 - Span::days(3).0,
            "invited_by": "admin",
        }])
    );
    assert_eq!(
        team.scene.audit(),
        json!([{"organization": "acme", "actor": "admin", "action": "invitation.resent", "target": "i1", "details": "{}"}])
    );
    assert_eq!(team.scene.outbox(), json!([{"organization": "acme", "event": "invitation.resent", "target": "i1"}]));
}

#[test]
fn with_a_secret_the_token_follows_from_invitation_and_end_and_is_another_each_time() {
    let team = Team::of_seats(4);
    let secret = "a secret of at least thirty-two bytes";
    team.scene.set("INVITATION_SECRET", secret);
    let made = team.call(&team.admin, json!({"action": "invite", "email": "new@example.com"}));
    let id = made.body["invitation"]["id"].as_str().unwrap().to_string();
    let of = |reply: &TestReply| reply.body["invitation"]["token"].as_str().unwrap().to_string();
    assert_eq!(Some(of(&made)), derived_token(secret, &id, team.scene.now() + Span::days(7)));
    team.scene.advance(Span::days(1));
    let again = team.call(&team.admin, resend(&id));
    team.scene.advance(Span::days(1));
    let and_again = team.call(&team.admin, resend(&id));
    assert_eq!(Some(of(&and_again)), derived_token(secret, &id, team.scene.now() + Span::days(7)));
    assert!(of(&made) != of(&again) && of(&again) != of(&and_again) && of(&made) != of(&and_again));
    let stored = json!([{"token_hash": token_hash(&of(&and_again))}]);
    assert_eq!(team.scene.rows("SELECT token_hash FROM organization_invitations"), stored);
    // One that could be guessed is as good as none.
    team.scene.set("INVITATION_SECRET", "short");
    let upcoming = team.scene.upcoming();
    assert_eq!(of(&team.call(&team.admin, resend(&id))), upcoming.token());
}

#[test]
fn it_is_counted_once_where_its_answer_was_lost_and_another_came_before_it_came_again() {
    let team = Team::of_seats(4);
    team.invited("i1");
    let request =
        team.scene.post(Some(&team.admin), &[("x-organization-id", "acme")], resend("i1").to_string().into_bytes());
    let shown = RefCell::new(String::new());
    let another = || {
        team.scene.advance(Span(1));
        let reply = team.call(&team.admin, resend("i1"));
        shown.replace(reply.body["invitation"]["token"].as_str().unwrap().to_string());
    };
    let reply = team.scene.send_overtaken(&crate::FUNCTION, &request, &another);
    assert_eq!((reply.status, &reply.body["invitation"]["expiresAt"]), (200, &json!(EXPIRY)), "{reply:?}");
    // the token that was shown last is the one that works
    let stored = json!([{"token_hash": token_hash(&shown.into_inner())}]);
    assert_eq!(team.scene.rows("SELECT token_hash FROM organization_invitations"), stored);
    assert_eq!(team.scene.rows("SELECT resends FROM organization_invitations"), json!([{"resends": 2}]));
    assert_eq!(team.scene.audit().as_array().map(Vec::len), Some(2));
}

#[test]
fn one_that_ran_out_needs_a_seat_again() {
    // given: one seat, for which i1 is invited and then i2
    let team = Team::of_seats(4);
    team.invited("i1");
    team.scene.advance(Span::days(7));
    team.invited("i2");
    // when, then
    assert_eq!(team.refusal(&team.owner, resend("i1")), seats_exceeded(3, 4, 1));
    // and one that is live keeps its seat
    assert_eq!(team.call(&team.owner, resend("i2")).body["seatInfo"], seat_info(3, 4, 1));
    // and when the seat is free again, so is the way
    team.call(&team.owner, json!({"action": "revoke", "invitationId": "i2"}));
    let reply = team.call(&team.owner, resend("i1"));
    assert_eq!((reply.status, reply.body["seatInfo"].clone()), (200, seat_info(3, 4, 1)));
}

#[test]
fn a_live_invitation_is_resent_also_when_seats_have_shrunk() {
    let team = Team::of_seats(4);
    team.invited("i1");
    team.scene.execute("UPDATE plans SET seats = 2 WHERE id = 'enterprise'");
    assert_eq!(team.call(&team.owner, resend("i1")).body["invitation"]["expiresAt"], EXPIRY);
    team.scene.advance(Span::days(7));
    assert_eq!(team.refusal(&team.owner, resend("i1")), seats_exceeded(3, 2, 0));
}

#[test]
fn only_a_pending_invitation_is_resent() {
    let team = Team::of_seats(10);
    team.invited("i1");
    for (status, expected) in [
        ("accepted", refused(409, "invitation_used", "This invitation has already been used.")),
        ("revoked", refused(409, "invitation_revoked", "This invitation was revoked.")),
        ("declined", refused(409, "invitation_declined", "This invitation was declined.")),
        ("expired", refused(410, "invitation_expired", "This invitation has expired; ask for a new one.")),
    ] {
        team.scene.execute(&format!("UPDATE organization_invitations SET status = '{status}', resolved_at = 1"));
        assert_eq!(team.refusal(&team.owner, resend("i1")), expected);
    }
    assert_eq!(
        team.refusal(&team.owner, resend("unknown")),
        refused(404, "invitation_not_found", "There is no such invitation.")
    );
}

#[test]
fn an_admin_does_not_resend_an_owner_s_invitation() {
    let team = Team::of_seats(10);
    team.scene.invitation("acme", "i1", "boss@example.com", "owner", &team.owner);
    assert_eq!(
        team.refusal(&team.admin, resend("i1")),
        refused(403, "forbidden", "Nobody invites to a role above their own.")
    );
    assert_eq!(team.call(&team.owner, resend("i1")).status, 200);
}

#[test]
fn an_unpaid_plan_resends_nothing() {
    let team = Team::of_seats(10);
    team.invited("i1");
    team.scene.execute("UPDATE org_subscriptions SET status = 'unpaid' WHERE organization_id = 'acme'");
    assert_eq!(team.refusal(&team.owner, resend("i1")), unpaid("unpaid"));
}

#[test]
fn none_is_resent_to_a_domain_that_was_banned_since() {
    let team = Team::of_seats(10);
    for (id, email) in [
        ("i1", "new@spam.example"),
        ("i2", "new@mail.spam.example"),
        ("i3", "new@notspam.example"),
        ("i4", "a@b.example"),
    ] {
        team.scene.invitation("acme", id, email, "member", &team.owner);
    }
    team.scene.set("BANNED_EMAIL_DOMAINS", "Spam.Example, a-very-long-domain-that-no-address-has.example");
    for id in ["i1", "i2"] {
        assert_eq!(
            team.refusal(&team.admin, resend(id)),
            refused(403, "email_domain_banned", "An address of this domain is not possible here; use another address.")
        );
    }
    for id in ["i3", "i4"] {
        assert_eq!(team.call(&team.admin, resend(id)).status, 200);
    }
}
