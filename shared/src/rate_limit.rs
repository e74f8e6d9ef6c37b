//! How often somebody may ask, by the platform's own rate limiter where one is bound. It counts at each of Cloudflare's places
//! for itself and is there against floods; what a plan allows is decided in the database.
//!
//! Anybody can name an organization, so a request counts against it only once the database has said that whoever asks is of
//! it. What is learnt from that is remembered for the next requests, which end before the database where the organization's
//! are used up.

use std::cell::RefCell;

use crate::{
    remembered::Remembered,
    rules::{
        ids::{OrganizationId, UserId},
        time::{Span, Timestamp},
    },
    transport::Pending,
};

/// So long an organization's requests are known to be used up without the limiter being asked again: a part of the minute that
/// it counts by, so that nobody waits much longer than the limit says.
const REMEMBERED_FOR: Span = Span::seconds(10);
/// So many people of organizations are remembered, and so many organizations.
const MOST_REMEMBERED: usize = 10_000;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// What this isolate knows of organizations by its own requests.
struct Known {
    /// Who was of which organization when they last asked.
    people: Remembered<()>,
    /// Until when the requests for one are known to be used up.
    used_up: Remembered<Timestamp>,
}

impl Default for Known {
    fn default() -> Self {
        Self { people: Remembered::of_at_most(MOST_REMEMBERED), used_up: Remembered::of_at_most(MOST_REMEMBERED) }
    }
}

/// Whether the requests for an organization are used up, for somebody who was of it a moment ago. To all others it tells
/// nothing, not even that there is such an organization.
pub(crate) fn is_used_up(person: &UserId, organization: &OrganizationId, now: Timestamp) -> bool {
    KNOWN.with_borrow(|known| {
        let is_used_up = known.used_up.get(organization.as_str()).is_some_and(|until| now < *until);
        is_used_up && known.people.get(&of(person, organization)).is_some()
    })
}

/// Keeps that a person is of an organization, and whether its requests are used up.
pub(crate) fn learn(person: &UserId, organization: &OrganizationId, is_used_up: bool, now: Timestamp) {
    KNOWN.with_borrow_mut(|known| {
        known.people.keep(&of(person, organization), ());
        if is_used_up {
            known.used_up.keep(organization.as_str(), now + REMEMBERED_FOR);
        }
    });
}

/// A person of an organization, as one text: no id has a line break.
fn of(person: &UserId, organization: &OrganizationId) -> String {
    [person.as_str(), organization.as_str()].join("\n")
}

/// Whose requests are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limited {
    /// What needs no token, and tokens and signatures that do not hold: by the address that they come from.
    Address,
    Person,
    /// The organization that the request names, by those who are of it.
    Organization,
}

impl Limited {
    /// The binding in `wrangler.toml`; where it is missing nothing is limited.
    pub fn binding(self) -> &'static str {
        match self {
            Self::Address => "RATE_LIMIT_ADDRESS",
            Self::Person => "RATE_LIMIT_PERSON",
            Self::Organization => "RATE_LIMIT_ORGANIZATION",
        }
    }
}

/// Counts requests. The platform's own in a worker; native tests have none.
pub trait RateLimits {
    /// Counts one more of `key`; false where it is one too many.
    fn allows<'a>(&'a self, limited: Limited, key: &'a str) -> Pending<'a, bool>;
}

/// Where nothing is limited.
pub struct Unlimited;

impl RateLimits for Unlimited {
    fn allows<'a>(&'a self, _limited: Limited, _key: &'a str) -> Pending<'a, bool> {
        Box::pin(std::future::ready(true))
    }
}

#[cfg(target_arch = "wasm32")]
mod platform {
    use js_sys::{Object, Promise, Reflect};
    use wasm_bindgen::{prelude::wasm_bindgen, JsCast, JsValue};
    use wasm_bindgen_futures::JsFuture;
    use worker::Env;

    use super::{Limited, Pending, RateLimits};
    use crate::edge::binding;

    /// The limiters that are bound to a worker.
    pub struct Bound<'a>(pub &'a Env);

    impl RateLimits for Bound<'_> {
        fn allows<'a>(&'a self, limited: Limited, key: &'a str) -> Pending<'a, bool> {
            Box::pin(async move {
                let Some(limiter) = binding(self.0, limited.binding()) else { return true };
                // A limiter that is out of order must not turn customers away.
                success(limiter.unchecked_ref(), key).await.unwrap_or(true)
            })
        }
    }

    async fn success(limiter: &Limiter, key: &str) -> Result<bool, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"key".into(), &key.into())?;
        let outcome = JsFuture::from(limiter.limit(&options)?).await?;
        Ok(Reflect::get(&outcome, &"success".into())?.as_bool().unwrap_or(true))
    }

    #[wasm_bindgen]
    extern "C" {
        type Limiter;

        #[wasm_bindgen(structural, method, catch)]
        fn limit(this: &Limiter, options: &Object) -> Result<Promise, JsValue>;
    }
}

#[cfg(target_arch = "wasm32")]
pub use platform::Bound;

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    #[test]
    fn what_is_used_up_is_known_to_those_alone_who_are_of_it_and_for_a_while() {
        // given
        let [ada, bob, eve] = ["ada", "bob", "eve"].map(UserId::new);
        let [acme, other] = ["acme", "other"].map(OrganizationId::new);
        learn(&ada, &acme, false, NOW);
        learn(&eve, &other, false, NOW);
        assert!(!is_used_up(&ada, &acme, NOW));
        // when
        learn(&bob, &acme, true, NOW);
        // then
        for (person, organization, expected) in [
            (&ada, &acme, true),
            (&bob, &acme, true),
            (&eve, &acme, false),
            (&eve, &other, false),
            (&ada, &other, false),
        ] {
            assert_eq!(is_used_up(person, organization, NOW), expected, "{person} {organization}");
        }
        assert!(is_used_up(&ada, &acme, NOW + Span(REMEMBERED_FOR.0 - 1)));
        assert!(!is_used_up(&ada, &acme, NOW + REMEMBERED_FOR));
    }
}
