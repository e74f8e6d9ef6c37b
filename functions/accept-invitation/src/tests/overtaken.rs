//! An acceptance whose answer was lost, and that comes again when things have changed meanwhile.

use serde_json::json;

use super::Invited;
use crate::FUNCTION;

#[test]
fn whoever_was_removed_or_has_gone_elsewhere_since_stays_there() {
    for removed in [true, false] {
        let invited = Invited::new();
        let personal = &invited.invitee.personal;
        let meanwhile = || {
            if removed {
                invited
                    .scene
                    .execute("DELETE FROM organization_members WHERE user_id = 'new' AND organization_id = 'acme'");
            }
            invited.scene.execute(&format!("UPDATE users SET current_organization_id = '{personal}' WHERE id = 'new'"));
        };
        let body = invited.body("accept").to_string().into_bytes();
        let request = invited.scene.post(Some(&invited.invitee), &[], body);
        invited.scene.send_overtaken(&FUNCTION, &request, &meanwhile);
        assert_eq!(
            invited.scene.rows("SELECT current_organization_id FROM users WHERE id = 'new'"),
            json!([{ "current_organization_id": personal }])
        );
        assert_eq!(invited.members().as_array().map(Vec::len), Some(if removed { 1 } else { 2 }));
    }
}
