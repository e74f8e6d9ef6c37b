//! `create-key`, `revoke-key`: what a product's own servers ask with.

mod create;
mod revoke;

pub use create::CreateKey;
pub use revoke::RevokeKey;
