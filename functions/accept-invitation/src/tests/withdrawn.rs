//! An invitation does not outlive the authority that it was sent with.

use serde_json::json;
use tallygate::testing::{refused, Person, Scene};

use super::{Invited, FUNCTION};

/// What takes an inviter's authority away, as it leaves their rows.
const LOST: [(&str, &str); 5] = [
    ("demoted", "UPDATE organization_members SET role = 'member' WHERE organization_id = 'acme' AND user_id = 'owner'"),
    (
        "made a viewer",
        "UPDATE organization_members SET role = 'viewer' WHERE organization_id = 'acme' AND user_id = 'owner'",
    ),
    ("removed", "DELETE FROM organization_members WHERE organization_id = 'acme' AND user_id = 'owner'"),
    ("banned", "UPDATE users SET banned_at = 1, banned_by = 'operator' WHERE id = 'owner'"),
    ("deleted", "UPDATE users SET deleted_at = 1 WHERE id = 'owner'"),
];

fn withdrawn() -> (u16, serde_json::Value) {
    refused(
        409,
        "invitation_withdrawn",
        "Who sent this invitation may not invite to this role any more; ask for a new one.",
    )
}

#[test]
fn whoever_sent_it_must_still_be_able_to() {
    for (what, sql) in LOST {
        // given
        let invited = Invited::new();
        invited.scene.execute(sql);
        // when, then: whoever looks is told, and nobody joins
        assert_eq!(invited.refusal("accept"), withdrawn(), "{what}");
        assert_eq!(invited.refusal("preview"), withdrawn(), "{what}");
        assert_eq!(invited.status(), "pending", "{what}");
        // and it can still be declined
        assert_eq!(invited.call("decline").status, 200, "{what}");
    }
}

#[test]
fn an_owner_who_was_demoted_does_not_come_back_by_a_second_address() {
    // given: an owner who has invited a second address of theirs as an owner, and is an admin now
    let scene = Scene::new();
    let [founder, mallory, second] = ["founder", "mallory", "second"].map(|id| scene.sign_up(id));
    scene.team("acme", &founder);
    scene.member("acme", &mallory, "owner");
    let token = scene.invitation("acme", "i1", "second@example.com", "owner", &mallory);
    let accept = |who: &Person| scene.call(&FUNCTION, who, json!({"action": "accept", "token": token}));
    scene.execute(
        "UPDATE organization_members SET role = 'admin' WHERE organization_id = 'acme' AND user_id = 'mallory'",
    );
    // when, then
    assert_eq!(accept(&second).answer(), withdrawn());
    // but an admin may invite an admin
    scene.execute("UPDATE organization_invitations SET role = 'admin'");
    assert_eq!(accept(&second).status, 200);
}
