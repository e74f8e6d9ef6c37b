//! The provider that sends mails, behind one call; and the settings that switch it on.

use super::{Mail, API_KEY, UNSUBSCRIBE_SECRET};
use crate::{
    rules::{
        invitation::{INVITATION_SECRET, SHORTEST_SECRET},
        time::{Span, Timestamp},
    },
    transport::Pending,
};

/// What became of a mail that was handed to the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It was taken, under the provider's own id where it says one.
    Taken { id: Option<String> },
    /// It was not, and may be later; where the provider says so, not before a moment.
    Later { reason: String, not_before: Option<Timestamp> },
    /// It never will be.
    Refused { reason: String },
}

/// Sends mails, each under a key by which a repeated one is known.
pub trait MailProvider {
    /// Hands one mail over. Never fails: what goes wrong is what became of it.
    fn send<'a>(&'a self, mail: &'a Mail, key: &'a str, now: Timestamp) -> Pending<'a, Sent>;
}

/// What the operator has set for mails.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The address that mails are from: `mail@example.com`, or `Name <mail@example.com>`.
    pub from: String,
    /// Where the product's pages are, without a slash at its end.
    pub app_url: String,
    /// Where the functions are, without a slash at its end; `None`: optional mails are off, since nobody could stop them.
    pub unsubscribe: Option<Unsubscribe>,
    /// What invitations' tokens follow from; `None`: invitations are not sent.
    pub invitation_secret: Option<String>,
    /// Who hears of the operator's own endpoints.
    pub operator: Option<String>,
}

/// Where mails are stopped, and what the links are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    pub functions_url: String,
    pub secret: String,
}

impl Settings {
    /// Whether mails are on at all: without a key nothing is sent, and nothing kept to be sent.
    pub fn are_on(variable: impl Fn(&str) -> Option<String>) -> bool {
        variable(API_KEY).is_some_and(|key| !key.trim().is_empty())
    }

    /// # Errors
    /// For the operator: what is missing, or cannot be.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        let set = |name: &str| variable(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty());
        let secret = |name: &str| match set(name) {
            Some(secret) if secret.len() < SHORTEST_SECRET => {
                Err(format!("{name} must have at least {SHORTEST_SECRET} characters"))
            }
            secret => Ok(secret),
        };
        let address = |name: &str| set(name).map(|url| url.trim_end_matches('/').to_string());
        let from = set("MAIL_FROM").filter(|from| from.contains('@') && !from.chars().any(char::is_control));
        let unsubscribe = secret(UNSUBSCRIBE_SECRET)?.zip(address("FUNCTIONS_URL"));
        Ok(Self {
            from: from.ok_or("MAIL_FROM is not set to an address")?,
            app_url: address("APP_URL").ok_or("APP_URL is not set")?,
            unsubscribe: unsubscribe.map(|(secret, functions_url)| Unsubscribe { functions_url, secret }),
            invitation_secret: secret(INVITATION_SECRET)?,
            operator: set("OPERATOR_EMAIL").filter(|address| address.contains('@')),
        })
    }
}

/// The waits between one attempt and the next. Together they stay below a day, after which Resend knows a key no more
/// ("Idempotency keys"), and a mail is no news.
const WAITS: [Span; 6] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(30),
    Span::minutes(2 * 60),
    Span::minutes(5 * 60),
    Span::minutes(10 * 60),
];

/// When a mail is tried again after so many attempts; `None`: it is given up.
pub fn next_attempt(attempts: i64, now: Timestamp, not_before: Option<Timestamp>) -> Option<Timestamp> {
    let wait = usize::try_from(attempts - 1).ok().and_then(|place| WAITS.get(place))?;
    let due = now + *wait;
    Some(not_before.map_or(due, |wanted| wanted.max(due)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(set: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string()))
    }

    #[test]
    fn what_is_half_set_is_said() {
        let [from, app] = [("MAIL_FROM", "mail@example.com"), ("APP_URL", "https://app.example.com/")];
        let problem = |set: &[(&str, &str)]| settings(set).err().unwrap();
        assert_eq!(problem(&[app]), "MAIL_FROM is not set to an address");
        assert_eq!(problem(&[("MAIL_FROM", "a@b\nBcc: c"), app]), "MAIL_FROM is not set to an address");
        assert_eq!(problem(&[from]), "APP_URL is not set");
        assert!(problem(&[from, app, ("INVITATION_SECRET", "short")]).contains("at least 32"));
        let least = settings(&[from, app]).ok().unwrap();
        assert_eq!(least.app_url, "https://app.example.com");
        assert!(least.unsubscribe.is_none() && least.invitation_secret.is_none() && least.operator.is_none());
        // Without an address of the functions nobody could stop them.
        let long = "x".repeat(32);
        assert!(settings(&[from, app, ("UNSUBSCRIBE_SECRET", &long)]).ok().unwrap().unsubscribe.is_none());
    }

    #[test]
    fn waits_grow_and_end_within_a_day() {
        let mut now = Timestamp(0);
        let mut last = Span(0);
        for attempts in 1..=6 {
            let next = next_attempt(attempts, now, None).unwrap();
            assert!(Span(next.0 - now.0) > last);
            (last, now) = (Span(next.0 - now.0), next);
        }
        assert!(now < Timestamp(0) + Span::days(1));
        assert_eq!(next_attempt(7, now, None), None);
        assert_eq!(next_attempt(1, Timestamp(0), Some(Timestamp(1))), Some(Timestamp(60_000)));
        assert_eq!(next_attempt(1, Timestamp(0), Some(Timestamp(90_000))), Some(Timestamp(90_000)));
    }
}
