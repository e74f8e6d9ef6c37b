//! Tokens that this isolate has verified already.

use std::{cell::RefCell, collections::HashMap};

use super::{AuthSettings, Identity};
use crate::rules::time::Timestamp;

/// A page's requests carry the same token; a thousand tokens are well under a megabyte.
const MOST: usize = 1_000;

#[derive(Default)]
struct Table {
    settings: AuthSettings,
    identities: HashMap<String, Identity>,
}

thread_local! {
    static REMEMBERED: RefCell<Table> = RefCell::default();
}

/// The identity of a token that was verified before under the same settings and has not run out.
pub(super) fn recall(token: &str, settings: &AuthSettings, now: Timestamp) -> Option<Identity> {
    REMEMBERED.with_borrow(|table| {
        let known = table.identities.get(token).filter(|_| table.settings == *settings);
        known.filter(|identity| !identity.expired(now)).cloned()
    })
}

/// Keeps a verified token until it runs out or the table is full and begins anew.
pub(super) fn remember(token: &str, settings: &AuthSettings, identity: &Identity) {
    REMEMBERED.with_borrow_mut(|table| {
        if table.settings != *settings || table.identities.len() >= MOST {
            *table = Table { settings: settings.clone(), identities: HashMap::new() };
        }
        table.identities.insert(token.to_string(), identity.clone());
    });
}
