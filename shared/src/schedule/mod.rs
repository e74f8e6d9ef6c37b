//! Work that nobody asks for: jobs that a tick of the clock runs, a page at a time.
//!
//! A job is pure like an operation: it gives statements and reads what they answered. Its pages are spans of a table's key,
//! whose ends are looked up before they are worked on, so a page that is sent twice is the same page. A lease lets one run
//! of a job in at a time; it only saves work, since each step is one transaction that is right beside any other. A job that
//! tells another system something has a part that is not pure ([`Sending`]), between two transactions.

mod job;
mod lease;
mod run;
mod sending;
mod tick;
#[cfg(target_arch = "wasm32")]
mod worker_entry;

pub use job::{Job, Place, Rhythm, Step};
pub use run::{Outcome, Report};
pub use sending::Sending;
pub use tick::{tick, Asked, TickEnvironment};
#[cfg(target_arch = "wasm32")]
pub use worker_entry::scheduled;
