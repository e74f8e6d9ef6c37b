//! Deliveries of the queue in a test: every batch of the database is sent twice, and a consumer may die in between.

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::{nowhere::Nowhere, twice::SentTwice, Scene};
use crate::{
    http::Services,
    rules::request_ids::RequestIds,
    store::Store,
    usage::queue::{write, Outcome},
};

impl Scene {
    /// Delivers messages to the consumer, which asks with a service key.
    pub fn deliver(&self, messages: &[Json], key: &str) -> Vec<Outcome> {
        self.deliver_through(&SentTwice(self.store()), messages, key)
    }

    /// The same through another store.
    pub fn deliver_through<S: Store>(&self, store: &S, messages: &[Json], key: &str) -> Vec<Outcome> {
        let mut made = 0_u64;
        let delivery = self.count_request();
        let ids = |now| {
            made += 1;
            let seed =
                Sha256::new().chain_update(delivery.to_be_bytes()).chain_update(made.to_be_bytes()).chain_update([3]);
            RequestIds::new(now, seed.finalize().into(), [0; 32])
        };
        let clock = || self.now();
        let services = Services::new(store, &Nowhere, &|_| None, &clock);
        pollster::block_on(write(messages, key, &clock, ids, &services))
    }
}
