//! Another company's message: a signed body that becomes an operation.

use super::{Operation, Refusal, Request, Services};
use crate::{auth::Identity, rules::time::Timestamp, transport::Pending};

/// The most that a delivery's body may hold, in bytes: an invoice with its lines is larger than any client's request.
pub const MOST_DELIVERY_BYTES: usize = 256 * 1024;

/// Checks and reads a delivery; it may ask the sender for the newest state of what the delivery is about.
pub type ReadDelivery = for<'a> fn(&'a Delivery<'a>) -> Pending<'a, Result<Delivered, Refusal>>;

/// A delivery whose signature is still to be checked.
pub struct Delivery<'a> {
    /// As it came: a signature is over these very bytes.
    pub body: &'a [u8],
    pub now: Timestamp,
    pub services: &'a Services<'a>,
    request: &'a Request,
}

impl<'a> Delivery<'a> {
    pub(super) fn new(request: &'a Request, body: &'a [u8], now: Timestamp, services: &'a Services<'a>) -> Self {
        Self { body, now, services, request }
    }

    /// What follows the question mark, as it came.
    pub fn query(&self) -> &str {
        &self.request.query
    }

    /// Whether it is asked for by `GET`.
    pub fn is_read(&self) -> bool {
        self.request.method == "GET"
    }

    /// A header's value, trimmed; an empty header is no header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.request.header(name)
    }
}

/// What a delivery asks for.
pub struct Delivered {
    /// Its scope is public: nobody has signed in.
    pub operation: Box<dyn Operation>,
    /// Whom it is about: `:caller` in its statements.
    pub about: Option<Identity>,
}
