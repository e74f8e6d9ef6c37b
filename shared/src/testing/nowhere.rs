//! A network without anybody in it.

use crate::transport::{Incoming, Outgoing, Pending, Transport};

/// Where nothing outside can be reached.
pub(super) struct Nowhere;

impl Transport for Nowhere {
    fn send<'a>(&'a self, _request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        Box::pin(std::future::ready(Err("nothing can be reached".to_string())))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
