//! Postgres: what is sent and what its refusals mean, whichever way they go; and the way over HTTP.

pub(super) mod deed;
pub(super) mod failure;
pub(super) mod kept;
pub(super) mod sent;
#[cfg(target_arch = "wasm32")]
pub(super) mod settings;

#[cfg(all(target_arch = "wasm32", feature = "postgres"))]
mod http;
#[cfg(any(feature = "postgres", test))]
mod protocol;

#[cfg(all(target_arch = "wasm32", feature = "postgres"))]
pub use http::Postgres;
