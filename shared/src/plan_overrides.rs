//! What the operator gives one organization in place of what its plan says, until an end (`console`): the entitlements of another
//! plan, or another limit.
//!
//! A meter's limit is looked up where it is met, by the moment. Another plan, seats and concurrent sessions are what every request
//! reads of the subscription anyway: they stand in its row for as long as they hold (`carried_overrides!`), and the first request
//! after an end takes them out of it.

use serde::Serialize;

use crate::{
    http::{BatchRows, Refusal},
    rules::{limit::Limit, time::Timestamp},
    store::{Row, Statement, StoreError},
};

/// The limits that are of no meter, as an override's `feature` names them.
pub const SEATS: &str = "seats";
pub const CONCURRENT_SESSIONS: &str = "concurrent_sessions";

/// Of a row `org_subscriptions` that is updated: what its organization's overrides give from now on, until one of them ends. Another
/// plan counts for as long as it is one for this kind of organization.
#[macro_export]
macro_rules! carried_overrides {
    () => {
        "override_plan_id = (
    SELECT given.plan_id FROM plan_overrides given
    JOIN plans plan ON plan.id = given.plan_id
    JOIN organizations owner ON owner.id = given.organization_id
      AND plan.audience IN ('any', CASE owner.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
    WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'plan' AND given.feature = ''
      AND given.ends_at > :now AND given.ends_at > given.starts_at
    ORDER BY given.ends_at LIMIT 1),
  override_seats = (
    SELECT given.limit_value FROM plan_overrides given
    WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit' AND given.feature = 'seats'
      AND given.ends_at > :now AND given.ends_at > given.starts_at
    ORDER BY given.ends_at LIMIT 1),
  override_sessions = (
    SELECT given.limit_value FROM plan_overrides given
    WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit'
      AND given.feature = 'concurrent_sessions' AND given.ends_at > :now AND given.ends_at > given.starts_at
    ORDER BY given.ends_at LIMIT 1),
  override_ends_at = (
    SELECT MIN(given.ends_at) FROM plan_overrides given
    WHERE given.organization_id = org_subscriptions.organization_id AND given.ends_at > :now
      AND (given.kind = 'plan' OR given.feature IN ('seats', 'concurrent_sessions'))),
  updated_at = :now"
    };
}

/// Takes what has ended out of subscriptions, whosever: the index by which they are found has only those with an override.
const ENDED: &str =
    concat!("UPDATE org_subscriptions SET\n  ", carried_overrides!(), "\nWHERE override_ends_at <= :now");

/// The statement that stands before all others of a request on SQLite. (On Postgres it is `tallygate_settle_overrides`.)
pub(crate) fn settled() -> Statement {
    Statement::new("overrides_ended", ENDED)
}

/// The same once more, behind what makes an organization one of the other kind: another plan may fit it no more, and what is told of
/// it is what holds from now on.
pub fn settled_anew() -> Statement {
    Statement::new("overrides_fit", ENDED)
}

/// Another limit of the meter of a row's `feature`, as it held at a moment; NULL where none did. (Of one kind no two hold at once:
/// the order is that of the table, in which D1 stops at the first row.)
#[doc(hidden)]
#[macro_export]
macro_rules! overridden_limit {
    ($organization:literal, $feature:literal, $moment:expr) => {
        $crate::overridden_limit!($organization, $feature, $moment, "given.limit_value")
    };
    ($organization:literal, $feature:literal, $moment:expr, $value:expr) => {
        concat!(
            "(SELECT ",
            $value,
            " FROM plan_overrides given
      WHERE given.organization_id = ",
            $organization,
            ".organization_id AND given.kind = 'limit' AND given.feature = ",
            $feature,
            ".feature AND given.ends_at > ",
            $moment,
            " AND given.starts_at <= ",
            $moment,
            "
      ORDER BY given.ends_at LIMIT 1)"
        )
    };
}

/// Joins to a row `membership` what holds in place of its plan, as a row `given` each: the columns are `given_columns!`.
#[macro_export]
macro_rules! given_joined {
    () => {
        "LEFT JOIN plan_overrides given ON given.organization_id = membership.organization_id
  AND given.starts_at <= :now AND given.ends_at > :now"
    };
}

/// The columns that [`Override::list`] reads.
#[macro_export]
macro_rules! given_columns {
    () => {
        "given.kind AS given_kind, given.feature AS given_feature, given.plan_id AS given_plan_id,
  given.limit_value AS given_limit, given.ends_at AS given_until"
    };
}

/// What holds in place of a plan, as whoever it was given to sees it. (Why stands in their history.)
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "describe", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// The plan whose entitlements hold; `null` for a limit.
    plan: Option<String>,
    /// A meter, `seats` or `concurrent_sessions`; `null` for a plan.
    feature: Option<String>,
    limit: Option<Limit>,
    ends_at: Timestamp,
}

impl Override {
    /// Of the rows of a statement that joins them (`given_joined!`).
    ///
    /// # Errors
    /// A fault in reading the rows.
    pub fn list(found: &BatchRows<'_>, statement: &str) -> Result<Vec<Self>, Refusal> {
        let rows = found.rows(statement)?.iter().filter_map(|row| Self::read(row).transpose());
        found.stored(rows.collect())
    }

    /// `None` where the join has found none.
    fn read(row: &Row) -> Result<Option<Self>, StoreError> {
        let Some(kind) = row.optional_text("given_kind")? else { return Ok(None) };
        let feature = row.optional_text("given_feature")?.map(str::to_string);
        Ok(Some(Self {
            plan: row.optional_text("given_plan_id")?.map(str::to_string),
            feature: feature.filter(|_| kind == "limit"),
            limit: row.optional_integer("given_limit")?.map(Limit::new),
            ends_at: row.timestamp("given_until")?,
        }))
    }
}

#[cfg(test)]
mod tests {
    /// In one line, with single spaces.
    fn flat(sql: &str) -> String {
        sql.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn postgres_settles_what_has_ended_by_the_same_words() {
        let schema = include_str!("../../schema.postgres.sql");
        let said = flat(carried_overrides!()).replace(":now", "at");
        assert!(flat(schema).contains(&format!("UPDATE org_subscriptions SET {said} WHERE override_ends_at <= at;")));
    }
}
