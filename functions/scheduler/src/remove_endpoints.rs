//! `remove_endpoints`: endpoints of organizations that are nobody's any more, since an account was deleted. They hear the last of it, and a
//! month later, when no delivery to them is kept, they go as if somebody had removed them.

use tallygate::{counting, endpoint_without_address, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    clear_deliveries::KEPT,
    nobody::is_nobodys,
    page::{in_page, last_of_page},
};

const NEXT: &str = last_of_page!(
    "SELECT id AS first, '' AS second FROM webhook_endpoints WHERE id > :until_first AND organization_id IS NOT NULL
  ORDER BY id LIMIT :most"
);

macro_rules! of_nobody {
    () => {
        concat!(
            in_page!("id"),
            " AND removed_at IS NULL AND EXISTS (
  SELECT 1 FROM organizations organization
  WHERE organization.id = webhook_endpoints.organization_id AND organization.archived_at <= :archived_before
  AND ",
            is_nobodys!("organization.id"),
            ") AND ",
            while_leased!()
        )
    };
}

pub static REMOVE_ENDPOINTS: Clear = Clear {
    name: "remove_endpoints",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) FROM webhook_endpoints WHERE ", of_nobody!()),
    cleared: concat!(
        "UPDATE webhook_endpoints SET ",
        endpoint_without_address!(),
        ", updated_at = :now, request_id = :request WHERE ",
        of_nobody!()
    ),
    ago: &[("archived_before", KEPT)],
    kept: None,
};
