//! `reservations`: what is held now, of each meter what expires next first, by page. Owners, admins and service keys see all of
//! it, others their own.

use serde::Serialize;
use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::time::Timestamp,
    scoped,
    store::{Row, Statement, StoreError},
};

/// Rows of a page where nobody says how many.
const USUAL: i64 = 50;
/// Reservations that a page looks at.
const LOOKED_AT: i64 = 500;

pub struct Reservations {
    feature: Option<String>,
    subject: Option<String>,
    page: Page,
    after: After,
}

/// The last reservation of the page before, by the columns of the index `usage_reservations_open`, whose order the list has.
struct After {
    feature: String,
    expires_at: Timestamp,
    quantity: i64,
    id: String,
}

impl After {
    /// # Errors
    /// For a cursor that no page has given.
    fn of(page: &Page) -> Result<Self, Refusal> {
        let Some((expires_at, place)) = page.after_time().zip(page.after_id()) else {
            return Ok(Self { feature: String::new(), expires_at: Timestamp(0), quantity: 0, id: String::new() });
        };
        let mut parts = place.splitn(3, ' ');
        let mut part = || parts.next().ok_or_else(|| Refusal::invalid("cursor", "is of no page of this list"));
        let (feature, quantity, id) = (part()?.to_string(), part()?, part()?.to_string());
        let quantity = quantity.parse().map_err(|_| Refusal::invalid("cursor", "is of no page of this list"))?;
        Ok(Self { feature, expires_at, quantity, id })
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenReservation<'a> {
    id: &'a str,
    feature: &'a str,
    event_type: &'a str,
    /// What it holds, in what is counted.
    quantity: i64,
    /// Whose request it was; `null`: a service key's.
    user_id: Option<&'a str>,
    subject: Option<&'a str>,
    /// It is held by a call, which is ended and not confirmed.
    is_call: bool,
    created_at: Timestamp,
    expires_at: Timestamp,
}

/// The reservations of a list, from the cursor on. Where a look for some of them has ended is told by the last one, also if it is
/// none of those that are asked for.
macro_rules! reservations {
    ($from_the_cursor:literal) => {
        scoped!(
            ", open AS MATERIALIZED (
  SELECT held.*
  FROM membership
  JOIN usage_reservations held ON held.organization_id = membership.organization_id AND held.settled_at IS NULL
    AND ",
            $from_the_cursor,
            "
  ORDER BY held.feature, held.expires_at, held.quantity, held.id LIMIT :most OFFSET :skip
), looked_at AS MATERIALIZED (
  SELECT open.*, ROW_NUMBER() OVER (ORDER BY open.feature, open.expires_at, open.quantity, open.id) AS place, CASE
      WHEN open.expires_at > :now
        AND (membership.user_id IS NULL OR membership.role_rank >= 3 OR open.user_id = membership.user_id)
        AND (:subject IS NULL OR open.subject = :subject OR open.subject IS NULL AND open.user_id = :subject)
      THEN 1 ELSE 0 END AS is_asked_for
  FROM membership CROSS JOIN open
)
SELECT held.id, held.feature, held.event_type, held.quantity, held.user_id, held.subject, held.created_at, held.expires_at,
  held.feature || ' ' || CAST(held.quantity AS TEXT) || ' ' || held.id AS cursor_id, held.is_asked_for, held.place,
  (SELECT COUNT(*) FROM call_logs call WHERE call.organization_id = held.organization_id AND call.id = held.id) AS is_call
FROM looked_at held
WHERE held.is_asked_for = 1 OR held.place = :most
ORDER BY held.feature, held.expires_at, held.quantity, held.id LIMIT :rows"
        )
    };
}

const OF_ALL: &str = reservations!(
    "(held.feature, held.expires_at, held.quantity, held.id) > (:after_feature, :after_expiry, :after_quantity, :after_held)"
);
/// Of one meter: what has expired is not even looked at.
const OF_ONE: &str = reservations!(
    "held.feature = :feature AND held.expires_at > :now
    AND (held.expires_at, held.quantity, held.id) > (:after_expiry, :after_quantity, :after_held)"
);

impl Reservations {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let page = Page::of_query(call.fields, USUAL)?;
        Ok(Box::new(Self {
            feature: call.fields.id("feature")?.map(str::to_string),
            subject: call.fields.id("userId")?.map(str::to_string),
            after: After::of(&page)?,
            page,
        }))
    }
}

impl Operation for Reservations {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let text = if self.feature.is_some() { OF_ONE } else { OF_ALL };
        let reservations = Statement::new("reservations", text)
            .with("feature", self.feature.as_deref())
            .with("subject", self.subject.as_deref())
            .with("after_feature", self.after.feature.as_str())
            .with("after_expiry", self.after.expires_at)
            .with("after_quantity", self.after.quantity)
            .with("after_held", self.after.id.as_str())
            .with("most", LOOKED_AT);
        vec![self.page.bind(reservations)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let rows = found.rows("reservations")?;
        let (rows, next) = found.stored(self.page.cut_of_seen(rows, LOOKED_AT, "expires_at", "cursor_id"))?;
        let open = found.stored(rows.iter().map(OpenReservation::read).collect::<Result<Vec<_>, _>>())?;
        let message = format!("{} reservations.", open.len());
        Ok(Reply::ok(&message, &json!({ "reservations": open, "nextCursor": next })))
    }
}

impl<'a> OpenReservation<'a> {
    fn read(row: &'a Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.text("id")?,
            feature: row.text("feature")?,
            event_type: row.text("event_type")?,
            quantity: row.integer("quantity")?,
            user_id: row.optional_text("user_id")?,
            subject: row.optional_text("subject")?,
            is_call: row.flag("is_call")?,
            created_at: row.timestamp("created_at")?,
            expires_at: row.timestamp("expires_at")?,
        })
    }
}
