//! `figures`: what the scheduler has rolled up of each day and month (`roll_up_figures`). Nothing else is read, so it costs what
//! the days cost that are asked for, however many customers there are.

use std::collections::BTreeMap;

use serde_json::{json, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    rules::time::Timestamp,
    staff_scoped,
    store::{Row, Statement, StoreError},
};

/// Days or months of a page where nobody says how many.
const USUAL: i64 = 31;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Period {
    Day,
    Month,
}

impl Period {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "day" => Some(Self::Day),
            "month" => Some(Self::Month),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

/// A day as it is written: `2026-03-10`.
fn day(text: &str) -> Option<Timestamp> {
    Timestamp::parse(&format!("{text}T00:00:00Z")).filter(|_| text.len() == 10)
}

/// The rows of the page that is asked for, the latest first, and one more.
macro_rules! of_page {
    ($($select:tt)+) => {
        staff_scoped!(
            ", page AS MATERIALIZED (
  SELECT figures.*
  FROM figures
  WHERE figures.span = :period AND figures.rolled_up_to > 0 AND EXISTS (SELECT 1 FROM staff)
    AND figures.starts_at >= :from AND figures.starts_at <= :to
    AND (:after_time IS NULL OR figures.starts_at < :after_time)
  ORDER BY figures.starts_at DESC LIMIT :rows
)
",
            $($select)+
        )
    };
}

/// What was used of a day is known when the day behind it is rolled up.
const FIGURES: &str = of_page!(
    "SELECT page.*, catalog.currency, CASE WHEN page.span = 'month' OR EXISTS (
    SELECT 1 FROM figures later
    WHERE later.span = 'day' AND later.starts_at = page.starts_at + 86400000 AND later.rolled_up_to > 0
  ) THEN 1 ELSE 0 END AS is_usage_known
FROM page JOIN catalog_settings catalog ON catalog.id = 1
ORDER BY page.starts_at DESC"
);

const METERS: &str = of_page!(
    "SELECT meter.starts_at, meter.feature, meter.events, meter.quantity, meter.overage_cents
FROM page CROSS JOIN meter_figures meter
WHERE meter.span = page.span AND meter.starts_at = page.starts_at
ORDER BY meter.starts_at, meter.feature"
);

pub struct Figures {
    period: Period,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    page: Page,
}

impl Figures {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let from = fields.parsed("from", day, "a day, as 2026-03-10")?;
        let to = fields.parsed("to", day, "a day, as 2026-03-10")?;
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(Refusal::invalid("to", "must not be before `from`"));
        }
        Ok(Box::new(Self {
            period: fields.parsed("period", Period::parse, "day or month")?.unwrap_or(Period::Day),
            from,
            to,
            page: Page::of_query(fields, USUAL)?,
        }))
    }
}

impl Operation for Figures {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let about = |name, sql| {
            self.page
                .bind(Statement::new(name, sql))
                .with("period", self.period.name())
                .with("from", self.from.unwrap_or(Timestamp(0)))
                .with("to", self.to.unwrap_or(context.now))
        };
        vec![about("figures", FIGURES), about("meters", METERS)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let mut meters: BTreeMap<i64, Vec<Json>> = BTreeMap::new();
        for row in found.rows("meters")? {
            let starts_at = found.stored(row.integer("starts_at"))?;
            meters.entry(starts_at).or_default().push(found.stored(meter(row))?);
        }
        let (rows, next) = found.stored(self.page.cut(found.rows("figures")?, "starts_at", "span"))?;
        let figures: Result<Vec<Json>, StoreError> = rows
            .iter()
            .map(|row| {
                let used = meters.remove(&row.integer("starts_at")?).unwrap_or_default();
                figure(row, row.flag("is_usage_known")?.then_some(used))
            })
            .collect();
        let figures = found.stored(figures)?;
        let message = format!("{} {}s.", figures.len(), self.period.name());
        Ok(Reply::ok(&message, &json!({ "figures": figures, "nextCursor": next })))
    }
}

fn meter(row: &Row) -> Result<Json, StoreError> {
    Ok(json!({
        "feature": row.text("feature")?,
        "events": row.integer("events")?,
        "quantity": row.integer("quantity")?,
        "overageCents": row.integer("overage_cents")?,
    }))
}

/// One day or month. `usage`: `None` while it is not known.
fn figure(row: &Row, usage: Option<Vec<Json>>) -> Result<Json, StoreError> {
    let number = |name| row.integer(name);
    let mrr_cents = number("mrr_cents")?;
    Ok(json!({
        "period": row.text("span")?,
        "startsAt": row.timestamp("starts_at")?,
        "upTo": row.timestamp("rolled_up_to")?,
        "people": {
            "total": number("people")?,
            "signedUp": number("signed_up")?,
            "deleted": number("accounts_deleted")?,
        },
        "organizations": {
            "total": number("personal_organizations")? + number("teams")?,
            "personal": number("personal_organizations")?,
            "team": number("teams")?,
        },
        "paying": {
            "total": number("paying_personal")? + number("paying_teams")?,
            "personal": number("paying_personal")?,
            "team": number("paying_teams")?,
        },
        "conversions": {
            "toPaid": number("became_paying")?,
            "toTeam": number("became_teams")?,
            "toPersonal": number("became_personal")?,
        },
        "trials": {
            "running": number("trials_running")?,
            "begun": number("trials_begun")?,
            "converted": number("trials_converted")?,
            "ended": number("trials_ended")?,
        },
        "revenue": {
            "currency": row.text("currency")?,
            "mrrCents": mrr_cents,
            "arrCents": mrr_cents.saturating_mul(12),
            "newCents": number("new_cents")?,
            "expansionCents": number("expansion_cents")?,
            "reactivationCents": number("reactivation_cents")?,
            "contractionCents": number("contraction_cents")?,
            "churnCents": number("churn_cents")?,
        },
        "usage": usage,
        "seats": {
            "used": number("seats_used")?,
            "offered": number("seats_offered")?,
            "usedWithoutLimit": number("unlimited_seats_used")?,
        },
        "sessionsReplaced": number("sessions_replaced")?,
        "undeliveredEvents": number("undelivered_events")?,
        "keptMessages": number("kept_messages")?,
    }))
}
