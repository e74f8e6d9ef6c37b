//! Schedules: what a subscription will be once its period ends.

use serde_json::Value as Json;

use super::{
    client::{path, IdempotencyKey, Stripe},
    form::Form,
    object::Object,
    StripeError,
};
use crate::rules::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    pub id: String,
    /// `not_started`, `active`, `completed`, `released` or `canceled`.
    pub status: Option<String>,
    /// `None` once it is released.
    pub subscription: Option<String>,
    /// In order; of one just made from a subscription there is one, and it is the current period.
    pub phases: Vec<SchedulePhase>,
}

/// A phase as Stripe knows it, with all of it that an update has to say again to keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchedulePhase {
    pub start: Timestamp,
    pub end: Timestamp,
    pub trial_end: Option<Timestamp>,
    pub items: Vec<PhaseItem>,
    pub discounts: Vec<PhaseDiscount>,
    /// Of all its items that have none of their own.
    pub tax_rates: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseItem {
    pub price: String,
    /// `None` of a price that is metered: Stripe refuses one there.
    pub quantity: Option<i64>,
    /// Of this item alone.
    pub discounts: Vec<PhaseDiscount>,
    pub tax_rates: Vec<String>,
}

/// What was redeemed: its kind (`discount`, `promotion_code` or `coupon`) and its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseDiscount {
    pub kind: &'static str,
    pub id: String,
}

/// A phase to be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPhase {
    /// The first phase's; each further one starts where the one before ends.
    pub start: Option<Timestamp>,
    pub end: PhaseEnd,
    pub trial_end: Option<Timestamp>,
    pub items: Vec<PhaseItem>,
    pub discounts: Vec<PhaseDiscount>,
    pub tax_rates: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhaseEnd {
    At(Timestamp),
    /// After one `month` or `year`.
    AfterOne(String),
}

impl Schedule {
    /// # Errors
    /// `Broken` where it has no id, or a phase has no start or end.
    pub fn parse(json: &Json) -> Result<Self, StripeError> {
        let schedule = Object::new("subscription schedule", json);
        Ok(Self {
            id: schedule.required_text("id")?,
            status: schedule.text("status"),
            subscription: schedule.id("subscription"),
            phases: schedule.list("phases").map(phase).collect::<Result<_, _>>()?,
        })
    }
}

fn phase(phase: Object<'_>) -> Result<SchedulePhase, StripeError> {
    let item = |item: Object<'_>| {
        Ok(PhaseItem {
            price: item.required("price", item.id("price").or_else(|| item.id("plan")))?,
            quantity: item.integer("quantity"),
            discounts: discounts(item),
            tax_rates: item.ids("tax_rates"),
        })
    };
    Ok(SchedulePhase {
        start: phase.required_time("start_date")?,
        end: phase.required_time("end_date")?,
        trial_end: phase.time("trial_end"),
        items: phase.list("items").map(item).collect::<Result<_, _>>()?,
        discounts: discounts(phase),
        tax_rates: phase.ids("default_tax_rates"),
    })
}

/// What was redeemed for a phase, or for one of its items.
fn discounts(of: Object<'_>) -> Vec<PhaseDiscount> {
    let discount = |discount: Object<'_>| {
        let kinds = ["discount", "promotion_code", "coupon"];
        kinds.into_iter().find_map(|kind| Some(PhaseDiscount { kind, id: discount.id(kind)? }))
    };
    of.list("discounts").filter_map(discount).collect()
}

impl SchedulePhase {
    /// The phase itself, unchanged, and after it one period with another price in the place of the plan's: a downgrade at the
    /// period's end. Trial, discounts, tax rates and further items are said again, because an update that leaves them out ends
    /// them.
    pub fn followed_by(&self, plan_price: &str, price: &str, interval: &str) -> [NewPhase; 2] {
        let mut items = self.items.clone();
        let place = items.iter().position(|item| item.price == plan_price).unwrap_or_default();
        match items.get_mut(place) {
            Some(item) => item.price = price.to_string(),
            None => items.push(PhaseItem {
                price: price.to_string(),
                quantity: Some(1),
                discounts: Vec::new(),
                tax_rates: Vec::new(),
            }),
        }
        let current = NewPhase {
            start: Some(self.start),
            end: PhaseEnd::At(self.end),
            trial_end: self.trial_end,
            items: self.items.clone(),
            discounts: self.discounts.clone(),
            tax_rates: self.tax_rates.clone(),
        };
        let next = NewPhase {
            start: None,
            end: PhaseEnd::AfterOne(interval.to_string()),
            trial_end: None,
            items,
            discounts: self.discounts.clone(),
            tax_rates: self.tax_rates.clone(),
        };
        [current, next]
    }
}

impl NewPhase {
    fn written(&self, form: Form, number: usize) -> Form {
        let name = |rest: &str| format!("phases[{number}]{rest}");
        let form = form.with_time(&name("[start_date]"), self.start);
        let form = match &self.end {
            PhaseEnd::At(end) => form.with_time(&name("[end_date]"), Some(*end)),
            PhaseEnd::AfterOne(interval) => {
                form.with(&name("[duration][interval]"), interval).with(&name("[duration][interval_count]"), 1)
            }
        };
        let form = form
            .with_time(&name("[trial_end]"), self.trial_end)
            // Phases meet where periods do, so there is nothing to prorate.
            .with(&name("[proration_behavior]"), "none");
        let form = self.items.iter().enumerate().fold(form, |form, (position, item)| {
            let name = |rest: &str| name(&format!("[items][{position}]{rest}"));
            let form = form.with(&name("[price]"), &item.price).with_some(&name("[quantity]"), item.quantity);
            with_ids(with_discounts(form, &name, &item.discounts), &name("[tax_rates]"), &item.tax_rates)
        });
        with_ids(with_discounts(form, &name, &self.discounts), &name("[default_tax_rates]"), &self.tax_rates)
    }
}

fn with_discounts(form: Form, name: &impl Fn(&str) -> String, discounts: &[PhaseDiscount]) -> Form {
    discounts.iter().enumerate().fold(form, |form, (position, discount)| {
        form.with(&name(&format!("[discounts][{position}][{}]", discount.kind)), &discount.id)
    })
}

fn with_ids(form: Form, name: &str, ids: &[String]) -> Form {
    ids.iter().enumerate().fold(form, |form, (position, id)| form.with(&format!("{name}[{position}]"), id))
}

impl Stripe<'_> {
    /// Puts a subscription under a schedule whose one phase is the current period.
    ///
    /// # Errors
    /// See `StripeError`; `Refused` where the subscription has a schedule already.
    pub async fn create_schedule(&self, subscription: &str, key: &IdempotencyKey) -> Result<Schedule, StripeError> {
        let form = Form::new().with("from_subscription", subscription);
        Schedule::parse(&self.post("subscription_schedules", form, key).await?)
    }

    /// Replaces the phases; after the last one the subscription goes on by itself.
    ///
    /// # Errors
    /// See `StripeError`.
    pub async fn update_schedule(
        &self,
        id: &str,
        phases: &[NewPhase],
        key: &IdempotencyKey,
    ) -> Result<Schedule, StripeError> {
        let form = Form::new().with("end_behavior", "release").with("proration_behavior", "none");
        let form = phases.iter().enumerate().fold(form, |form, (number, phase)| phase.written(form, number));
        Schedule::parse(&self.post(&path("subscription_schedules", id)?, form, key).await?)
    }

    /// Takes a subscription out of its schedule and leaves it as it is.
    ///
    /// # Errors
    /// See `StripeError`; `Refused` where it was released or completed before.
    pub async fn release_schedule(&self, id: &str, key: &IdempotencyKey) -> Result<Schedule, StripeError> {
        let path = format!("{}/release", path("subscription_schedules", id)?);
        Schedule::parse(&self.post(&path, Form::new(), key).await?)
    }
}
