//! What the platform gives to every worker, whoever calls it: the time, its settings and randomness.

use worker::{Date, Env};

use crate::rules::time::Timestamp;

/// The time as it goes on.
pub fn now() -> Timestamp {
    Timestamp(i64::try_from(Date::now().as_millis()).unwrap_or_default())
}

/// A variable or a secret, which are one kind of binding to the runtime.
pub fn variable(env: &Env, name: &str) -> Option<String> {
    env.var(name).ok().map(|value| value.to_string())
}

/// 32 random bytes.
///
/// # Errors
/// A sentence for the operator where there is no random source.
pub fn seed() -> Result<[u8; 32], String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| "there is no random source".to_string())?;
    Ok(seed)
}
