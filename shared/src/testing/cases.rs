//! How many cases a property is tried with.

/// As many as `PROPTEST_CASES` says, or the usual number, which a run of all tests has time for. (A configuration that is written
/// in a test would otherwise be stronger than the variable.)
pub fn cases(usual: u32) -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(usual)
}
