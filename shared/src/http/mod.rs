//! From an HTTP request to an operation, and from its outcome to a reply.

mod address;
mod away;
mod banned_domains;
mod browser;
mod caller;
mod context;
mod cors;
mod delivery;
mod fields;
mod founding;
mod function;
mod kept_replies;
mod near;
mod operation;
mod page;
mod provision;
mod recent_requests;
mod refusal;
mod reply;
mod request;
#[cfg(any(target_arch = "wasm32", test))]
mod routed;
mod serve;
mod services;
mod staff;
mod staleness;
#[cfg(target_arch = "wasm32")]
mod worker_entry;

pub use address::{hearing_of_address, leaving_address, refreshed_address};
pub use banned_domains::banned_domains;
pub use browser::Browser;
pub use context::{BatchRows, Membership, RequestContext};
pub use cors::Origins;
pub use delivery::{Delivered, Delivery, ReadDelivery};
pub use fields::Fields;
pub use founding::{founded_teams, must_found_another};
pub use function::{Action, Call, Function, Routes};
#[cfg(feature = "describe")]
pub(crate) use function::{Read, Takes};
pub use kept_replies::KeptReplies;
pub use operation::{Operation, Scope, SessionRule};
pub use page::Page;
pub use provision::{open_personal_organization, sign_up, trial_of_verified, Opening, Source};
pub use recent_requests::remembering;
pub use refusal::{limit_details, Refusal};
pub use reply::Reply;
pub use request::{Body, Request, Response};
use serve::MOST_BODY_BYTES;
pub use serve::{handle, WorkerEnvironment, LONGEST_USER_AGENT};
pub use services::Services;
pub use staleness::Staleness;
#[cfg(target_arch = "wasm32")]
pub use worker_entry::serve;
