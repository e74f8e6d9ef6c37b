//! How often somebody may ask, by the platform's own rate limiter where one is bound. It counts at each of Cloudflare's places
//! for itself and is there against floods; what a plan allows is decided in the database.

use crate::transport::Pending;

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// What needs no token, and tokens and signatures that do not hold: by the address that they come from.
    Address,
    Person,
    /// The organization that the request names.
    Organization,
}

impl Limited {
    /// The binding in `wrangler.toml`; where it is missing nothing is limited.
    pub fn binding(self) -> &'static str {
        match self {
            Self::Address => "RATE_LIMIT_ADDRESS",
            Self::Person => "RATE_LIMIT_PERSON",
            Self::Organization => "RATE_LIMIT_ORGANIZATION",
        }
    }
}

/// Counts requests. The platform's own in a worker; native tests have none.
pub trait RateLimits {
    /// Counts one more of `key`; false where it is one too many.
    fn allows<'a>(&'a self, limited: Limited, key: &'a str) -> Pending<'a, bool>;
}

/// Where nothing is limited.
pub struct Unlimited;

impl RateLimits for Unlimited {
    fn allows<'a>(&'a self, _limited: Limited, _key: &'a str) -> Pending<'a, bool> {
        Box::pin(std::future::ready(true))
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use worker::Env;

    use super::{Limited, Pending, RateLimits};

    /// The limiters that are bound to a worker.
    pub struct Bound<'a>(pub &'a Env);

    impl RateLimits for Bound<'_> {
        fn allows<'a>(&'a self, limited: Limited, key: &'a str) -> Pending<'a, bool> {
            Box::pin(async move {
                let Ok(limiter) = self.0.rate_limiter(limited.binding()) else { return true };
                // A limiter that is out of order must not turn customers away.
                limiter.limit(key.to_string()).await.map_or(true, |outcome| outcome.success)
            })
        }
    }
}

#[cfg(target_arch = "wasm32")]
pub use platform::Bound;
