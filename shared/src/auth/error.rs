//! Why a token is refused, and what of its header can be a reason.

use serde::{Deserialize, Deserializer};
use serde_json::Value as Json;

/// Why a caller is nobody we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthError {
    /// There is no token in the header `Authorization`.
    Missing,
    Expired,
    /// The token is not one of ours, and why.
    Invalid(&'static str),
    /// The issuer's keys cannot be fetched right now.
    KeysUnavailable,
    /// The operator's settings are not safe, and why.
    Misconfigured(&'static str),
}

/// Header members beside `alg` and `kid` that change what a signature means.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct ExtraHeader {
    /// Also `null` is something that is there.
    #[serde(default, deserialize_with = "there")]
    pub crit: Option<Json>,
}

fn there<'de, D: Deserializer<'de>>(member: D) -> Result<Option<Json>, D::Error> {
    Json::deserialize(member).map(Some)
}
