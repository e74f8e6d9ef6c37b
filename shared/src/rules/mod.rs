//! The rules of the business, pure: what they need, time and randomness included, is handed in.

pub mod allowance;
#[cfg(feature = "catalog")]
pub mod catalog;
pub mod email;
pub mod ids;
pub mod invitation;
pub mod language;
pub mod limit;
pub mod losses;
pub mod money;
pub mod name;
pub mod overage;
pub mod period;
pub mod plan_change;
pub mod plan_version;
pub mod proration;
pub mod punycode;
pub mod request_ids;
pub mod role;
pub mod said_email;
pub mod session;
pub mod slug;
pub mod subscription;
pub mod text;
pub mod time;
pub mod username;
