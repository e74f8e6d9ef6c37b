//! `convert-preview`: what a conversion would change, and whether it may be done. It writes nothing.

use serde::Serialize;
use tallygate::{
    http::{must_found_another, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    rules::{
        ids::OrganizationId,
        limit::Limit,
        losses::Losses,
        money::Cents,
        period::Interval,
        subscription::Status,
        time::{Span, Timestamp},
    },
    store::Statement,
};

use super::{
    offer::{Offer, Plan, Route},
    paid::proration,
    request::ConversionRequest,
    terms::{gains_and_losses, Gains},
};

pub struct Preview {
    requested: ConversionRequest,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Previewed<'a> {
    /// Whether `convert` would do it now.
    allowed: bool,
    /// Why not, as `convert` would refuse it.
    reason: Option<Reason>,
    organization: Organization<'a>,
    plan: Sides<Named<'a>>,
    /// The new plan's.
    #[cfg_attr(test, schemars(with = "tallygate::rules::subscription::Status"))]
    status: &'static str,
    trial_ends_at: Option<Timestamp>,
    interval: Interval,
    /// What the new plan costs by its interval; `null` where it is not sold by itself.
    price_cents: Option<Cents>,
    currency: &'a str,
    /// What is charged at once; `null` where nothing is paid through Stripe.
    proration: Option<Lines>,
    due_now_cents: Cents,
    seats: Sides<Limit>,
    gained: Gains,
    lost: Losses,
    personal_organization: Personal<'a>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "ConversionRefusal"))]
pub struct Reason {
    pub code: &'static str,
    pub message: String,
}

impl Reason {
    pub fn of(refusal: &Refusal) -> Self {
        Self { code: refusal.code(), message: refusal.sentence() }
    }
}

/// The team as it would be, under the id that it has.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PreviewedOrganization"))]
pub struct Organization<'a> {
    id: &'a OrganizationId,
    name: &'a str,
    slug: &'a str,
}

/// What is before and after a change.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub struct Sides<T> {
    pub from: T,
    pub to: T,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "NamedPlan"))]
pub struct Named<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> Named<'a> {
    pub fn of(plan: &'a Plan) -> Self {
        Self { id: &plan.id, name: &plan.name }
    }
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Proration"))]
#[serde(rename_all = "camelCase")]
pub struct Lines {
    credit_cents: Cents,
    charge_cents: Cents,
    total_cents: Cents,
    /// Seconds since the epoch; given to `convert`, it costs exactly this.
    proration_date: i64,
}

/// The new one that the user would get.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PreviewedPersonalOrganization"))]
pub struct Personal<'a> {
    name: &'a str,
    plan: Option<&'a str>,
    #[cfg_attr(test, schemars(with = "Option<tallygate::rules::subscription::Status>"))]
    status: Option<&'a str>,
}

impl Preview {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { requested: ConversionRequest::read(call)? }))
    }
}

impl Operation for Preview {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ActedUpon)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        super::terms::statements(&self.requested)
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let offer = Offer::read(&self.requested, found)?;
        let membership = found.membership()?;
        let refusal = offer.must_be_allowed().and_then(|()| must_found_another(found)).err();
        let (gained, lost) = gains_and_losses(&offer, found)?;
        let (status, trial_ends_at) = outlook(&offer, context.now);
        let proration = proration(&offer, context.now);
        let plan = offer.personal_plan.as_ref();
        let reply = Previewed {
            allowed: refusal.is_none(),
            organization: Organization {
                id: &membership.organization_id,
                name: self.requested.name.as_ref().map_or(&membership.organization_name, |name| name.as_str()),
                slug: self.requested.slug.as_ref().map_or(&membership.organization_slug, |slug| slug.as_str()),
            },
            plan: Sides { from: Named::of(&offer.from), to: Named::of(&offer.to) },
            status: status.as_str(),
            trial_ends_at,
            interval: offer.wanted_interval,
            price_cents: offer.price,
            currency: &offer.currency,
            due_now_cents: proration.map_or(Cents::ZERO, |proration| proration.total().max(Cents::ZERO)),
            proration: proration.map(|proration| Lines {
                credit_cents: proration.credit,
                charge_cents: proration.charge,
                total_cents: proration.total(),
                proration_date: proration.at_seconds,
            }),
            seats: Sides { from: offer.from.seats, to: offer.to.seats },
            gained,
            lost,
            personal_organization: Personal {
                name: &offer.personal_name,
                plan: plan.map(|(id, _)| id.as_str()),
                status: plan.map(|(_, status)| status.as_str()),
            },
            reason: refusal.map(|refusal| Reason::of(&refusal)),
        };
        let message = match &reply.reason {
            None => format!("This becomes a team on the {} plan.", offer.to.name),
            Some(reason) => reason.message.clone(),
        };
        Ok(Reply::ok(&message, &reply))
    }
}

/// The status that the team would have, and when its trial would end.
fn outlook(offer: &Offer, now: Timestamp) -> (Status, Option<Timestamp>) {
    match offer.route {
        Route::Trial => (Status::Trialing, Some(now + Span::days(offer.trial_days))),
        Route::Free => (Status::Active, None),
        Route::Kept | Route::Unsettled => (offer.status, offer.trial_ends_at),
        Route::Stripe => (Status::Active, None),
        Route::Payment => (Status::Incomplete, None),
    }
}
