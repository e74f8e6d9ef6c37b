//! Seats offered to addresses: by whom, to which role, and while there is one.

mod invite;
mod list;
mod resend;
mod revoke;

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{invitation::token_hash, request_ids::RequestIds},
    testing::{invalid, refused, refused_with, Person, Scene, TestReply, APP_URL},
};

use crate::FUNCTION;

const EXPIRY: &str = "2026-03-17T12:00:00.000Z";

/// A team of three on a plan with as many seats as the test says.
struct Team {
    scene: Scene,
    owner: Person,
    admin: Person,
    member: Person,
}

impl Team {
    fn of_seats(seats: i64) -> Self {
        let scene = Scene::with_changed_catalog("seats = 10", &format!("seats = {seats}"));
        let [owner, admin, member] = ["owner", "admin", "member"].map(|id| scene.sign_up(id));
        scene.team("acme", &owner);
        for person in [&admin, &member] {
            scene.member("acme", person, &person.id);
        }
        Self { scene, owner, admin, member }
    }

    fn call(&self, person: &Person, body: Json) -> TestReply {
        self.scene.call(&FUNCTION, person, body)
    }

    fn refusal(&self, person: &Person, body: Json) -> (u16, Json) {
        self.scene.refusal(&FUNCTION, person, body)
    }

    /// A pending invitation for a member.
    fn invited(&self, id: &str) {
        self.scene.invitation("acme", id, &format!("{id}@example.com"), "member", &self.owner);
    }

    /// The status of each invitation, in the order of their ids.
    fn statuses(&self) -> Vec<String> {
        let rows = self.scene.rows("SELECT status FROM organization_invitations ORDER BY id");
        rows.as_array().unwrap().iter().map(|row| row["status"].as_str().unwrap().to_string()).collect()
    }
}

/// An invitation in a reply, with the token that the request was given.
fn shown_once(ids: &RequestIds, id: &str, email: &str, role: &str, expires_at: &str) -> Json {
    let token = ids.token();
    json!({
        "id": id,
        "email": email,
        "organizationName": "acme",
        "role": role,
        "token": token,
        "expiresAt": expires_at,
        "inviteUrl": format!("{APP_URL}/accept-invitation?token={token}"),
    })
}

fn seat_info(current: i64, limit: i64, pending: i64) -> Json {
    let remaining = if limit == -1 { -1 } else { (limit - current - pending).max(0) };
    json!({"currentSeats": current, "seatLimit": limit, "pending": pending, "remaining": remaining})
}

fn seats_exceeded(current: i64, limit: i64, pending: i64) -> (u16, Json) {
    refused_with(
        429,
        "seat_limit_exceeded",
        &format!(
            "All {limit} seats of the Enterprise plan are taken; contact sales at sales@voipaccelerator.com for more."
        ),
        json!({
            "seatLimitExceeded": true,
            "currentSeats": current,
            "seatLimit": limit,
            "pending": pending,
            "upgradeRequired": true,
        }),
    )
}

fn only_managers() -> (u16, Json) {
    refused(403, "forbidden", "Only owners and admins may do this.")
}

fn unpaid(status: &str) -> (u16, Json) {
    refused_with(
        402,
        "subscription_required",
        "The Enterprise subscription is not active; update the payment to go on.",
        json!({"plan": "Enterprise", "status": status, "upgradeRequired": true}),
    )
}

/// The body of each action.
fn actions(invitation: &str) -> [Json; 4] {
    [
        json!({"email": "new@example.com"}),
        json!({"action": "resend", "invitationId": invitation}),
        json!({"action": "revoke", "invitationId": invitation}),
        json!({"action": "list"}),
    ]
}

#[test]
fn another_organization_and_its_invitations_do_not_exist() {
    // given
    let team = Team::of_seats(10);
    team.invited("i1");
    let stranger = team.scene.sign_up("stranger");
    team.scene.team("other", &stranger);
    // when, then
    for body in actions("i1") {
        let header = [("x-organization-id", "acme")];
        assert_eq!(
            team.scene.refusal_with(&FUNCTION, &stranger, &header, body),
            refused(404, "organization_not_found", "There is no such organization for you.")
        );
    }
    for action in ["resend", "revoke"] {
        assert_eq!(
            team.refusal(&stranger, json!({"action": action, "invitationId": "i1"})),
            refused(404, "invitation_not_found", "There is no such invitation.")
        );
    }
    assert_eq!(team.call(&stranger, json!({"action": "list"})).body["invitations"], json!([]));
}

#[test]
fn members_and_viewers_may_do_nothing_here() {
    let team = Team::of_seats(10);
    team.invited("i1");
    let viewer = team.scene.sign_up("viewer");
    team.scene.member("acme", &viewer, "viewer");
    for person in [&team.member, &viewer] {
        for body in actions("i1").into_iter().chain(actions("unknown")) {
            assert_eq!(team.refusal(person, body), only_managers());
        }
    }
}

#[test]
fn a_personal_organization_invites_nobody() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for body in actions("i1") {
        assert_eq!(
            scene.refusal(&FUNCTION, &ada, body),
            refused(409, "personal_organization", "A personal organization has exactly one member.")
        );
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_field() {
    let team = Team::of_seats(10);
    assert_eq!(team.refusal(&team.owner, json!({})), invalid("email", "is required"));
    for email in ["", "nobody", "a@b", "a@b.cd,c@d.ef", "Ada <a@b.cd>"] {
        assert_eq!(team.refusal(&team.owner, json!({"email": email})), invalid("email", "must be an e-mail address"));
    }
    assert_eq!(team.refusal(&team.owner, json!({"email": ["a@b.cd"]})), invalid("email", "must be a text"));
    for role in ["member,owner", "Owner", "superuser", ""] {
        let body = json!({"email": "new@example.com", "role": role});
        assert_eq!(team.refusal(&team.owner, body), invalid("role", "must be one of: owner, admin, member, viewer"));
    }
    for action in ["resend", "revoke"] {
        assert_eq!(team.refusal(&team.owner, json!({"action": action})), invalid("invitationId", "is required"));
    }
    assert_eq!(
        team.refusal(&team.owner, json!({"action": "accept"})),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: invite, resend, revoke, list.",
            json!({"field": "action", "actions": ["invite", "resend", "revoke", "list"]})
        )
    );
}

#[test]
fn only_the_hash_of_a_token_is_stored() {
    let team = Team::of_seats(10);
    let token = team.scene.upcoming().token();
    team.call(&team.owner, json!({"email": "new@example.com"}));
    let stored = format!("{:?}", team.scene.everything());
    assert!(stored.contains(&token_hash(&token)) && !stored.contains(&token));
}
