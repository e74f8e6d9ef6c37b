//! Whether a team may become personal, and which plan it then has: the one rule of the way back.

use tallygate::{
    http::{limit_details, BatchRows, Refusal},
    moved_organizations::organization_moved,
    rules::{limit::Limit, role::Role, subscription::Status, time::Timestamp},
    store::{Row, Statement, StoreError},
};

use crate::convert::Plan;

/// Puts the rule before a statement, as the row `back` of a team: who else is in it, what is paid, and the plan that it would
/// have. Nobody gets anything for nothing: a plan that is for everybody is kept while it runs, also where it is paid at
/// Stripe; else the team takes over the plan of the personal organization that gives way, a trial's end included, and what
/// is paid for the team is cancelled first. An organization that has counted something in a period that is not over, or
/// holds room for it, does not give way, since its owner would begin that period anew. And a team whose people have been moved is not
/// theirs to take along: the plan that they got for it is in the organization that would give way.
macro_rules! backed {
    ($($sql:tt)+) => {
        concat!(
            tallygate::scoped!(
                ", back AS (
  SELECT membership.organization_id, membership.user_id, membership.role, membership.paid_plan_id AS from_plan_id,
    personal.id AS personal_id, personal.name AS personal_name,
    CASE WHEN present.audience = 'any' AND membership.access_until > :now THEN 1 ELSE 0 END AS is_kept,
    CASE WHEN present.audience = 'any' AND membership.access_until > :now THEN present.id ELSE COALESCE(had.plan_id, (
      SELECT start.id FROM plans start
      WHERE start.starts IN ('individual', 'any') AND start.retired = 0
      ORDER BY start.position LIMIT 1)) END AS plan_id,
    (SELECT COUNT(*) FROM organization_members other
      WHERE other.organization_id = membership.organization_id AND other.user_id <> membership.user_id) AS others,
    CASE WHEN EXISTS (
      SELECT 1 FROM billing_subscriptions running WHERE running.organization_id = membership.organization_id
        AND ",
                tallygate::subscription_runs!("running"),
                ") THEN 1 ELSE 0 END AS is_paid,
    CASE WHEN EXISTS (
      SELECT 1 FROM billing_subscriptions running WHERE running.organization_id = personal.id
        AND ",
                tallygate::subscription_runs!("running"),
                ") THEN 1 ELSE 0 END AS personal_is_paid,
    CASE WHEN EXISTS (
      SELECT 1 FROM usage_counters counted
      WHERE counted.organization_id = personal.id AND counted.quantity > 0
        AND (counted.period_start = 0 OR COALESCE(counted.period_end, counted.period_start + :year) > :now))
      OR EXISTS (
        SELECT 1 FROM usage_reservations held
        WHERE held.organization_id = personal.id AND held.settled_at IS NULL AND held.expires_at > :now)
      THEN 1 ELSE 0 END AS personal_is_in_use,
    ",
                tallygate::organization_is_moved!("membership"),
                " AS is_moved
  FROM membership
  JOIN plans present ON present.id = membership.paid_plan_id
  LEFT JOIN organizations personal ON personal.personal_user_id = membership.user_id
  LEFT JOIN org_subscriptions had ON had.organization_id = personal.id
  WHERE membership.organization_kind = 'team'
)
"
            ),
            $($sql)+
        )
    };
}
pub(super) use backed;

/// What the team would take over of the subscription of the organization that gives way: columns beside a row `had` of
/// `org_subscriptions`, which may be missing, and `plans`, the plan that it would have.
macro_rules! taken_over {
    () => {
        concat!(
            "COALESCE(had.status, CASE WHEN ",
            tallygate::costs_nothing!("plans", "'individual'"),
            " THEN 'active' ELSE 'incomplete' END) AS status,
  COALESCE(had.current_period_start, :now) AS period_start, COALESCE(had.current_period_end, :month_later) AS period_end,
  had.trial_ends_at, had.past_due_since, COALESCE(had.billing_interval, 'month') AS billing_interval"
        )
    };
}
pub(super) use taken_over;

/// A year in milliseconds: no period is longer.
pub(super) const YEAR: i64 = 366 * 86_400_000;

pub struct Standing {
    pub from: Plan,
    /// `None` where the catalog has no plan for individuals.
    pub to: Option<Plan>,
    pub status: Status,
    pub trial_ends_at: Option<Timestamp>,
    /// The organization that gives way.
    pub personal: Option<(String, String)>,
    /// Invitations that are revoked.
    pub invitations: i64,
    role: Role,
    others: i64,
    is_kept: bool,
    is_paid: bool,
    personal_is_paid: bool,
    personal_is_in_use: bool,
    is_moved: bool,
}

/// The statement that reads it.
pub fn standing() -> Statement {
    Statement::new(
        "standing",
        concat!(
            backed!(
                "SELECT back.role, back.others, back.is_kept, back.is_paid, back.personal_is_paid, back.personal_is_in_use, back.is_moved,
  back.personal_id, back.personal_name,
  (SELECT COUNT(*) FROM organization_invitations pending
    WHERE pending.organization_id = back.organization_id AND pending.status = 'pending') AS invitations,
  present.id AS from_id, present.name AS from_name, present.seats AS from_seats, present.concurrent_sessions AS from_sessions,
  plans.id AS to_id, plans.name AS to_name, plans.seats AS to_seats, plans.concurrent_sessions AS to_sessions,
  held.status AS held_status, held.trial_ends_at AS held_trial_ends_at, "
            ),
            taken_over!(),
            "
FROM back
JOIN plans present ON present.id = back.from_plan_id
JOIN org_subscriptions held ON held.organization_id = back.organization_id
LEFT JOIN plans ON plans.id = back.plan_id
LEFT JOIN org_subscriptions had ON had.organization_id = back.personal_id"
        ),
    )
    .with("year", YEAR)
}

/// The statement that reads the features of both plans.
pub fn terms() -> Statement {
    Statement::new(
        "terms",
        backed!(
            "SELECT plan_features.plan_id, plan_features.feature, plan_features.kind, plan_features.value, plan_features.limit_value
FROM back JOIN plan_features ON plan_features.plan_id IN (back.plan_id, back.from_plan_id)
ORDER BY plan_features.feature"
        ),
    )
    .with("year", YEAR)
}

impl Standing {
    /// Reads it, for a member of a team.
    ///
    /// # Errors
    /// 409 `not_team` for what is personal.
    pub fn read(found: &BatchRows<'_>) -> Result<Self, Refusal> {
        if found.membership()?.is_personal {
            return Err(conflict("not_team", "This organization is personal already."));
        }
        let row = found.first("standing")?.ok_or_else(|| found.broken("a team has no standing"))?;
        found.stored(Self::of_row(row))
    }

    /// Refuses what may not be done now, and says what to do first.
    ///
    /// # Errors
    /// 403 for whoever is no owner; 409 `not_alone`, `subscription_running`, `personal_subscription_running`,
    /// `personal_organization_in_use`, `organization_moved` or `no_personal_plan`.
    pub fn must_be_allowed(&self) -> Result<(), Refusal> {
        if self.role != Role::Owner {
            return Err(Refusal::Forbidden("Only an owner may do this"));
        }
        if self.is_moved {
            return Err(organization_moved());
        }
        if self.others > 0 {
            return Err(Refusal::Conflict {
                code: "not_alone",
                message: "Others are in this team; a personal organization has one member.".to_string(),
                details: limit_details(&serde_json::json!({ "otherMembers": self.others })),
            });
        }
        if self.to.is_none() {
            return Err(conflict("no_personal_plan", "The catalog has no plan for individuals."));
        }
        if self.is_paid && !self.is_kept {
            let message = "The team's subscription is still paid for, and its plan is for teams; cancel it first.";
            return Err(conflict("subscription_running", message));
        }
        if self.personal_is_paid {
            let message = "Your personal organization is paid for; cancel its subscription first.";
            return Err(conflict("personal_subscription_running", message));
        }
        if self.personal_is_in_use {
            let message = "Your personal organization has counted something in a period that is not over; it cannot give way before.";
            return Err(conflict("personal_organization_in_use", message));
        }
        Ok(())
    }

    fn of_row(row: &Row) -> Result<Self, StoreError> {
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        let plan = |id: String, name, seats, sessions| -> Result<_, StoreError> {
            Ok(Plan {
                id,
                name: row.text(name)?.to_string(),
                seats: Limit::new(row.integer(seats)?),
                concurrent_sessions: Limit::new(row.integer(sessions)?),
            })
        };
        let to = text("to_id")?.map(|id| plan(id, "to_name", "to_seats", "to_sessions")).transpose()?;
        let is_kept = row.flag("is_kept")?;
        let (status, trial) = if is_kept { ("held_status", "held_trial_ends_at") } else { ("status", "trial_ends_at") };
        let (status, role) = (row.text(status)?, row.text("role")?);
        Ok(Self {
            from: plan(row.text("from_id")?.to_string(), "from_name", "from_seats", "from_sessions")?,
            to,
            status: Status::parse(status).ok_or_else(|| StoreError::Broken(format!("no status: {status}")))?,
            trial_ends_at: row.optional_timestamp(trial)?,
            personal: text("personal_id")?.zip(text("personal_name")?),
            invitations: row.integer("invitations")?,
            role: Role::parse(role).ok_or_else(|| StoreError::Broken(format!("no role: {role}")))?,
            others: row.integer("others")?,
            is_kept,
            is_paid: row.flag("is_paid")?,
            personal_is_paid: row.flag("personal_is_paid")?,
            personal_is_in_use: row.flag("personal_is_in_use")?,
            is_moved: row.flag("is_moved")?,
        })
    }
}

fn conflict(code: &'static str, message: &str) -> Refusal {
    Refusal::Conflict { code, message: message.to_string(), details: serde_json::Map::new() }
}
