//! Who was away from home when they last asked: in a team, or of the staff. The nearest copy of the database may not answer them
//! (`near`), so it is not asked in vain before the primary is.
//!
//! Nothing is granted by it: the primary may answer whatever a copy may. So it does not matter that others have put somebody in or
//! out since then, that each instance knows something else, or that one forgets it.

use std::cell::RefCell;

use super::{operation::Scope, BatchRows, RequestContext};
use crate::{
    remembered::Remembered,
    rules::{
        ids::UserId,
        time::{Span, Timestamp},
    },
};

/// So long somebody is known to be away: whoever has come home is answered by the primary for so long at most.
const REMEMBERED_FOR: Span = Span::minutes(5);
/// So many are remembered.
const MOST_REMEMBERED: usize = 10_000;

/// Who asks, about which organization, if they name one, and whether it is about themselves alone: then it matters where else they
/// have a place.
#[derive(Clone, Debug)]
pub(super) struct Asks {
    person: UserId,
    organization: Option<String>,
    is_about_themselves: bool,
}

impl Asks {
    /// `None` of whoever is answered by the primary anyway.
    pub(super) fn of(context: &RequestContext, scope: Scope) -> Option<Self> {
        let identity = context.identity.as_ref().filter(|identity| identity.viewer.is_none())?;
        let named = context.organization.as_ref().map(ToString::to_string);
        Some(Self {
            person: identity.user_id.clone(),
            organization: named.or_else(|| identity.organization_claim.clone()),
            is_about_themselves: scope == Scope::User,
        })
    }

    /// The same as one text: no id has a line break.
    fn name(&self) -> String {
        let organization = self.organization.as_deref().unwrap_or_default();
        let about = if self.is_about_themselves { "themselves" } else { "it" };
        [self.person.as_str(), organization, about].join("\n")
    }
}

thread_local! {
    static AWAY: RefCell<Away> = RefCell::default();
}

/// Until when who is known to be away.
struct Away(Remembered<Timestamp>);

impl Default for Away {
    fn default() -> Self {
        Self(Remembered::of_at_most(MOST_REMEMBERED))
    }
}

impl Away {
    fn has(&self, asks: &Asks, now: Timestamp) -> bool {
        self.0.get(&asks.name()).is_some_and(|until| now < *until)
    }

    fn add(&mut self, asks: &Asks, now: Timestamp) {
        self.0.keep(&asks.name(), now + REMEMBERED_FOR);
    }

    /// Takes out whoever has come home.
    fn remove(&mut self, asks: &Asks, now: Timestamp) {
        if self.has(asks, now) {
            self.0.keep(&asks.name(), now);
        }
    }
}

/// Whether a copy would be asked in vain.
pub(super) fn is_away(asks: &Asks, now: Timestamp) -> bool {
    AWAY.with_borrow(|away| away.has(asks, now))
}

/// Keeps that a copy was asked in vain.
pub(super) fn was_away(asks: &Asks, now: Timestamp) {
    AWAY.with_borrow_mut(|away| away.add(asks, now));
}

/// Learns from an answer of the primary's where the organization is that was asked about. It was not asked whether the caller has a
/// place elsewhere.
pub(super) fn learn(context: &RequestContext, scope: Scope, found: &BatchRows<'_>) {
    let asks = Asks::of(context, scope).filter(|asks| !asks.is_about_themselves);
    if let Some((asks, membership)) = asks.zip(found.membership.as_ref()) {
        AWAY.with_borrow_mut(|away| match membership.is_personal {
            true => away.remove(&asks, context.now),
            false => away.add(&asks, context.now),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn asks(person: &str, organization: Option<&str>, is_about_themselves: bool) -> Asks {
        Asks { person: UserId::new(person), organization: organization.map(str::to_string), is_about_themselves }
    }

    #[test]
    fn somebody_is_away_for_a_while_and_only_where_they_were() {
        let mut away = Away::default();
        away.add(&asks("ada", Some("team"), false), NOW);
        assert!(away.has(&asks("ada", Some("team"), false), NOW + Span::minutes(4)));
        assert!(!away.has(&asks("ada", Some("team"), false), NOW + Span::minutes(5)));
        away.add(&asks("eve", Some("team"), false), NOW);
        away.remove(&asks("eve", Some("team"), false), NOW);
        assert!(!away.has(&asks("eve", Some("team"), false), NOW));
        for other in [
            asks("ada", None, false),
            asks("ada", Some("home"), false),
            asks("ada", Some("team"), true),
            asks("bob", Some("team"), false),
        ] {
            assert!(!away.has(&other, NOW), "{other:?}");
        }
    }
}
