//! From an HTTP request to an operation, and from its outcome to a reply.

mod asking;
mod cors;
mod delivery;
mod fields;
mod function;
mod operation;
mod outside;
mod provision;
mod refusal;
mod reply;
mod request;
mod serve;
#[cfg(target_arch = "wasm32")]
mod worker_entry;

pub use asking::{Asking, Found, Standing};
pub use cors::Origins;
pub use delivery::{Delivered, Delivery, ReadDelivery};
pub use fields::Fields;
pub use function::{Action, Call, Function, Routes};
pub use operation::{Operation, Scope};
pub use outside::Outside;
pub use provision::{open_personal_organization, sign_up, Opening, Source};
pub use refusal::{limit_details, Refusal};
pub use reply::Reply;
pub use request::{Body, Request, Response};
pub use serve::{handle, Service};
#[cfg(target_arch = "wasm32")]
pub use worker_entry::serve;
