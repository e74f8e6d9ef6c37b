//! Postgres over a socket of Cloudflare's Hyperdrive, which keeps connections near the database.
//!
//! A request has a connection of its own to Hyperdrive, which is near; from `BEGIN` to `COMMIT` a batch leaves in one flight,
//! so that it takes one trip to the database and holds its locks no longer than its statements run.

mod column;
#[cfg(target_arch = "wasm32")]
mod connection;
#[cfg(target_arch = "wasm32")]
mod flight;
mod in_flight;

#[cfg(target_arch = "wasm32")]
pub use connection::Hyperdrive;
pub(super) use in_flight::InFlight;
