//! Why a token is refused.

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
