//! Who may change whom, and that an organization always keeps an owner.

mod change_role;
mod leave;
mod list;
mod remove;
mod transfer_ownership;
mod walk;

use serde_json::{json, Value as Json};
use tallygate::testing::{refused, refused_with, Person, Scene, TestReply};

use crate::FUNCTION;

/// A team with one of each role, who signed up in that order.
struct Team {
    scene: Scene,
    owner: Person,
    admin: Person,
    member: Person,
    viewer: Person,
}

impl Team {
    fn new() -> Self {
        let scene = Scene::new();
        let [owner, admin, member, viewer] = ["owner", "admin", "member", "viewer"].map(|id| scene.sign_up(id));
        scene.team("acme", &owner);
        for person in [&admin, &member, &viewer] {
            scene.member("acme", person, &person.id);
        }
        Self { scene, owner, admin, member, viewer }
    }

    fn call(&self, person: &Person, body: Json) -> TestReply {
        self.scene.call(&FUNCTION, person, body)
    }

    fn refusal(&self, person: &Person, body: Json) -> (u16, Json) {
        self.scene.refusal(&FUNCTION, person, body)
    }

    /// Every member with their role, `owner admin …`, by their ids in alphabetical order.
    fn roles(&self) -> String {
        let rows = self.scene.rows(
            "SELECT user_id || ':' || role AS member FROM organization_members
             WHERE organization_id = 'acme' ORDER BY user_id",
        );
        let members = rows.as_array().unwrap().iter().map(|row| row["member"].as_str().unwrap().to_string());
        members.collect::<Vec<_>>().join(" ")
    }

    fn current_organization(&self, person: &Person) -> String {
        let rows = self.scene.rows(&format!("SELECT current_organization_id FROM users WHERE id = '{}'", person.id));
        rows[0]["current_organization_id"].as_str().unwrap().to_string()
    }

    /// A second owner.
    fn with_second_owner(self, id: &str) -> Self {
        self.scene.execute(&format!(
            "UPDATE organization_members SET role = 'owner' WHERE user_id = '{id}' AND organization_id = 'acme'"
        ));
        self
    }
}

fn last_owner() -> (u16, Json) {
    refused(
        409,
        "last_owner",
        "An organization needs an owner: make somebody else an owner or transfer the ownership first.",
    )
}

fn no_such_member() -> (u16, Json) {
    refused(404, "member_not_found", "There is no such member in this organization.")
}

fn only_managers() -> (u16, Json) {
    refused(403, "forbidden", "Only owners and admins may do this.")
}

fn personal_organization() -> (u16, Json) {
    refused(409, "personal_organization", "A personal organization has exactly one member.")
}

/// The body of each action about the member with this id.
fn actions_about(member: &str) -> [Json; 3] {
    [
        json!({"action": "remove", "memberId": member}),
        json!({"action": "change_role", "memberId": member, "newRole": "viewer"}),
        json!({"action": "transfer_ownership", "memberId": member}),
    ]
}

#[test]
fn another_organization_and_its_members_do_not_exist() {
    // given
    let team = Team::new();
    let stranger = team.scene.sign_up("stranger");
    team.scene.team("other", &stranger);
    // when, then: the stranger names our team
    for body in actions_about("member").into_iter().chain([json!({}), json!({"action": "leave"})]) {
        let header = [("x-organization-id", "acme")];
        assert_eq!(
            team.scene.refusal_with(&FUNCTION, &stranger, &header, body),
            refused(404, "organization_not_found", "There is no such organization for you.")
        );
    }
    // and their own team has no such member, whatever we know of it
    for body in actions_about("member") {
        assert_eq!(team.refusal(&stranger, body), no_such_member());
    }
    // nor has ours theirs
    for body in actions_about("stranger") {
        assert_eq!(team.refusal(&team.owner, body), no_such_member());
    }
}

#[test]
fn a_personal_organization_keeps_its_one_member() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    for body in actions_about("ada").into_iter().chain([json!({"action": "leave"})]) {
        assert_eq!(scene.refusal(&FUNCTION, &ada, body), personal_organization());
    }
}

#[test]
fn a_member_and_a_role_must_be_named() {
    let team = Team::new();
    for action in ["remove", "change_role", "transfer_ownership"] {
        let body = json!({"action": action, "newRole": "member"});
        assert_eq!(team.refusal(&team.owner, body), tallygate::testing::invalid("memberId", "is required"));
    }
    let body = json!({"action": "change_role", "memberId": "member"});
    assert_eq!(team.refusal(&team.owner, body), tallygate::testing::invalid("newRole", "is required"));
    for role in ["member,owner", "Owner", "superuser", ""] {
        let body = json!({"action": "change_role", "memberId": "member", "newRole": role});
        assert_eq!(
            team.refusal(&team.owner, body),
            tallygate::testing::invalid("newRole", "must be one of: owner, admin, member, viewer")
        );
    }
    assert_eq!(
        team.refusal(&team.owner, json!({"action": "promote"})),
        refused_with(
            400,
            "unknown_action",
            "The action must be one of: list, remove, change_role, transfer_ownership, leave.",
            json!({"field": "action", "actions": ["list", "remove", "change_role", "transfer_ownership", "leave"]})
        )
    );
}
