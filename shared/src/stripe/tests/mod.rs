//! A transport that says what a test wants and remembers what it was asked.

mod calls;
mod retries;

use std::{cell::RefCell, collections::VecDeque};

use super::Stripe;
use crate::transport::{Incoming, Outgoing, Pending, Transport};

type Sent = Result<Incoming, String>;

#[derive(Default)]
struct Scripted {
    answers: RefCell<VecDeque<Sent>>,
    sent: RefCell<Vec<Outgoing>>,
    /// Milliseconds, at most.
    waits: RefCell<Vec<u32>>,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Sent>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }

    fn stripe(&self) -> Stripe<'_> {
        Stripe::configured(|name| (name == "STRIPE_SECRET_KEY").then(|| "sk_test_1".to_string()), self).unwrap()
    }

    /// Every answer was asked for, so a call that gives up early is noticed.
    fn is_at_its_end(&self) -> bool {
        self.answers.borrow().is_empty()
    }

    /// One header of each request.
    fn headers(&self, name: &str) -> Vec<Option<String>> {
        self.sent.borrow().iter().map(|request| header(request, name)).collect()
    }
}

fn header(request: &Outgoing, name: &str) -> Option<String> {
    request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

fn answer(status: u16, body: &str) -> Sent {
    answer_with(status, &[], body)
}

fn answer_with(status: u16, headers: &[(&str, &str)], body: &str) -> Sent {
    let headers = headers.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
    Ok(Incoming { status, headers, body: body.to_string() })
}

impl Transport for Scripted {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Sent> {
        self.sent.borrow_mut().push(request.clone());
        let answer = self.answers.borrow_mut().pop_front().expect("one request more than the script knows");
        Box::pin(async move { answer })
    }

    fn wait_up_to(&self, milliseconds: u32) -> Pending<'_, ()> {
        self.waits.borrow_mut().push(milliseconds);
        Box::pin(async {})
    }
}
