//! `forget_invited`: addresses that invitations were sent to, and that nobody has an account with. Whoever has one is forgotten with it;
//! whoever never came is forgotten a while after the invitation was declined, revoked or given up.

use tallygate::{counting, rules::time::Span, schedule::Rhythm, while_leased};

use crate::{
    clear::Clear,
    page::{in_page, last_of_page},
};

/// How long an organization may look up whom it had invited.
const LOOKED_UP: Span = Span::days(90);

const NEXT: &str = last_of_page!(
    "SELECT organization_id AS first, id AS second FROM organization_invitations
  WHERE (organization_id, id) > (:until_first, :until_second) ORDER BY organization_id, id LIMIT :most"
);

/// The invitations of the page whose address is no account's, as far as anybody has confirmed it, and never was.
macro_rules! of_nobody {
    () => {
        concat!(
            in_page!("organization_id", "id"),
            " AND status <> 'pending' AND resolved_at <= :resolved_before AND email <> 'erased'
  AND answered_by IS NULL AND formerly_of IS NULL
  AND NOT EXISTS (
    SELECT 1 FROM users person WHERE person.email = organization_invitations.email AND person.email_verified = 1)
  AND ",
            while_leased!()
        )
    };
}

pub static FORGET_INVITED: Clear = Clear {
    name: "forget_invited",
    rhythm: Rhythm::Day,
    next: NEXT,
    counted: counting!("SELECT COUNT(*) FROM organization_invitations WHERE ", of_nobody!()),
    cleared: concat!(
        "UPDATE organization_invitations SET email = 'erased', request_id = :request WHERE ",
        of_nobody!()
    ),
    ago: &[("resolved_before", LOOKED_UP)],
    kept: None,
};
