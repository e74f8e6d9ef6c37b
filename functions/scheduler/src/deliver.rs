//! What `deliver_outbox` and `retry_deliveries` have in common: sending a page of deliveries, and recording what became of it.
//!
//! It is recorded after it was sent, so that a delivery which succeeds at once is one row written. A run that dies in between
//! sends its last page again, under the same `webhook-id`.

mod lanes;
mod record;

pub use lanes::{send, Due};
pub use record::statements as recorded;
