//! What all Tallygate functions share, in four layers that depend one way only:
//! `http` → `auth`, `store` → `rules`. Beside them `stripe` asks Stripe by way of `transport`.
//!
//! `rules` knows nothing of the platform: no worker types, no clock, no random source.

pub mod account_deletion;
pub mod auth;
pub mod billing;
#[cfg(feature = "describe")]
pub mod describe;
#[cfg(target_arch = "wasm32")]
mod edge;
#[cfg(target_arch = "wasm32")]
mod fetch;
pub mod http;
pub mod mails;
pub mod moved_organizations;
pub mod personal_data;
pub mod plan_overrides;
pub mod rate_limit;
mod remembered;
pub mod rules;
pub mod schedule;
pub mod sessions;
pub mod store;
pub mod stripe;
#[cfg(feature = "sqlite")]
pub mod testing;
pub mod transport;
pub mod usage;
pub mod webhooks;
