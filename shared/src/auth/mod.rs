//! Who is asking: JWTs of Supabase, Clerk and any other issuer that publishes its keys, and signed webhooks.

mod claims;
mod error;
mod hs256;
#[cfg(any(target_arch = "wasm32", test))]
mod jwks;
mod remembered;
mod settings;
mod signature;
mod verify;
#[cfg(target_arch = "wasm32")]
mod webcrypto;

pub use claims::{subject, Identity};
pub use error::AuthError;
pub use settings::AuthSettings;
pub use signature::{Secrets, SharedSecret, SignatureError, StripeSignature, SvixSignature};
pub use verify::{authenticate, bearer_token};
