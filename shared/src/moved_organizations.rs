//! Organizations whose people have become individuals, each with a plan of their own (`npm run move-to-b2c`): until the move is
//! finished or taken back nothing is bought for them, and none of them becomes personal. The move writes that down, and the
//! functions read it.

use crate::http::Refusal;

/// Of a row that names an organization: 1 where its people have been moved.
#[macro_export]
macro_rules! organization_is_moved {
    ($row:literal) => {
        concat!(
            "CASE WHEN EXISTS (
    SELECT 1 FROM moved_organizations moved WHERE moved.organization_id = ",
            $row,
            ".organization_id AND moved.state = 'moved') THEN 1 ELSE 0 END"
        )
    };
}

/// The refusal of what its people do for themselves now.
pub fn organization_moved() -> Refusal {
    Refusal::Conflict {
        code: "organization_moved",
        message: "The people of this organization have plans of their own now; it ends with what is paid for."
            .to_string(),
        details: serde_json::Map::new(),
    }
}
