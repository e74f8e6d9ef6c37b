//! A team that was put away.

use super::time::Span;

/// How long an owner may have it back.
pub const RESTORABLE: Span = Span::days(30);
