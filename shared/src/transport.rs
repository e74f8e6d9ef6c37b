//! The way to another company's system: a request out, its answer back. Pure but for the one place that sends.

use std::{future::Future, pin::Pin};

/// A future that may hold what belongs to one request; workers have one thread.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// `GET`, `POST` or `DELETE`.
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<String>,
    /// An answer is waited for this long at most, the reading of its body included.
    pub timeout_ms: u32,
}

/// What came back, whatever its status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incoming {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Incoming {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Sends requests and waits between them. The platform's own in a worker, a script's in native tests.
pub trait Transport {
    /// # Errors
    /// What the log says where no answer came: no connection, or none in time.
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>>;

    /// The same, of which only so many bytes of the body are read: for an answer of somebody who is not known. A body that ends
    /// too late or not at all takes nothing from an answer whose head came in time.
    ///
    /// # Errors
    /// As [`Transport::send`].
    fn send_reading_at_most<'a>(
        &'a self,
        request: &'a Outgoing,
        most_bytes: usize,
    ) -> Pending<'a, Result<Incoming, String>> {
        Box::pin(async move {
            let mut answer = self.send(request).await?;
            answer.body.truncate(answer.body.floor_char_boundary(most_bytes));
            Ok(answer)
        })
    }

    /// Waits for a random time up to so many milliseconds.
    fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()>;
}

#[cfg(target_arch = "wasm32")]
pub use platform::Platform;

#[cfg(target_arch = "wasm32")]
mod platform {
    use std::time::Duration;

    use worker::Delay;

    use super::{Incoming, Outgoing, Pending, Transport};
    use crate::fetch;

    /// The runtime's `fetch`.
    pub struct Platform;

    impl Transport for Platform {
        fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
            Box::pin(fetch::send(request))
        }

        fn send_reading_at_most<'a>(
            &'a self,
            request: &'a Outgoing,
            most_bytes: usize,
        ) -> Pending<'a, Result<Incoming, String>> {
            Box::pin(fetch::send_reading_at_most(request, most_bytes))
        }

        fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()> {
            let wait = js_sys::Math::random() * f64::from(milliseconds);
            Box::pin(Delay::from(Duration::from_micros((wait * 1_000.0) as u64)))
        }
    }
}
