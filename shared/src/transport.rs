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

    /// Waits for a random time up to so many milliseconds.
    fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()>;
}

#[cfg(target_arch = "wasm32")]
pub use platform::Platform;

#[cfg(target_arch = "wasm32")]
mod platform {
    use std::time::Duration;

    use worker::{Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

    use super::{Incoming, Outgoing, Pending, Transport};
    use crate::timeout::abort_after;

    /// The runtime's `fetch`.
    pub struct Platform;

    impl Transport for Platform {
        fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
            Box::pin(async move { send(request).await.map_err(|error| error.to_string()) })
        }

        fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()> {
            let wait = js_sys::Math::random() * f64::from(milliseconds);
            Box::pin(Delay::from(Duration::from_micros((wait * 1_000.0) as u64)))
        }
    }

    async fn send(request: &Outgoing) -> worker::Result<Incoming> {
        let headers = Headers::new();
        for (name, value) in &request.headers {
            headers.set(name, value)?;
        }
        let mut init = RequestInit::new();
        init.with_method(Method::from(request.method.to_string()))
            .with_headers(headers)
            .with_body(request.body.as_deref().map(Into::into))
            // A redirect would carry the secret key to wherever it points.
            .with_redirect(RequestRedirect::Manual);
        let request_out = Request::new_with_init(&request.url, &init)?;
        let signal = abort_after(request.timeout_ms).ok_or("no AbortSignal")?;
        let mut response = Fetch::Request(request_out).send_with_signal(&signal).await?;
        let headers = response.headers().entries().collect();
        Ok(Incoming { status: response.status_code(), headers, body: response.text().await? })
    }
}
