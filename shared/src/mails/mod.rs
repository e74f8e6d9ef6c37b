//! Mails: their texts, how they look, and the way to the provider that sends them. Pure but for the one call that sends.

mod compose;
mod kind;
mod links;
mod provider;
mod resend;
mod template;
mod templates;
mod words;

pub use compose::{compose, Content, Mail, Product};
pub use kind::Kind;
pub use links::{SignedLink, Subject, UNSUBSCRIBE_SECRET};
pub use provider::{next_attempt, MailProvider, Sent, Settings, Unsubscribe};
pub use resend::{Resend, API_KEY};
pub use template::{fill, Filled, TemplateError, Value};
pub use templates::template;
pub use words::{date, name};
