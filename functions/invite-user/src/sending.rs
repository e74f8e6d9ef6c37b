//! How much an organization may send: so many invitations a day (UTC), so many of them to one address, and so many that
//! wait for an answer. The catalog says how many (`[limits]`); an invitation that is sent again counts again.

use tallygate::{
    http::{BatchRows, Refusal, RequestContext},
    rules::{ids::InvitationId, request_ids::first_id_of, time::Span},
    scoped,
    store::Statement,
};

/// The mailbox of an address, given as SQL: without the tag that most providers let stand behind a plus (RFC 5233), so that
/// one person's tags are one address. What stands before the first plus or at sign, and what begins with the at sign.
macro_rules! mailbox {
    ($address:literal) => {
        concat!(
            "substr(",
            $address,
            ", 1, length(",
            $address,
            ") - length(ltrim(",
            $address,
            ", replace(replace(",
            $address,
            ", '+', ''), '@', '')))) || ltrim(",
            $address,
            ", replace(",
            $address,
            ", '@', ''))"
        )
    };
}
pub(crate) use mailbox;

/// What the organization of the row `membership` has sent on the day `:day`, narrowed by further conditions on the row
/// `sent`. Ids begin with their time, so the day's invitations are a span of the primary key.
macro_rules! sent_on_the_day {
    ($($narrowed:tt)+) => {
        concat!(
            "((SELECT CAST(COALESCE(SUM(1 + CASE WHEN sent.resends_day = :day THEN sent.resends ELSE 0 END), 0) AS BIGINT)
    FROM organization_invitations sent
    WHERE sent.organization_id = membership.organization_id AND sent.id >= :first_of_day",
            $($narrowed)+,
            ")
  + (SELECT CAST(COALESCE(SUM(sent.resends), 0) AS BIGINT) FROM organization_invitations sent
    WHERE sent.organization_id = membership.organization_id AND sent.status = 'pending'
      AND sent.id < :first_of_day AND sent.resends_day = :day",
            $($narrowed)+,
            "))"
        )
    };
}
pub(crate) use sent_on_the_day;

/// Whether one more may be sent to the address: an expression that names it, in a statement that has the row `membership`.
macro_rules! may_send_to {
    ($address:literal) => {
        concat!(
            "EXISTS (
    SELECT 1 FROM catalog_settings settings WHERE settings.id = 1
      AND settings.most_invitations_a_day > ",
            crate::sending::sent_on_the_day!(""),
            "
      AND settings.most_invitations_to_address_a_day > ",
            crate::sending::sent_on_the_day!(
                " AND ",
                crate::sending::mailbox!("sent.email"),
                " = ",
                crate::sending::mailbox!($address)
            ),
            ")"
        )
    };
}
pub(crate) use may_send_to;

macro_rules! counts {
    ($from:literal, $address:literal) => {
        scoped!(
            "SELECT settings.most_invitations_a_day AS most, settings.most_invitations_to_address_a_day AS most_to_address,
  settings.most_pending_invitations AS most_pending, ",
            sent_on_the_day!(""),
            " AS sent, ",
            sent_on_the_day!(" AND ", mailbox!("sent.email"), " = ", mailbox!($address)),
            " AS sent_to_address,
  (SELECT COUNT(*) FROM organization_invitations waiting
    WHERE waiting.organization_id = membership.organization_id AND waiting.status = 'pending') AS pending
",
            $from
        )
    };
}

/// The counts that explain a refusal, for an address.
pub fn sent(address: &str, context: &RequestContext) -> Statement {
    let counts =
        Statement::new("sent", counts!("FROM membership JOIN catalog_settings settings ON settings.id = 1", ":email"));
    on_the_day(counts, context).with("email", address)
}

/// The same for an invitation that is to be sent again.
pub fn sent_again(invitation: &InvitationId, context: &RequestContext) -> Statement {
    let counts = Statement::new(
        "sent",
        counts!(
            "FROM membership JOIN catalog_settings settings ON settings.id = 1
JOIN organization_invitations invitation
  ON invitation.organization_id = membership.organization_id AND invitation.id = :id",
            "invitation.email"
        ),
    );
    on_the_day(counts, context).with("id", invitation.as_str())
}

/// Binds the day.
pub fn on_the_day(statement: Statement, context: &RequestContext) -> Statement {
    let day = context.now.start_of_day();
    statement.with("day", day).with("first_of_day", first_id_of(day))
}

/// Refuses what the counts say is too much; one that is sent again waits already.
///
/// # Errors
/// 429 `catalog_limit_reached`, with the limit's name, how many it allows and, for one of a day, when it begins anew.
pub fn must_be_within(found: &BatchRows<'_>, context: &RequestContext, is_new: bool) -> Result<(), Refusal> {
    let Some(row) = found.first("sent")? else { return Ok(()) };
    let of = |most, reached| Ok::<_, Refusal>((found.stored(row.integer(most))?, found.stored(row.integer(reached))?));
    let tomorrow = context.now.start_of_day() + Span::days(1);
    let of_a_day = [
        (
            "invitations_to_address_a_day",
            of("most_to_address", "sent_to_address")?,
            Some(tomorrow),
            "invitations a day to one address",
        ),
        ("invitations_a_day", of("most", "sent")?, Some(tomorrow), "invitations a day"),
    ];
    let waiting = ("pending_invitations", of("most_pending", "pending")?, None, "invitations that wait for an answer");
    match of_a_day.into_iter().chain(is_new.then_some(waiting)).find(|(_, (most, reached), ..)| reached >= most) {
        None => Ok(()),
        Some((limit, (most, _), resets_at, what)) => Err(Refusal::catalog_limit(limit, most, resets_at, what)),
    }
}
