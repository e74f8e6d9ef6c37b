//! What `send_mails` and `remind_invitations` have in common: sending a page of mails, and recording what became of it.
//!
//! A mail is recorded after it was sent, so that one which the provider takes at once is one row written. A run that dies in
//! between sends its last page again, under the same keys, by which the provider knows a repeated mail.

mod due;
mod record;
mod send;

pub(crate) use due::looks;
pub use due::Due;
pub use record::statements as recorded;
pub use send::send;

/// Mails of a step.
pub const MOST_SENT: i64 = 25;
