//! Stripe, as far as it is needed: a dozen calls, the objects they answer with, and the events that arrive by webhook.
//!
//! `async-stripe` was read for this and is not used. 0.41 and 1.0.0-rc.10 send through hyper with tokio or through surf
//! with async-std, and neither has anything for wasm32; the trait behind which 1.0 takes another client demands a future
//! that is `Send`, which one that waits for the runtime's `fetch` is not. Its types are generated for the whole API
//! (11 MB of source in `async-stripe-shared` alone, 3 MB more for billing) and for one version of it: a subscription
//! without `billing_mode` is none. Here objects of older versions have to be understood too, because a webhook has the
//! version of its endpoint, not of our requests.

mod charge;
mod checkout;
mod client;
mod customer;
mod error;
mod event;
mod form;
mod invoice;
mod invoice_item;
mod object;
mod schedule;
mod subscription;
mod subscription_calls;
#[cfg(test)]
mod tests;

pub use charge::Charge;
pub use checkout::{CheckoutSession, NewCheckout, PortalSession};
pub use client::{IdempotencyKey, Stripe, API_VERSION};
pub use customer::{Customer, NewCustomer};
pub use error::{Refused, StripeError};
pub use event::{message, Dispute, Event, EventKind};
pub use invoice::Invoice;
pub use invoice_item::{InvoiceItem, NewInvoiceItem};
pub use schedule::{NewPhase, PhaseDiscount, PhaseEnd, PhaseItem, Schedule, SchedulePhase};
pub use subscription::{LatestInvoice, Subscription, SubscriptionItem, MOST_ITEMS};
pub use subscription_calls::{Charged, PriceChange};
