//! Postgres over HTTP: a batch is one request and one transaction.

mod kept;
mod protocol;
#[cfg(target_arch = "wasm32")]
mod transport;

pub use protocol::endpoint;
#[cfg(target_arch = "wasm32")]
pub use transport::Postgres;
