//! How old may what an operation reads be.

/// Which state of the database an operation that only reads may be answered from, and why. (What writes is decided at the
/// primary, where it is written.) `docs/ARCHITECTURE.md` has the table of all of them, which a native test holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// The newest: somebody acts upon the answer as it is. It lets a product go on, ends a session, or is what will be charged; and
    /// what rests on an old answer is not asked again.
    ActedUpon,
    /// The newest: who may read it is somebody whose place can be taken away (in a team, in the staff, as whoever holds a token).
    /// What was taken away must not live on in a copy that does not know of it yet.
    ByRevocableAuthority,
    /// As old as the nearest copy is, where the caller asks at home: what they read is their own, and nobody can take it away. An
    /// older state shows them what they saw a moment before. Whatever they do with it is decided at the primary.
    ///
    /// Where the request is about a team it is the newest, and so it is for a service key and for the staff who look at what
    /// somebody sees.
    OfOneself,
    /// A second old at most: it is the same for everybody, and no secret. It was asked of the primary (`KeptReplies`).
    OfEverybody,
}

#[cfg(feature = "describe")]
impl Staleness {
    /// As the table in `docs/ARCHITECTURE.md` calls it.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::ActedUpon => "the newest: acted upon",
            Self::ByRevocableAuthority => "the newest: revocable",
            Self::OfOneself => "the nearest copy's, at home",
            Self::OfEverybody => "a second",
        }
    }
}
