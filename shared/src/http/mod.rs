//! From an HTTP request to an operation, and from its outcome to a reply.

mod asking;
mod cors;
mod fields;
mod function;
mod operation;
mod provision;
mod refusal;
mod reply;
mod request;
mod serve;
#[cfg(target_arch = "wasm32")]
mod worker_entry;

pub use asking::{Asking, Found, Standing};
pub use cors::Origins;
pub use fields::Fields;
pub use function::{Action, Call, Function};
pub use operation::{Operation, Scope};
pub use refusal::{limit_details, Refusal};
pub use reply::Reply;
pub use request::{Body, Request, Response};
pub use serve::{handle, Service};
#[cfg(target_arch = "wasm32")]
pub use worker_entry::serve;
