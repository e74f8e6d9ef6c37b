//! Who is asking: JWTs of Supabase, Clerk and any other issuer that publishes its keys, and signed webhooks.
//!
//! Whether an address is the user's, several say. What was **said** comes first: Clerk's message, or a token's own claim
//! `email_verified`. What is **concluded** comes second: under `EMAIL_CONFIRMATION=required` a session of Supabase's is
//! there only for a confirmed address, so its token vouches for it; and Supabase's message that an address is not
//! confirmed yet is what it was when it was sent. Of each kind the newest counts; of two at the same moment the one that
//! says "unverified", and of two that agree the one whose address comes later in the order of texts. A conclusion counts
//! where it is newer than what was said, and never against a denial, however new it is.
//!
//! So the row is a function of all that was told, whatever arrived first (`http::address`;
//! `shared/tests/address.rs` tells it in every order). What a token tells is also kept when its request is refused: of a
//! refusal this alone is left.

mod claims;
mod error;
#[cfg(any(target_arch = "wasm32", test))]
mod jwks;
mod jwt;
mod members;
mod remembered;
mod service_key;
mod settings;
mod signature;
mod verify;
mod view_as;
#[cfg(target_arch = "wasm32")]
mod webcrypto;

pub use claims::{subject, Identity};
pub use error::AuthError;
pub use service_key::{KeyScope, ServiceKey};
pub use settings::AuthSettings;
pub use signature::{Secrets, SharedSecret, SignatureError, StripeSignature, SvixSignature};
pub use verify::{authenticate, bearer_token};
pub use view_as::{view_as_secret, view_as_token, VIEW_AS_LASTS, VIEW_AS_SECRET};
