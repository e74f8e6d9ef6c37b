//! `checkout`: the page on which an organization pays for a plan the first time.

use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use tallygate::{
    billing::{refused, stripe},
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services, SessionRule},
    rules::{
        invitation::hexadecimal,
        subscription::Status,
        time::{Span, Timestamp},
    },
    store::{Lock, Statement},
    stripe::{IdempotencyKey, NewCheckout, NewCustomer, Stripe, StripeError},
    transport::Pending,
};

use crate::{
    account::Account,
    gone_customer::let_go,
    offer::{Offer, PlanChangeRequest},
    quote::{statements, PlanChangeQuote},
};

/// Stripe takes no trial in a checkout that ends within two days (docs.stripe.com, "Configure free trials"). It counts from when it is
/// asked, which is up to a minute after the request's clock was read.
const SHORTEST_TRIAL: Span = Span::minutes(2 * 24 * 60 + 1);
/// A page that is asked for again within this time is the same page, so that two browsers cannot pay twice.
const SAME_PAGE: Span = Span::minutes(30);

pub struct Checkout {
    requested: PlanChangeRequest,
    success_path: Option<String>,
    cancel_path: Option<String>,
    key: Option<String>,
}

#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Opened {
    url: String,
    checkout_session_id: String,
    plan: String,
    #[cfg_attr(test, schemars(with = "tallygate::rules::period::Interval"))]
    interval: &'static str,
    /// When the first payment is due, where a trial goes on.
    trial_ends_at: Option<Timestamp>,
}

impl Checkout {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self {
            requested: PlanChangeRequest::read(call)?,
            success_path: page(call, "successPath")?,
            cancel_path: page(call, "cancelPath")?,
            key: call.idempotency_key()?.map(str::to_string),
        }))
    }
}

/// A page of the product, below `APP_URL`: nobody is sent anywhere else after paying.
pub fn page(call: &Call<'_>, field: &'static str) -> Result<Option<String>, Refusal> {
    let is_path = |path: &str| {
        let visible = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        (path.starts_with('/') && !path.starts_with("//") && visible).then(|| path.to_string())
    };
    call.fields.parsed(field, is_path, "a path of the product that begins with one slash")
}

impl Operation for Checkout {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        statements(&self.requested, context.now)
    }

    fn asks_others(&self) -> bool {
        true
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(self.open(context, found, services))
    }
}

impl Checkout {
    async fn open(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
    ) -> Result<Reply, Refusal> {
        Account::of_buyer(found)?;
        let quote = PlanChangeQuote::of(&self.requested, found, context.now, None)?;
        let (account, offer) = (&quote.account, &quote.offer);
        not_paid_yet(account)?;
        let price = offer.must_be_for_sale()?;
        quote.must_have_seats()?;
        let stripe = stripe(services)?;
        let organization = found.membership()?.organization_id.as_str();
        let customer = match &account.customer {
            Some(customer) => customer.clone(),
            None => self.new_customer(context, found, services, &stripe, account, "").await?,
        };
        let trial_end = kept_trial(account, offer, context.now);
        let page = |path: &Option<String>, otherwise: &str| {
            format!("{}{}", context.app_url, path.as_deref().unwrap_or(otherwise))
        };
        let mut session = NewCheckout {
            customer: &customer,
            organization_id: organization,
            price,
            success_url: &page(&self.success_path, "/billing?checkout=success"),
            cancel_url: &page(&self.cancel_path, "/billing?checkout=canceled"),
            trial_end,
        };
        let key = self.session_key(context, organization, account, &session);
        let mut opened = stripe.create_checkout_session(&session, &key).await;
        let another;
        if opened.as_ref().is_err_and(StripeError::is_about_gone_customer) {
            let_go(context, found, services, &customer).await?;
            another = self.new_customer(context, found, services, &stripe, account, &customer).await?;
            session.customer = &another;
            let key = self.session_key(context, organization, account, &session);
            opened = stripe.create_checkout_session(&session, &key).await;
        }
        let opened = opened.map_err(|error| refused(&error, &context.request_id))?;
        let reply = Opened {
            url: opened.url,
            checkout_session_id: opened.id,
            plan: offer.plan_id.clone(),
            interval: offer.interval.as_str(),
            trial_ends_at: trial_end,
        };
        Ok(Reply::ok("The checkout is open: send the browser to its address.", &reply))
    }

    /// The customer, made once: the key follows from the organization, so that requests at the same time are given the
    /// same one. A second batch, since the id is Stripe's and must be kept before anything can be paid by it.
    async fn new_customer(
        &self,
        context: &RequestContext,
        found: &BatchRows<'_>,
        services: &Services<'_>,
        stripe: &Stripe<'_>,
        account: &Account,
        gone: &str,
    ) -> Result<String, Refusal> {
        let membership = found.membership()?;
        let organization = membership.organization_id.as_str();
        let (name, email) = (membership.organization_name.as_str(), account.billing_email.as_deref());
        // A key with other parameters would be refused: after a change of name another customer is made, if none was
        // kept. And under the key of one that is gone Stripe would answer with that one.
        let key = format!("customer-{organization}-{}", fingerprint(&[name, email.unwrap_or_default(), gone]));
        let key = IdempotencyKey::new(&key);
        let made = stripe.create_customer(&NewCustomer { organization_id: organization, name, email }, &key).await;
        let made = made.map_err(|error| refused(&error, &context.request_id))?;
        let locks = [Lock::OrganizationById(membership.organization_id.clone())];
        let keep = [
            Statement::new(
                "customer",
                "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at)
VALUES (:billed, :customer, :now) ON CONFLICT DO NOTHING",
            )
            .with("billed", organization)
            .with("customer", made.id.as_str()),
            Statement::new("kept", "SELECT stripe_customer_id FROM billing_customers WHERE organization_id = :billed")
                .with("billed", organization),
        ];
        let answer = services.batch(context, &locks, &keep).await?;
        let kept = BatchRows::public(&answer, &context.request_id);
        Ok(kept.stored(kept.only("kept")?.text("stripe_customer_id"))?.to_string())
    }

    /// The same wish within half an hour opens the same page; once something was bought or has ended, another one.
    fn session_key(
        &self,
        context: &RequestContext,
        organization: &str,
        account: &Account,
        session: &NewCheckout<'_>,
    ) -> IdempotencyKey {
        let half_hour = context.now.0.div_euclid(SAME_PAGE.0).to_string();
        let trial = session.trial_end.map_or(String::new(), |end| end.0.to_string());
        let parts = [
            session.customer,
            session.price,
            session.success_url,
            session.cancel_url,
            &trial,
            account.last_subscription.as_deref().unwrap_or_default(),
            self.key.as_deref().unwrap_or(&half_hour),
        ];
        IdempotencyKey::new(&format!("checkout-{organization}-{}", fingerprint(&parts)))
    }
}

/// Refuses a second subscription beside a running one.
fn not_paid_yet(account: &Account) -> Result<(), Refusal> {
    match account.is_running {
        false => Ok(()),
        true => Err(Refusal::Conflict {
            code: "already_subscribed",
            message: format!("There is a {} subscription already; change its plan instead.", account.plan_name),
            details: limit_details(&json!({ "plan": account.plan_id, "interval": account.interval.as_str() })),
        }),
    }
}

/// Who pays early for the plan of their trial keeps what is left of it.
fn kept_trial(account: &Account, offer: &Offer, now: Timestamp) -> Option<Timestamp> {
    let same_plan = account.status == Status::Trialing && account.plan_id == offer.plan_id;
    account.trial_ends_at.filter(|end| same_plan && *end > now + SHORTEST_TRIAL)
}

/// Equal for equal parts alone.
fn fingerprint(parts: &[&str]) -> String {
    let digest = parts.iter().fold(Sha256::new(), |digest, part| {
        digest.chain_update((part.len() as u64).to_be_bytes()).chain_update(part.as_bytes())
    });
    hexadecimal(&digest.finalize()).chars().take(32).collect()
}
