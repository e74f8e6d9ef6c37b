//! The scene of a native test: real SQLite with the schema and a catalog, a clock that stands still until it is moved,
//! randomness that can be told in advance, and requests that go the whole way of [`handle`].
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests are compiled with this module, and a test fails by panicking"
)]

mod cases;
mod nowhere;
mod person;
mod queue;
mod reply;
mod repository;
mod scene;
mod ticks;
mod touch;
mod twice;

pub use cases::cases;
pub use person::Person;
pub use reply::{invalid, refused, refused_with, TestReply};
pub use repository::repository;
pub use scene::{at, Scene, APP_URL, BEGIN, ORIGIN, SECRET};
pub use ticks::Killed;
pub use touch::TOUCH;
