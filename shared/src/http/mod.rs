//! From an HTTP request to an operation, and from its outcome to a reply.

mod context;
mod cors;
mod delivery;
mod fields;
mod function;
mod operation;
mod provision;
mod refusal;
mod reply;
mod request;
mod serve;
mod services;
#[cfg(target_arch = "wasm32")]
mod worker_entry;

pub use context::{BatchRows, Membership, RequestContext};
pub use cors::Origins;
pub use delivery::{Delivered, Delivery, ReadDelivery};
pub use fields::Fields;
pub use function::{Action, Call, Function, Routes};
pub use operation::{Operation, Scope};
pub use provision::{open_personal_organization, sign_up, Opening, Source};
pub use refusal::{limit_details, Refusal};
pub use reply::Reply;
pub use request::{Body, Request, Response};
pub use serve::{handle, WorkerEnvironment};
pub use services::Services;
#[cfg(target_arch = "wasm32")]
pub use worker_entry::serve;
