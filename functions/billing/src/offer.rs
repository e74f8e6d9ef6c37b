//! A plan that is asked for, with what it takes to judge the change to it.

use tallygate::{
    costs_nothing,
    http::{BatchRows, Call, Refusal},
    rules::{limit::Limit, money::Cents, period::Interval},
    scoped,
    store::{Row, Statement, StoreError},
};

/// Where `membership` may have a plan of `plans`.
macro_rules! may_choose {
    () => {
        "(plans.retired = 0 OR plans.id = membership.paid_plan_id AND membership.subscription_status <> 'canceled')"
    };
}

/// Which plan, and by the month or by the year.
#[derive(Clone, Debug)]
pub struct PlanChangeRequest {
    pub plan: String,
    pub interval: Interval,
}

impl PlanChangeRequest {
    pub fn read(call: &Call<'_>) -> Result<Self, Refusal> {
        let interval = call.fields.parsed("interval", Interval::parse, "`month` or `year`")?;
        Ok(Self { plan: call.fields.required_id("plan")?.to_string(), interval: interval.unwrap_or(Interval::Month) })
    }

    /// The statement that reads the plan; one of the other audience is not there, and one that is offered no longer is there
    /// for who is on it alone: they keep its terms, by the month or by the year.
    pub fn statement(&self) -> Statement {
        Statement::new(
            "offer",
            scoped!(
                "SELECT plans.id, plans.name, plans.position, plans.seats, plans.concurrent_sessions, plans.price_month_cents,
  plans.price_year_cents, plans.sales_contact, price.stripe_price_id, CASE WHEN ",
                costs_nothing!(
                    "plans",
                    "CASE membership.organization_kind WHEN 'personal' THEN 'individual' ELSE 'team' END"
                ),
                " THEN 1 ELSE 0 END AS is_free
FROM membership
JOIN plans ON plans.id = :plan AND ",
                may_choose!(),
                "
  AND plans.audience IN ('any', CASE membership.organization_kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
LEFT JOIN plan_prices price
  ON price.plan_id = plans.id AND price.billing_interval = :interval AND price.offered = 1"
            ),
        )
        .with("plan", self.plan.as_str())
        .with("interval", self.interval.as_str())
    }

    /// The statement that names the plans which the organization could choose.
    pub fn choices() -> Statement {
        Statement::new(
            "choices",
            scoped!(
                "SELECT plans.id FROM membership
JOIN plans ON ",
                may_choose!(),
                "
  AND plans.audience IN ('any', CASE membership.organization_kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
ORDER BY plans.position, plans.id"
            ),
        )
    }

    /// The plan that is asked for.
    ///
    /// # Errors
    /// 400 for one that is not in the catalog or is for the other kind of organization.
    pub fn offer(&self, found: &BatchRows<'_>) -> Result<Offer, Refusal> {
        if let Some(row) = found.first("offer")? {
            return found.stored(Offer::read(row, self.interval));
        }
        let choices = found.rows("choices")?.iter().map(|row| row.text("id")).collect::<Result<Vec<_>, _>>();
        let choices = found.stored(choices)?.join(", ");
        Err(Refusal::invalid("plan", format!("must be a plan for this organization: {choices}")))
    }
}

/// A plan of the catalog at an interval.
#[derive(Clone, Debug)]
pub struct Offer {
    pub plan_id: String,
    pub name: String,
    pub position: i64,
    pub seats: Limit,
    pub concurrent_sessions: Limit,
    pub interval: Interval,
    pub price: Option<Cents>,
    /// What Stripe sells it by.
    pub stripe_price: Option<String>,
    /// It costs nothing for good.
    pub is_free: bool,
    sales_contact: Option<String>,
}

impl Offer {
    fn read(row: &Row, interval: Interval) -> Result<Self, StoreError> {
        let price = match interval {
            Interval::Month => row.optional_integer("price_month_cents")?,
            Interval::Year => row.optional_integer("price_year_cents")?,
        };
        Ok(Self {
            plan_id: row.text("id")?.to_string(),
            name: row.text("name")?.to_string(),
            position: row.integer("position")?,
            seats: Limit::new(row.integer("seats")?),
            concurrent_sessions: Limit::new(row.integer("concurrent_sessions")?),
            interval,
            price: price.map(Cents),
            stripe_price: row.optional_text("stripe_price_id")?.map(str::to_string),
            is_free: row.flag("is_free")? && price == Some(0),
            sales_contact: row.optional_text("sales_contact")?.map(str::to_string),
        })
    }

    /// The offer in a quantity.
    pub fn times(self, quantity: i64) -> Self {
        Self { price: self.price.map(|price| price.times(quantity)), ..self }
    }

    /// The price at Stripe.
    ///
    /// # Errors
    /// 409 `plan_not_for_sale`, with whom to talk to.
    pub fn must_be_for_sale(&self) -> Result<&str, Refusal> {
        self.stripe_price.as_deref().ok_or_else(|| {
            let how = self.sales_contact.as_ref().map_or(String::new(), |contact| format!(" Write to {contact}."));
            Refusal::Conflict {
                code: "plan_not_for_sale",
                message: format!(
                    "The {} plan cannot be bought by the {} here.{how}",
                    self.name,
                    self.interval.as_str()
                ),
                details: tallygate::http::limit_details(&serde_json::json!({ "salesContact": self.sales_contact })),
            }
        })
    }
}
