//! Tokens that this isolate has verified already.

use std::cell::RefCell;

use super::{AuthSettings, Identity};
use crate::{
    remembered::Remembered,
    rules::time::{Span, Timestamp},
};

/// A page's requests carry the same token. A token and what it says are some 2 KB, so this is a few hundred people.
const MOST_BYTES: usize = 1024 * 1024;
/// Longer than this no token is believed without its signature being looked at again.
const FOR_AT_MOST: Span = Span::minutes(60);

struct Table {
    settings: AuthSettings,
    bytes: usize,
    known: Remembered<Known>,
}

impl Table {
    /// Its bytes are counted, and nothing is remembered in less than one.
    fn new(settings: AuthSettings) -> Self {
        Self { settings, bytes: 0, known: Remembered::of_at_most(MOST_BYTES) }
    }
}

struct Known {
    identity: Identity,
    verified_at: Timestamp,
}

thread_local! {
    static REMEMBERED: RefCell<Table> = RefCell::new(Table::new(AuthSettings::default()));
}

/// The identity of a token that was verified within the hour under the same settings and has not run out.
pub(super) fn recall(token: &str, settings: &AuthSettings, now: Timestamp) -> Option<Identity> {
    REMEMBERED.with_borrow(|table| {
        let known = table.known.get(token).filter(|_| table.settings == *settings)?;
        let holds = now < known.verified_at + FOR_AT_MOST && !known.identity.expired(now);
        holds.then(|| known.identity.clone())
    })
}

/// Keeps a verified token until it runs out or the table is full and begins anew.
pub(super) fn remember(token: &str, settings: &AuthSettings, identity: &Identity, now: Timestamp) {
    let texts = [&identity.name, &identity.organization_claim, &identity.provider_session];
    let said: usize = texts.into_iter().flatten().map(String::len).sum();
    let bytes = token.len() + said + size_of::<Known>();
    REMEMBERED.with_borrow_mut(|table| {
        if table.settings != *settings || table.bytes + bytes > MOST_BYTES {
            *table = Table::new(settings.clone());
        }
        let known = Known { identity: identity.clone(), verified_at: now };
        if table.known.keep(token, known) {
            table.bytes += bytes;
        }
    });
}

/// Forgets all: a key that they may have been signed with is not the issuer's any more.
#[cfg_attr(not(target_arch = "wasm32"), expect(dead_code, reason = "published keys are the runtime's to verify"))]
pub(super) fn forget() {
    REMEMBERED.with_borrow_mut(|table| *table = Table::new(AuthSettings::default()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ids::UserId;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn identity(name: &str) -> Identity {
        Identity {
            name: Some(name.to_string()),
            expires_at: NOW + Span::days(1),
            ..Identity::of(UserId::new("u"), NOW)
        }
    }

    #[test]
    fn a_token_is_believed_for_an_hour_without_another_look() {
        let settings = AuthSettings::default();
        remember("token", &settings, &identity("Ada"), NOW);
        assert!(recall("token", &settings, NOW + Span(FOR_AT_MOST.0 - 1)).is_some());
        assert!(recall("token", &settings, NOW + FOR_AT_MOST).is_none());
        let stricter = AuthSettings { issuer: Some("https://issuer".to_string()), ..AuthSettings::default() };
        assert!(recall("token", &stricter, NOW).is_none());
    }

    #[test]
    fn long_tokens_fill_no_more_than_a_megabyte() {
        let settings = AuthSettings::default();
        let token = |number: usize| format!("{number}-{}", "x".repeat(16_000));
        for number in 0..200 {
            remember(&token(number), &settings, &identity("Ada"), NOW);
        }
        let kept = (0..200).filter(|number| recall(&token(*number), &settings, NOW).is_some()).count();
        assert!((1..66).contains(&kept), "{kept} of 16 KB each");
        assert!(recall(&token(199), &settings, NOW).is_some());
    }
}
