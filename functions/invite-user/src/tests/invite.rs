use serde_json::{json, Value as Json};
use tallygate::{
    rules::{invitation::token_hash, request_ids::Purpose, time::Span},
    testing::{refused, Scene},
};

use super::{only_managers, seat_info, seats_exceeded, shown_once, unpaid, Team, EXPIRY, FUNCTION};

fn invitation(email: &str, role: &str) -> Json {
    json!({"email": email, "role": role})
}

fn already_member() -> (u16, Json) {
    refused(409, "already_member", "This person is already a member of the organization.")
}

fn already_pending() -> (u16, Json) {
    refused(409, "invitation_pending", "There is already a pending invitation for this address; resend or revoke it.")
}

#[test]
fn a_seat_is_offered_for_a_week() {
    // given
    let team = Team::of_seats(10);
    let upcoming = team.scene.upcoming();
    let id = upcoming.id(Purpose::Invitation);
    // when
    let reply = team.call(&team.admin, json!({"email": " New.Person@Example.COM "}));
    // then
    assert_eq!(
        reply.answer(),
        (
            201,
            json!({
                "success": true,
                "message": "new.person@example.com is invited to acme.",
                "invitation": shown_once(&upcoming, &id, "new.person@example.com", "member", EXPIRY),
                "seatInfo": seat_info(3, 10, 1),
            })
        )
    );
    assert_eq!(reply.batches, 1);
    let now = team.scene.now().0;
    assert_eq!(
        team.scene.rows("SELECT * FROM organization_invitations"),
        json!([{
            "organization_id": "acme",
            "id": id,
            "email": "new.person@example.com",
            "role": "member",
            "token_hash": token_hash(&upcoming.token()),
            "status": "pending",
            "invited_by": "admin",
            "created_at": now,
            "expires_at": now + Span::days(7).0,
            "resolved_at": null,
            "request_id": upcoming.request_id(),
            "resends": 0,
            "resends_day": null,
            "answered_by": null, "formerly_of": null,
            "told_end": null,
        }])
    );
    assert_eq!(
        team.scene.audit(),
        json!([{"organization": "acme", "actor": "admin", "action": "invitation.created", "target": id, "details": "{}"}])
    );
    assert_eq!(team.scene.outbox(), json!([{"organization": "acme", "event": "invitation.created", "target": id}]));
}

#[test]
fn nobody_invites_above_their_own_role() {
    let team = Team::of_seats(-1);
    let above = refused(403, "forbidden", "Nobody invites to a role above their own.");
    for role in ["owner", "admin", "member", "viewer"] {
        let email = format!("{role}@new.example.com");
        assert_eq!(team.refusal(&team.member, invitation(&email, role)), only_managers());
        if role == "owner" {
            assert_eq!(team.refusal(&team.admin, invitation(&email, role)), above);
            assert_eq!(team.call(&team.owner, invitation(&email, role)).status, 201);
        } else {
            let reply = team.call(&team.admin, invitation(&email, role));
            assert_eq!((reply.status, reply.body["invitation"]["role"].clone()), (201, json!(role)));
        }
    }
}

#[test]
fn members_and_live_invitations_take_seats() {
    // given: three members and five seats
    let team = Team::of_seats(5);
    assert_eq!(team.call(&team.owner, invitation("a@example.com", "member")).body["seatInfo"], seat_info(3, 5, 1));
    assert_eq!(team.call(&team.owner, invitation("b@example.com", "member")).body["seatInfo"], seat_info(3, 5, 2));
    // when, then
    assert_eq!(team.refusal(&team.owner, invitation("c@example.com", "member")), seats_exceeded(3, 5, 2));
    // and until the millisecond at which the two run out
    team.scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(team.refusal(&team.owner, invitation("c@example.com", "member")), seats_exceeded(3, 5, 2));
    team.scene.advance(Span(1));
    assert_eq!(team.call(&team.owner, invitation("c@example.com", "member")).body["seatInfo"], seat_info(3, 5, 1));
}

#[test]
fn more_members_than_seats_leave_none() {
    let team = Team::of_seats(2);
    assert_eq!(team.refusal(&team.owner, invitation("a@example.com", "viewer")), seats_exceeded(3, 2, 0));
}

#[test]
fn without_a_sales_contact_an_upgrade_is_named() {
    let scene = Scene::with_changed_catalog("sales_contact = \"sales@voipaccelerator.com\"", "");
    let owner = scene.sign_up("owner");
    scene.team("acme", &owner);
    scene.execute("UPDATE plans SET seats = 1 WHERE id = 'enterprise'");
    let (status, body) = scene.refusal(&FUNCTION, &owner, invitation("a@example.com", "member"));
    assert_eq!(status, 429);
    assert_eq!(body["message"], "All 1 seats of the Enterprise plan are taken; upgrade the plan for more.");
}

#[test]
fn while_a_smaller_plan_waits_for_the_period_s_end_its_seats_are_what_may_be_filled() {
    for seats in [10, -1] {
        // given: three members, and a plan of four seats that begins with the next period
        let team = Team::of_seats(seats);
        team.scene.execute(
            "INSERT INTO plans (id, name, audience, position, price_month_cents, seats, concurrent_sessions)
             VALUES ('small', 'Small', 'team', 4, 9900, 4, 2);
             UPDATE org_subscriptions SET pending_plan_id = 'small', pending_interval = 'month', pending_at = current_period_end
             WHERE organization_id = 'acme'",
        );
        // when, then
        let reply = team.call(&team.admin, invitation("first@example.com", "member"));
        assert_eq!((reply.status, &reply.body["seatInfo"]), (201, &seat_info(3, 4, 1)));
        let (status, refusal) = team.refusal(&team.admin, invitation("second@example.com", "member"));
        assert_eq!((status, &refusal["code"], &refusal["seatLimit"]), (429, &json!("seat_limit_exceeded"), &json!(4)));
        assert_eq!(
            refusal["message"],
            "All 4 seats of the Small plan, which begins with the next period, are taken; take the change back for more."
        );
        // and one that ran out is not sent again
        team.scene.execute("UPDATE organization_invitations SET expires_at = 1");
        assert_eq!(team.call(&team.admin, invitation("second@example.com", "member")).status, 201);
        let rows = team.scene.rows("SELECT id FROM organization_invitations WHERE email = 'first@example.com'");
        let again = json!({"action": "resend", "invitationId": rows[0]["id"]});
        assert_eq!(team.refusal(&team.admin, again.clone()).1["code"], "seat_limit_exceeded");
        // and where the operator has given seats, they hold on; so do the plan's where the catalog only warns, or nothing waits
        for change in [
            "UPDATE org_subscriptions SET override_seats = 6, override_ends_at = 9007199254740991",
            "UPDATE org_subscriptions SET override_seats = NULL, override_ends_at = NULL; UPDATE catalog_settings SET downgrade_over_seats = 'warn'",
            "UPDATE catalog_settings SET downgrade_over_seats = 'refuse';
             UPDATE org_subscriptions SET pending_plan_id = NULL, pending_interval = NULL, pending_at = NULL",
        ] {
            team.scene.execute(change);
            assert_eq!(team.call(&team.admin, again.clone()).status, 200, "{change}");
            team.scene.execute("UPDATE organization_invitations SET expires_at = 1 WHERE email = 'first@example.com'");
        }
    }
}

#[test]
fn a_plan_without_a_limit_has_a_seat_for_everybody() {
    let team = Team::of_seats(-1);
    let reply = team.call(&team.owner, invitation("a@example.com", "member"));
    assert_eq!(reply.body["seatInfo"], seat_info(3, -1, 1));
}

#[test]
fn a_member_is_not_invited_again_however_the_address_is_written() {
    let team = Team::of_seats(10);
    for email in ["member@example.com", "MEMBER@Example.com", "owner@example.com"] {
        assert_eq!(team.refusal(&team.owner, invitation(email, "viewer")), already_member());
    }
    // Somebody else with the address, or a member of another team, is no member here.
    let stranger = team.scene.sign_up("stranger");
    team.scene.team("other", &stranger);
    assert_eq!(team.call(&team.owner, invitation("stranger@example.com", "viewer")).status, 201);
    // and who left may be invited again
    team.scene.execute("DELETE FROM organization_members WHERE user_id = 'member' AND organization_id = 'acme'");
    assert_eq!(team.call(&team.owner, invitation("member@example.com", "viewer")).status, 201);
}

#[test]
fn an_address_is_invited_once_at_a_time() {
    // given
    let team = Team::of_seats(4);
    team.call(&team.owner, invitation("a@example.com", "member"));
    // when, then: pending is told before full, and to everybody who may know
    assert_eq!(team.refusal(&team.admin, invitation("A@EXAMPLE.com", "viewer")), already_pending());
    // and another team may invite the same address
    team.scene.team("other", &team.owner);
    assert_eq!(team.call(&team.owner, invitation("a@example.com", "member")).status, 201);
}

#[test]
fn an_invitation_that_ran_out_gives_way_to_a_new_one() {
    // given
    let team = Team::of_seats(4);
    team.call(&team.owner, invitation("a@example.com", "member"));
    // when, then: a millisecond early
    team.scene.advance(Span(Span::days(7).0 - 1));
    assert_eq!(team.refusal(&team.owner, invitation("a@example.com", "viewer")), already_pending());
    // when, then: on time
    team.scene.advance(Span(1));
    let reply = team.call(&team.owner, invitation("a@example.com", "viewer"));
    assert_eq!((reply.status, reply.body["seatInfo"].clone()), (201, seat_info(3, 4, 1)));
    assert_eq!(
        team.scene.rows("SELECT role, status, resolved_at FROM organization_invitations ORDER BY created_at"),
        json!([
            {"role": "member", "status": "expired", "resolved_at": team.scene.now().0},
            {"role": "viewer", "status": "pending", "resolved_at": null},
        ])
    );
}

#[test]
fn a_refused_invitation_leaves_the_one_that_ran_out_as_it_was() {
    // given: an invitation that ran out, and no seat for another one
    let team = Team::of_seats(4);
    team.call(&team.owner, invitation("a@example.com", "member"));
    team.scene.advance(Span::days(7));
    team.scene.execute("UPDATE plans SET seats = 3 WHERE id = 'enterprise'");
    // when, then: it can still be declined or resent
    assert_eq!(team.refusal(&team.owner, invitation("a@example.com", "member")), seats_exceeded(3, 3, 0));
    // and also when the invitee came in by another way
    team.scene.execute("UPDATE plans SET seats = 10 WHERE id = 'enterprise'");
    team.scene.execute("UPDATE users SET email = 'a@example.com' WHERE id = 'member'");
    assert_eq!(team.refusal(&team.owner, invitation("a@example.com", "member")), already_member());
}

#[test]
fn an_unpaid_plan_invites_nobody_but_the_role_is_told_first() {
    let team = Team::of_seats(10);
    for status in ["unpaid", "canceled", "paused"] {
        team.scene.execute(&format!("UPDATE org_subscriptions SET status = '{status}' WHERE organization_id = 'acme'"));
        assert_eq!(team.refusal(&team.owner, invitation("a@example.com", "member")), unpaid(status));
        assert_eq!(team.refusal(&team.member, invitation("a@example.com", "member")), only_managers());
        assert_eq!(team.refusal(&team.admin, invitation("a@example.com", "owner")).0, 403);
    }
}

#[test]
fn a_trial_invites_until_it_ends() {
    let team = Team::of_seats(10);
    let ends = team.scene.now().0 + 1;
    team.scene.execute(&format!(
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {ends} WHERE organization_id = 'acme'"
    ));
    assert_eq!(team.call(&team.owner, invitation("a@example.com", "member")).status, 201);
    team.scene.advance(Span(1));
    assert_eq!(team.refusal(&team.owner, invitation("b@example.com", "member")).0, 402);
}

#[test]
fn all_tags_of_a_mailbox_are_one_address() {
    // given: five invitations to one mailbox
    let team = Team::of_seats(-1);
    for address in ["ada@example.com", "ada+1@example.com", "Ada+a+b@example.com", "ada+@example.com"] {
        assert_eq!(team.call(&team.admin, invitation(address, "member")).status, 201, "{address}");
    }
    let reply = team.call(&team.admin, invitation("ada+2@example.com", "member"));
    assert_eq!(reply.status, 201);
    // when, then
    let limit = |refusal: (u16, Json)| (refusal.0, refusal.1["limit"].clone());
    let reached = (429, json!("invitations_to_address_a_day"));
    assert_eq!(limit(team.refusal(&team.admin, invitation("ada+3@example.com", "member"))), reached);
    let again = json!({"action": "resend", "invitationId": reply.body["invitation"]["id"]});
    assert_eq!(limit(team.refusal(&team.admin, again)), reached);
    // and other people's are others
    for address in ["adam@example.com", "ada@example.org", "da@example.com", "a+da@example.com"] {
        assert_eq!(team.call(&team.admin, invitation(address, "member")).status, 201, "{address}");
    }
}

#[test]
fn nobody_is_invited_at_a_banned_domain() {
    let team = Team::of_seats(10);
    team.scene.set("BANNED_EMAIL_DOMAINS", "spam.example");
    for email in ["new@spam.example", "new@mail.SPAM.example"] {
        assert_eq!(
            team.scene.refusal(&FUNCTION, &team.admin, json!({"action": "invite", "email": email})),
            refused(403, "email_domain_banned", "An address of this domain is not possible here; use another address.")
        );
    }
}
