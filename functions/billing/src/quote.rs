//! What a change of plan means: what it costs, when it happens, and what is lost.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;
use tallygate::{
    billing_month,
    http::{limit_details, BatchRows, Refusal},
    meter_period,
    plan_overrides::{CONCURRENT_SESSIONS, SEATS},
    rules::{
        limit::Limit,
        losses::{Losses, PlanTerms, Term, Use},
        money::Cents,
        period::Interval,
        plan_change::{Offer as Rung, PlanChange},
        proration::{Paying, Proration, Trial},
        subscription::Status,
        time::Timestamp,
    },
    scoped,
    store::{Row, Statement, StoreError},
    usage::with_months,
};

use crate::{
    account::{account, Account},
    offer::{Offer, PlanChangeRequest},
};

/// The statements that read what a change is judged by.
pub fn statements(requested: &PlanChangeRequest, now: Timestamp) -> Vec<Statement> {
    vec![
        account(),
        requested.statement(),
        PlanChangeRequest::choices(),
        // What the two plans hold.
        Statement::new(
            "terms",
            scoped!(
                "SELECT CASE WHEN plan_features.plan_id = membership.paid_plan_id THEN 1 ELSE 0 END AS is_current,
  CASE WHEN plan_features.plan_id = :plan THEN 1 ELSE 0 END AS is_wanted,
  plan_features.feature, plan_features.kind, plan_features.value, plan_features.limit_value
FROM membership JOIN plan_features ON plan_features.plan_id IN (membership.paid_plan_id, :plan)
ORDER BY plan_features.feature"
            ),
        )
        .with("plan", requested.plan.as_str()),
        // What is used of the current plan's meters in their present periods, in units.
        with_months(
            Statement::new(
                "used",
                scoped!(
                    ", ",
                    billing_month!(),
                    ", metered AS (
  SELECT membership.organization_id, feature.feature, feature.unit_size, ",
                    meter_period!(),
                    "
  FROM membership CROSS JOIN billing
  JOIN plan_features feature ON feature.plan_id = membership.paid_plan_id AND feature.kind = 'meter'
)
SELECT metered.feature, (counter.quantity + metered.unit_size - 1) / metered.unit_size AS quantity
FROM metered
JOIN usage_counters counter ON counter.organization_id = metered.organization_id AND counter.feature = metered.feature
  AND counter.period_start = metered.period_start
ORDER BY metered.feature"
                ),
            ),
            now,
        ),
        // What was granted beside a plan's limits, now or from later on.
        Statement::new(
            "granted",
            scoped!(
                "SELECT more.feature, more.quantity, more.starts_at, more.ends_at
FROM membership JOIN usage_grants more ON more.organization_id = membership.organization_id AND more.ends_at > :now
ORDER BY more.feature, more.id"
            ),
        ),
        // What holds in place of a plan's limits, now or at the change. (What another plan gives in place of the paid one ends with
        // that override, and not with this change.)
        Statement::new(
            "overridden",
            scoped!(
                "SELECT given.feature, given.limit_value, given.starts_at, given.ends_at
FROM membership JOIN plan_overrides given ON given.organization_id = membership.organization_id
  AND given.kind = 'limit' AND given.ends_at > :now
ORDER BY given.feature, given.ends_at"
            ),
        ),
        // The seats in use: members, and invitations that may still be accepted.
        Statement::new(
            "seats",
            scoped!(
                "SELECT
  (SELECT COUNT(*) FROM organization_members member WHERE member.organization_id = membership.organization_id) AS members,
  (SELECT COUNT(*) FROM organization_invitations invited
    WHERE invited.organization_id = membership.organization_id AND invited.status = 'pending' AND invited.expires_at > :now)
    AS invited
FROM membership"
            ),
        ),
    ]
}

/// A change of plan, judged.
pub struct PlanChangeQuote {
    pub account: Account,
    pub offer: Offer,
    pub kind: PlanChange,
    pub effective_at: Timestamp,
    /// What is charged and credited at once; nothing for a change that waits.
    pub proration: Option<Proration>,
    /// What the next regular invoice will be, before taxes and balances.
    pub next: Option<Cents>,
    pub next_at: Timestamp,
    pub losses: Losses,
}

impl PlanChangeQuote {
    /// Judges the change for a caller who may act in billing, by the second `at` where one was given.
    pub fn of(
        requested: &PlanChangeRequest,
        found: &BatchRows<'_>,
        now: Timestamp,
        at: Option<Timestamp>,
    ) -> Result<Self, Refusal> {
        let account = Account::of_biller(found)?;
        let offer = requested.offer(found)?;
        // Stripe changes the price and keeps the quantity.
        let offer = offer.times(account.paid.as_ref().map_or(1, |paid| paid.quantity));
        let kind = PlanChange::classify(&current(&account), &wanted(&offer));
        let effective_at = kind.takes_effect(account.period.end, now).unwrap_or(now);
        let proration = proration(&account, &offer, kind, at.unwrap_or(now));
        let next_at = match kind {
            PlanChange::Upgrade if account.paid.is_some() => match trial(&account, &offer) {
                Trial::GoesOn => account.period.end,
                Trial::None if account.interval == offer.interval => account.period.end,
                // A changed interval begins a new period with the change, and so does the end of a trial.
                Trial::None | Trial::Ends => offer.interval.after(now, 1),
            },
            _ => account.period.end,
        };
        let losses = losses(&account, &offer, found, effective_at)?;
        Ok(Self { next: offer.price, account, offer, kind, effective_at, proration, next_at, losses })
    }

    /// Whether the change ends a trial.
    pub fn ends_trial(&self) -> bool {
        self.kind == PlanChange::Upgrade && trial(&self.account, &self.offer) == Trial::Ends
    }

    /// Whether too many seats are in use for the plan, where the catalog refuses that.
    pub fn is_blocked(&self) -> bool {
        self.losses.blocks(self.account.over_seats)
    }

    /// Refuses a plan that has too few seats, where the catalog refuses that.
    ///
    /// # Errors
    /// 409 `seats_in_use`, with what to do first.
    pub fn must_have_seats(&self) -> Result<(), Refusal> {
        match self.is_blocked() {
            false => Ok(()),
            true => Err(Refusal::Conflict {
                code: "seats_in_use",
                message: format!("The {} plan has too few seats for everybody who is in.", self.offer.name),
                details: limit_details(&json!({ "losses": self.losses, "whatToDo": self.losses.what_to_do() })),
            }),
        }
    }
}

/// What an upgrade makes of a trial.
fn trial(account: &Account, offer: &Offer) -> Trial {
    Trial::at_change(account.status == Status::Trialing, account.plan_id == offer.plan_id)
}

fn current(account: &Account) -> Rung {
    Rung {
        plan_id: account.plan_id.clone(),
        position: account.position,
        interval: account.interval,
        price: account.amount(),
    }
}

fn wanted(offer: &Offer) -> Rung {
    Rung { plan_id: offer.plan_id.clone(), position: offer.position, interval: offer.interval, price: offer.price }
}

/// What an upgrade of a paid subscription costs at once.
fn proration(account: &Account, offer: &Offer, kind: PlanChange, at: Timestamp) -> Option<Proration> {
    let (paid, price) = (account.paid.as_ref()?, offer.price?);
    if kind != PlanChange::Upgrade {
        return None;
    }
    let from =
        Paying { price: paid.amount, interval: account.interval, period: account.period, trial: trial(account, offer) };
    Some(Proration::of_change(from, price, offer.interval, at))
}

/// The limits are those that will hold when the change takes effect: those that the operator has set in place of either plan's, and
/// with what is granted at that moment.
fn losses(account: &Account, offer: &Offer, found: &BatchRows<'_>, effective_at: Timestamp) -> Result<Losses, Refusal> {
    let (terms, used, seats) = (found.rows("terms")?, found.rows("used")?, found.only("seats")?);
    let (grants, overrides) = (found.rows("granted")?, found.rows("overridden")?);
    let read = || {
        let holds = |row: &Row| -> Result<bool, StoreError> {
            Ok(row.timestamp("starts_at")? <= effective_at && effective_at < row.timestamp("ends_at")?)
        };
        let (mut granted, mut overridden) = (BTreeMap::<&str, i64>::new(), BTreeMap::<&str, Limit>::new());
        for row in grants {
            if holds(row)? {
                *granted.entry(row.text("feature")?).or_default() += row.integer("quantity")?;
            }
        }
        for row in overrides {
            if holds(row)? {
                overridden.insert(row.text("feature")?, Limit::new(row.integer("limit_value")?));
            }
        }
        let (mut current, mut wanted) = (BTreeMap::new(), BTreeMap::new());
        for row in terms {
            let feature = row.text("feature")?;
            let (kind, value) = (row.text("kind")?, row.optional_text("value")?);
            let term = Term::of_row(kind, value, row.optional_integer("limit_value")?);
            let term = term.ok_or_else(|| StoreError::Broken(format!("no term: {feature}")))?;
            let term = overridden.get(feature).map_or(term, |limit| term.limited_to(*limit));
            let term = term.with(granted.get(feature).copied().unwrap_or(0));
            if row.flag("is_current")? {
                current.insert(feature.to_string(), term);
            }
            if row.flag("is_wanted")? {
                wanted.insert(feature.to_string(), term);
            }
        }
        let meters = used.iter().map(|row| Ok((row.text("feature")?.to_string(), row.integer("quantity")?)));
        let meters = meters.collect::<Result<_, StoreError>>()?;
        let of_plan = |name: &str, seats, concurrent_sessions, features| PlanTerms {
            name: name.to_string(),
            seats: overridden.get(SEATS).copied().unwrap_or(seats),
            concurrent_sessions: overridden.get(CONCURRENT_SESSIONS).copied().unwrap_or(concurrent_sessions),
            features,
        };
        Ok((
            of_plan(&account.plan_name, account.seats, account.concurrent_sessions, current),
            of_plan(&offer.name, offer.seats, offer.concurrent_sessions, wanted),
            Use { seats: seats.integer("members")? + seats.integer("invited")?, meters },
        ))
    };
    let (current, wanted, in_use) = found.stored(read())?;
    let losses = Losses::between(&current, &wanted, &in_use);
    Ok(if account.paid.is_some() { losses } else { losses.of_purchase(&wanted, &in_use) })
}

/// A quote as a page shows it.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Shown<'a> {
    pub from: Side<'a>,
    pub to: Side<'a>,
    pub kind: PlanChange,
    pub effective_at: Timestamp,
    pub currency: &'a str,
    /// `null` for a change that waits for the end of the period.
    pub proration: Option<Lines>,
    pub due_now_cents: Cents,
    pub next_invoice_cents: Option<Cents>,
    pub next_invoice_at: Timestamp,
    pub losses: &'a Losses,
    /// What has to be done first, or should be done before the change takes effect.
    pub what_to_do: Vec<String>,
    pub is_blocked: bool,
    /// There is nothing to change yet: a checkout begins the subscription.
    pub checkout_required: bool,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "QuotedPlan"))]
#[serde(rename_all = "camelCase")]
pub struct Side<'a> {
    plan: &'a str,
    plan_name: &'a str,
    interval: Interval,
    price_cents: Option<Cents>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Proration"))]
#[serde(rename_all = "camelCase")]
pub struct Lines {
    credit_cents: Cents,
    charge_cents: Cents,
    total_cents: Cents,
    /// Seconds since the epoch; given to `change-plan`, it costs exactly this.
    proration_date: i64,
}

impl PlanChangeQuote {
    pub fn shown(&self) -> Shown<'_> {
        let lines = self.proration.map(|proration| Lines {
            credit_cents: proration.credit,
            charge_cents: proration.charge,
            total_cents: proration.total(),
            proration_date: proration.at_seconds,
        });
        Shown {
            from: Side {
                plan: &self.account.plan_id,
                plan_name: &self.account.plan_name,
                interval: self.account.interval,
                price_cents: self.account.amount(),
            },
            to: Side {
                plan: &self.offer.plan_id,
                plan_name: &self.offer.name,
                interval: self.offer.interval,
                price_cents: self.offer.price,
            },
            kind: self.kind,
            effective_at: self.effective_at,
            currency: &self.account.currency,
            due_now_cents: self.proration.map_or(Cents::ZERO, |proration| proration.total().max(Cents::ZERO)),
            proration: lines,
            next_invoice_cents: self.next,
            next_invoice_at: self.next_at,
            losses: &self.losses,
            what_to_do: self.losses.what_to_do(),
            is_blocked: self.is_blocked(),
            checkout_required: self.account.paid.is_none(),
        }
    }
}
