//! Replies that are the same for everybody, kept in the worker's instance for a second: whoever asks within it costs no trip to
//! the database, and what was changed is gone a second later everywhere.
//!
//! Nobody tells an instance that the catalog was changed, and asking would be the trip that is to be saved. So it is told by the
//! clock. What is kept is a reply that the primary has given, by the moment at which it was asked for. The platform's own cache
//! is not asked: it is none on `workers.dev`, and it keeps nothing that is younger than a look into it takes.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use super::{request::Request, Reply};
use crate::rules::{
    invitation::hexadecimal,
    time::{Span, Timestamp},
};

/// How long a reply is given to others, from the moment at which it was asked for.
const KEPT: Span = Span::seconds(1);

/// The kept replies of a worker's instance, by the name of their action. There are no more of them than there are actions whose
/// operation says `Staleness::OfEverybody`; these read no field.
#[derive(Default)]
pub struct KeptReplies(RefCell<Vec<(&'static str, Timestamp, Reply)>>);

impl KeptReplies {
    /// What somebody else was answered within the last second.
    pub(super) fn given(&self, action: &'static str, now: Timestamp) -> Option<Reply> {
        let kept = self.0.borrow();
        let (_, asked_at, reply) = kept.iter().find(|(name, ..)| *name == action)?;
        // A clock that was set back knows nothing of the reply's age.
        (*asked_at <= now && now < *asked_at + KEPT).then(|| reply.clone())
    }

    /// Keeps a reply that was asked for at that moment.
    pub(super) fn keep(&self, action: &'static str, asked_at: Timestamp, reply: &Reply) {
        let mut kept = self.0.borrow_mut();
        kept.retain(|(name, ..)| *name != action);
        kept.push((action, asked_at, reply.clone()));
    }
}

/// The same reply under a name for what it says (`ETag`, RFC 9110), which follows from the reply, so that it is another one whoever
/// changes the catalog, and however. A browser keeps it and asks each time whether it still holds.
pub(super) fn versioned(reply: Reply) -> Reply {
    let tag = format!("\"{}\"", hexadecimal(&Sha256::digest(reply.body())));
    reply.with_header("etag", tag).with_header("cache-control", "no-cache".to_string())
}

/// A reply that has such a name, without its body for whoever has it already.
pub(super) fn revalidated(reply: Reply, request: &Request) -> Reply {
    let known = request.header("if-none-match").unwrap_or_default();
    let is_known = reply
        .header("etag")
        .is_some_and(|tag| known.split(',').map(str::trim).any(|one| one.strip_prefix("W/").unwrap_or(one) == tag));
    if is_known {
        reply.not_modified()
    } else {
        reply
    }
}
