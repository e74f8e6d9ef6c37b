//! Which plan a personal organization gets as a team, and by what right: the one rule of a conversion.

use tallygate::{
    billing::kept_quantity,
    http::{limit_details, BatchRows, Refusal},
    rules::{
        limit::Limit,
        money::Cents,
        period::{Interval, Period},
        subscription::Status,
        time::Timestamp,
    },
    scoped,
    store::{Row, Statement, StoreError},
};

use super::request::ConversionRequest;

/// Puts the rule before a statement, as the row `offer`: the plan, and by which route it is had. Nobody gets a paid plan
/// for nothing: it is kept where it is for everybody and running (`kept`), or what is paid at Stripe goes on at its price
/// (`stripe`; not while a payment is due, since the change would give back what was never paid), or its trial is the founder's first and an address of theirs is confirmed, or none known (`trial`), or it costs
/// nothing for good (`free`). What is neither running nor
/// over is settled first (`unsettled`), and all else is bought first (`payment`).
macro_rules! offered {
    ($($sql:tt)+) => {
        concat!(
            tallygate::scoped!(
                ", offer AS (
  SELECT membership.organization_id, membership.user_id, plans.id AS plan_id, membership.paid_plan_id AS from_plan_id, plans.trial_days,
    CASE
      WHEN plans.id = membership.paid_plan_id AND membership.access_until > :now THEN 'kept'
      WHEN plans.id = membership.paid_plan_id THEN 'unsettled'
      WHEN held.stripe_subscription_id IS NOT NULL AND held.status IN ('active', 'trialing') THEN 'stripe'
      WHEN held.stripe_subscription_id IS NOT NULL AND held.status <> 'canceled' THEN 'unsettled'
      WHEN plans.starts IN ('team', 'any') AND plans.trial_days > 0 AND users.team_trial_started_at IS NULL
        AND (users.email_verified = 1 OR :trusted = 1 AND users.email IS NULL) THEN 'trial'
      WHEN ",
                tallygate::costs_nothing!("plans", "'team'"),
                " THEN 'free'
      ELSE 'payment'
    END AS route,
    CASE WHEN :slug IS NOT NULL AND EXISTS (
      SELECT 1 FROM organizations taken WHERE taken.slug = :slug AND taken.id <> membership.organization_id)
      THEN 1 ELSE 0 END AS slug_taken
  FROM membership
  JOIN users ON users.id = membership.user_id
  JOIN org_subscriptions held ON held.organization_id = membership.organization_id
  JOIN plans present ON present.id = membership.paid_plan_id
  JOIN plans ON plans.audience IN ('team', 'any') AND (plans.retired = 0 OR plans.id = present.id)
    AND plans.id = COALESCE(:plan, CASE WHEN present.audience = 'any' THEN present.id END, (
      SELECT start.id FROM plans start
      WHERE start.starts IN ('team', 'any') AND start.audience IN ('team', 'any') AND start.retired = 0
      ORDER BY start.position LIMIT 1))
)
"
            ),
            $($sql)+
        )
    };
}
pub(super) use offered;

/// By what right the plan is had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Kept,
    Stripe,
    Trial,
    Free,
    Unsettled,
    Payment,
}

impl Route {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "kept" => Self::Kept,
            "stripe" => Self::Stripe,
            "trial" => Self::Trial,
            "free" => Self::Free,
            "unsettled" => Self::Unsettled,
            "payment" => Self::Payment,
            _ => return None,
        })
    }
}

/// A plan as one side of the change.
pub struct Plan {
    pub id: String,
    pub name: String,
    pub seats: Limit,
    pub concurrent_sessions: Limit,
}

/// What is paid at Stripe.
pub struct Paid {
    pub subscription: String,
    pub item: String,
    /// How many of the price are paid; 1 but where that was changed at Stripe, which keeps it.
    pub quantity: i64,
    /// What a period costs, all of them together.
    pub amount: Cents,
    /// When Stripe was last asked: a version of this state, for idempotency keys.
    pub observed_at: Timestamp,
}

/// What a conversion would do.
pub struct Offer {
    pub route: Route,
    pub from: Plan,
    pub to: Plan,
    pub status: Status,
    /// How the present plan is paid, and how the new one will be.
    pub interval: Interval,
    pub wanted_interval: Interval,
    pub period: Period,
    pub trial_ends_at: Option<Timestamp>,
    pub trial_days: i64,
    /// What the new plan costs by its interval, in the quantity that is paid.
    pub price: Option<Cents>,
    pub stripe_price: Option<String>,
    pub paid: Option<Paid>,
    pub currency: String,
    /// The name that the user's new personal organization gets, and its plan.
    pub personal_name: String,
    pub personal_plan: Option<(String, String)>,
    slug_taken: bool,
    cancel_at: Option<Timestamp>,
    sales_contact: Option<String>,
}

/// The statement that reads it.
pub fn offer(requested: &ConversionRequest) -> Statement {
    requested.bind(Statement::new(
        "offer",
        concat!(
            offered!(
                "SELECT offer.route, offer.slug_taken,
  present.id AS from_id, present.name AS from_name, present.seats AS from_seats,
  present.concurrent_sessions AS from_sessions,
  plans.id AS to_id, plans.name AS to_name, plans.seats AS to_seats, plans.concurrent_sessions AS to_sessions,
  plans.trial_days, plans.sales_contact, plans.price_month_cents, plans.price_year_cents,
  held.status, held.billing_interval, held.current_period_start, held.current_period_end, held.trial_ends_at,
  held.cancel_at, COALESCE(:interval, held.billing_interval) AS wanted_interval, price.stripe_price_id,
  kept.stripe_subscription_id, kept.stripe_item_id, kept.amount_cents, kept.items, kept.observed_at,
  COALESCE(settings.currency, 'usd') AS currency,
  personal.id AS personal_plan_id,
  CASE WHEN ",
                tallygate::costs_nothing!("personal", "'individual'"),
                " THEN 'active' ELSE 'incomplete' END AS personal_status,
  "
            ),
            crate::personal::workspace_of!("users.name"),
            " AS personal_name
FROM offer
JOIN users ON users.id = offer.user_id
JOIN plans ON plans.id = offer.plan_id
JOIN plans present ON present.id = offer.from_plan_id
JOIN org_subscriptions held ON held.organization_id = offer.organization_id
LEFT JOIN plan_prices price ON price.plan_id = plans.id AND price.offered = 1
  AND price.billing_interval = COALESCE(:interval, held.billing_interval)
LEFT JOIN billing_subscriptions kept ON kept.organization_id = offer.organization_id
  AND kept.stripe_subscription_id = held.stripe_subscription_id
LEFT JOIN plans personal ON personal.starts IN ('individual', 'any') AND personal.retired = 0
LEFT JOIN catalog_settings settings ON settings.id = 1"
        ),
    ))
}

/// The plans that a team could have.
pub fn choices() -> Statement {
    Statement::new(
        "choices",
        scoped!("SELECT plans.id FROM membership JOIN plans ON plans.retired = 0 AND plans.audience IN ('team', 'any') ORDER BY plans.position"),
    )
}

impl Offer {
    /// Reads it, for the owner of a personal organization.
    ///
    /// # Errors
    /// 409 `not_personal` for a team, 400 for a plan that is not one for teams.
    pub fn read(requested: &ConversionRequest, found: &BatchRows<'_>) -> Result<Self, Refusal> {
        if !found.membership()?.is_personal {
            return Err(not_personal());
        }
        match found.first("offer")? {
            Some(row) => found.stored(Self::of_row(row)),
            None => Err(no_plan(requested, found)?),
        }
    }

    /// Refuses what may not be done now, and says what to do first.
    ///
    /// # Errors
    /// 409 `slug_taken`, `cancellation_pending` or `plan_not_for_sale`, 402 `subscription_required`.
    pub fn must_be_allowed(&self) -> Result<(), Refusal> {
        if self.slug_taken {
            return Err(Refusal::SlugTaken);
        }
        match self.route {
            Route::Kept | Route::Trial | Route::Free => Ok(()),
            Route::Stripe => self.must_be_for_sale().map(|_| ()),
            Route::Unsettled => Err(Refusal::SubscriptionRequired {
                plan: self.from.name.clone(),
                status: self.status.as_str().to_string(),
            }),
            Route::Payment => {
                Err(Refusal::SubscriptionRequired { plan: self.to.name.clone(), status: "incomplete".to_string() })
            }
        }
    }

    /// The price at Stripe, and what is paid there by now.
    ///
    /// # Errors
    /// As [`Offer::must_be_allowed`].
    pub fn must_be_for_sale(&self) -> Result<(&str, &Paid), Refusal> {
        if let Some(at) = self.cancel_at {
            return Err(Refusal::Conflict {
                code: "cancellation_pending",
                message: "The subscription is cancelled; take that back first.".to_string(),
                details: limit_details(&serde_json::json!({ "cancelAt": at })),
            });
        }
        let sold = self.stripe_price.as_deref().zip(self.paid.as_ref());
        sold.ok_or_else(|| {
            let how = self.sales_contact.as_ref().map_or(String::new(), |contact| format!(" Write to {contact}."));
            let (plan, interval) = (&self.to.name, self.wanted_interval.as_str());
            Refusal::Conflict {
                code: "plan_not_for_sale",
                message: format!("The {plan} plan cannot be bought by the {interval} here.{how}"),
                details: limit_details(&serde_json::json!({ "salesContact": self.sales_contact })),
            }
        })
    }

    fn of_row(row: &Row) -> Result<Self, StoreError> {
        let plan = |id, name, seats, sessions| -> Result<_, StoreError> {
            Ok(Plan {
                id: row.text(id)?.to_string(),
                name: row.text(name)?.to_string(),
                seats: Limit::new(row.integer(seats)?),
                concurrent_sessions: Limit::new(row.integer(sessions)?),
            })
        };
        let text = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        let unknown = |what: &str| StoreError::Broken(format!("no {what}"));
        let interval = |column| Interval::parse(row.text(column)?).ok_or_else(|| unknown("interval"));
        let paid = match text("stripe_subscription_id")? {
            Some(subscription) => Some(Paid {
                subscription,
                item: row.text("stripe_item_id")?.to_string(),
                quantity: kept_quantity(row.text("items")?, row.text("stripe_item_id")?),
                amount: Cents(row.integer("amount_cents")?),
                observed_at: row.timestamp("observed_at")?,
            }),
            None => None,
        };
        let wanted_interval = interval("wanted_interval")?;
        let price = match wanted_interval {
            Interval::Month => row.optional_integer("price_month_cents")?,
            Interval::Year => row.optional_integer("price_year_cents")?,
        };
        Ok(Self {
            route: Route::parse(row.text("route")?).ok_or_else(|| unknown("route"))?,
            from: plan("from_id", "from_name", "from_seats", "from_sessions")?,
            to: plan("to_id", "to_name", "to_seats", "to_sessions")?,
            status: Status::parse(row.text("status")?).ok_or_else(|| unknown("status"))?,
            interval: interval("billing_interval")?,
            wanted_interval,
            period: Period { start: row.timestamp("current_period_start")?, end: row.timestamp("current_period_end")? },
            trial_ends_at: row.optional_timestamp("trial_ends_at")?,
            trial_days: row.integer("trial_days")?,
            price: price.map(|price| Cents(price).times(paid.as_ref().map_or(1, |paid| paid.quantity))),
            stripe_price: text("stripe_price_id")?,
            paid,
            currency: row.text("currency")?.to_string(),
            personal_name: row.text("personal_name")?.to_string(),
            personal_plan: text("personal_plan_id")?.zip(text("personal_status")?),
            slug_taken: row.flag("slug_taken")?,
            cancel_at: row.optional_timestamp("cancel_at")?,
            sales_contact: text("sales_contact")?,
        })
    }
}

/// What is a team cannot become one.
pub fn not_personal() -> Refusal {
    let message = "This organization is a team already.".to_string();
    Refusal::Conflict { code: "not_personal", message, details: serde_json::Map::new() }
}

/// Why there is no plan to be had.
fn no_plan(requested: &ConversionRequest, found: &BatchRows<'_>) -> Result<Refusal, Refusal> {
    let choices = found.rows("choices")?.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>();
    let choices = found.stored(choices)?.join(", ");
    Ok(match &requested.plan {
        _ if choices.is_empty() => Refusal::invalid("plan", "cannot be chosen: the catalog has none for teams"),
        Some(_) => Refusal::invalid("plan", format!("must be a plan for teams: {choices}")),
        None => Refusal::invalid("plan", format!("is required; it must be one of: {choices}")),
    })
}
