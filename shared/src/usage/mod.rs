//! Counting what is used: one operation for every product's meters.
//!
//! In one batch: the ledger's row if there is room for it and its key is new, the counter brought up to it, the alerts that
//! it crosses, and the answer. What two requests could race for is decided by the first of these statements.

mod answer;
mod asked;
mod consume;
mod decide;
mod effects;
mod features;
mod following;
pub mod many;
mod meter;
mod pieces;
mod price;
pub mod queue;
#[cfg(target_arch = "wasm32")]
pub mod queue_entry;
mod said;
mod standing;

pub use answer::{standing_of, Answered, EventSeen};
pub use asked::{full, Asked};
pub use consume::{Amount, Consume, Kind, Mode, AHEAD, FAILS_WITHIN, LATE};
pub use features::features;
pub use following::alerts;
pub use meter::{wanted, with_meter, with_months, Wanted};
pub use said::{mode, Said, MOST_AT_ONCE};
pub use standing::{MeterStanding, OverageStanding, Reason, Upgrade};
