//! `people`: who has used how much of each meter in its period of now, by page of the members. Owners, admins and service keys see
//! all of them, others themselves.
//!
//! The scheduler's sums by person, and the events that are not in them yet: however long the ledger is, the rows that are read are as
//! many as the members, the meters of a page, and so many events ([`MOST_EVENTS`](crate::not_summed::MOST_EVENTS)).

use serde::Serialize;
use tallygate::{
    billing_month,
    http::{BatchRows, Call, Operation, Page, Refusal, Reply, RequestContext, Staleness},
    meter_period,
    rules::{ids::UserId, time::Timestamp},
    scoped,
    store::{Row, Statement, StoreError},
    usage::{features, with_months, MeterStanding},
};

use crate::{
    days::Freshness,
    feature::MeterShown,
    not_summed::{freshness, not_summed, with_ends},
};

/// Members of a page where nobody says how many.
const USUAL: i64 = 100;

pub struct People {
    page: Page,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct UsedByPeople {
    meters: Vec<MeterOfPeople>,
    /// In the order in which they came, those who have used nothing included.
    people: Vec<PersonUsage>,
    /// What was written before is in: now, but where more waits to be added up than is read.
    up_to: Timestamp,
    /// `cursor` of the next page of people; `null` on the last one.
    next_cursor: Option<String>,
}

/// A meter in its period of now, with what all have used of it: more than the people together where somebody has left, where a
/// service key has told of nobody, or of nobody who is a member.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MeterOfPeople {
    feature: String,
    /// `minute` or `hour` where a unit is more than one of what is counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("enum" = ["minute", "hour"])))]
    unit: Option<&'static str>,
    /// In what is counted.
    quantity: i64,
    /// `null`: it has no periods.
    #[cfg_attr(test, schemars(extend("x-may-be-null" = true)))]
    period_start: Option<Timestamp>,
    /// `null`: never.
    #[cfg_attr(test, schemars(extend("x-may-be-null" = true)))]
    resets_at: Option<Timestamp>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PersonUsage {
    user_id: UserId,
    name: String,
    email: Option<String>,
    /// The meters that they have used, by their names.
    used: Vec<UsedOfMeter>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct UsedOfMeter {
    feature: String,
    /// In what is counted. Less than 0 of a gauge, where they took off what others had added.
    quantity: i64,
}

impl People {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { page: Page::of_query(call.fields, USUAL)? }))
    }
}

/// The members of the page whom the caller may see, as the row `page`.
macro_rules! page {
    () => {
        "page AS MATERIALIZED (
  SELECT member.user_id, member.joined_at
  FROM membership
  JOIN organization_members member ON member.organization_id = membership.organization_id
  WHERE (membership.user_id IS NULL OR membership.role_rank >= 3 OR member.user_id = membership.user_id)
    AND (:after_id IS NULL OR member.joined_at > :after_time OR member.joined_at = :after_time AND member.user_id > :after_id)
  ORDER BY member.joined_at, member.user_id LIMIT :rows
)"
    };
}

const PAGE: &str = scoped!(
    ", ",
    page!(),
    "
SELECT page.user_id, page.joined_at, users.name, users.email
FROM page JOIN users ON users.id = page.user_id
ORDER BY page.joined_at, page.user_id"
);

/// What each of the page has used in the period of now, and (`fresh`) how recent that is. (`CROSS JOIN` has SQLite look each sum up by
/// its key.)
const USED: &str = scoped!(
    ", ",
    billing_month!(),
    ", meters AS MATERIALIZED (
  SELECT membership.organization_id, feature.feature, ",
    meter_period!(),
    "
  FROM membership CROSS JOIN billing
  JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.kind = 'meter'
), ",
    page!(),
    ", summed AS MATERIALIZED (
  SELECT membership.organization_id, COALESCE(rollup.people_to, '') AS own_to, COALESCE(rollup.people_keyed_to, -1) AS keyed_to
  FROM membership
  LEFT JOIN usage_rollups rollup ON rollup.organization_id = membership.organization_id
), ",
    not_summed!("summed", "event.period_start, event.person, event.counted"),
    ", written AS MATERIALIZED (
  SELECT feature, period_start, person, counted FROM own
  UNION ALL
  SELECT feature, period_start, person, counted FROM keyed
), used AS MATERIALIZED (
  SELECT meters.feature, page.user_id, sums.quantity
  FROM meters CROSS JOIN page CROSS JOIN usage_by_person sums
  WHERE sums.organization_id = meters.organization_id AND sums.feature = meters.feature
    AND sums.period_start = meters.period_start AND sums.user_id = page.user_id
  UNION ALL
  SELECT meters.feature, page.user_id, written.counted
  FROM written
  JOIN meters ON meters.feature = written.feature AND meters.period_start = written.period_start
  JOIN page ON page.user_id = written.person
)
SELECT 'used' AS shows, feature, user_id, 0 AS day, 0 AS events, CAST(SUM(quantity) AS BIGINT) AS quantity, 0 AS scored, 0 AS score_sum
FROM used GROUP BY feature, user_id
UNION ALL
SELECT 'fresh', '', '', 0, ",
    freshness!(),
    "
FROM summed
ORDER BY shows, feature, user_id"
);

impl Operation for People {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::OfOneself)
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let used = with_ends(with_months(Statement::new("used", USED), context.now));
        vec![features(context), self.page.bind(Statement::new("people", PAGE)), self.page.bind(used)]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        found.membership()?;
        let (rows, next_cursor) = found.stored(self.page.cut(found.rows("people")?, "joined_at", "user_id"))?;
        let used = found.rows("used")?;
        let people =
            found.stored(rows.iter().map(|row| PersonUsage::read(row, used)).collect::<Result<Vec<_>, _>>())?;
        let meters = found.rows("features")?.iter().filter_map(|row| MeterOfPeople::read(row).transpose());
        let meters = found.stored(meters.collect::<Result<Vec<_>, _>>())?;
        let up_to = found.stored(Freshness::of(used, context.now))?.up_to;
        let message = match people.len() {
            1 => "1 person.".to_string(),
            amount => format!("{amount} people."),
        };
        Ok(Reply::ok(&message, &UsedByPeople { meters, people, up_to, next_cursor }))
    }
}

impl PersonUsage {
    fn read(row: &Row, of_all: &[Row]) -> Result<Self, StoreError> {
        let user_id = row.text("user_id")?;
        let mut used = Vec::new();
        for sum in of_all {
            if sum.text("shows")? == "used" && sum.text("user_id")? == user_id {
                used.push(UsedOfMeter {
                    feature: sum.text("feature")?.to_string(),
                    quantity: sum.integer("quantity")?,
                });
            }
        }
        Ok(Self {
            user_id: UserId::new(user_id),
            name: row.text("name")?.to_string(),
            email: row.optional_text("email")?.map(str::to_string),
            used,
        })
    }
}

impl MeterOfPeople {
    /// `None` of a feature that is no meter.
    fn read(row: &Row) -> Result<Option<Self>, StoreError> {
        if row.text("kind")? != "meter" {
            return Ok(None);
        }
        let standing = MeterStanding::read(row)?;
        let start = row.timestamp("period_start")?;
        Ok(Some(Self {
            feature: row.text("feature")?.to_string(),
            unit: MeterShown::of(&standing).unit,
            quantity: standing.used,
            period_start: (start.0 > 0).then_some(start),
            resets_at: standing.resets_at,
        }))
    }
}
