//! Hands a page of mails to the provider, one after another.

use sha2::{Digest, Sha256};
use tallygate::{
    http::Services,
    mails::{compose, Content, MailProvider, Resend, Sent, Settings},
    rules::{
        invitation::{derived_token, hexadecimal, token_hash},
        time::{Span, Timestamp},
    },
    store::StoreError,
};

use super::due::{About, Due};

/// After so long nothing more is begun; what is under way ends within another ten seconds.
const LONGEST: Span = Span::seconds(15);
/// So long the provider is left alone where it fails, and where it says that it is too much without saying until when.
const ALONE: Span = Span::seconds(55);

/// A mail that was handed over, or is not to be.
pub struct Tried {
    pub event: String,
    pub kind: &'static str,
    pub recipient: String,
    /// This one included.
    pub attempts: i64,
    pub at: Timestamp,
    pub sent: Sent,
}

/// What a page came to.
pub struct Page {
    pub tried: Vec<Tried>,
    /// The provider did not do its work: until then it is left alone, and what is left of the page stays due.
    pub deferred_until: Option<Timestamp>,
}

/// Sends the mails. The first one that the provider does not take for a reason of its own ends the page, since it would not take
/// the others either.
///
/// # Errors
/// What the operator has to set.
pub async fn send(due: Vec<Due>, services: &Services<'_>) -> Result<Page, StoreError> {
    let variable = |name: &str| services.variable(name);
    let settings = Settings::read(variable).map_err(StoreError::Broken)?;
    let provider = Resend::configured(variable, services.transport);
    let provider = provider.ok_or_else(|| StoreError::Broken("mails are off".to_string()))?;
    let ends_at = services.now() + LONGEST;
    let mut page = Page { tried: Vec::new(), deferred_until: None };
    for mail in due {
        let at = services.now();
        if at >= ends_at {
            break;
        }
        let sent = handed_over(&mail, &settings, &provider, at).await;
        if let Sent::Later { not_before, .. } = &sent {
            page.deferred_until = Some(not_before.unwrap_or(at + ALONE));
        }
        page.tried.push(Tried {
            event: mail.event,
            kind: mail.kind.as_str(),
            recipient: mail.recipient,
            attempts: mail.attempts + 1,
            at,
            sent,
        });
        if page.deferred_until.is_some() {
            break;
        }
    }
    Ok(page)
}

async fn handed_over(due: &Due, settings: &Settings, provider: &dyn MailProvider, now: Timestamp) -> Sent {
    let refused = |reason: &str| Sent::Refused { reason: reason.to_string() };
    if due.kind.is_optional() && due.stoppable.is_some() && settings.unsubscribe.is_none() {
        return refused("nobody could stop it: UNSUBSCRIBE_SECRET and FUNCTIONS_URL are not set");
    }
    if due.address.is_empty() {
        return refused("OPERATOR_EMAIL is not set");
    }
    let content = match content(due, settings) {
        Ok(content) => content,
        Err(reason) => return refused(reason),
    };
    let mail =
        compose(&content, &due.address, &due.organization, due.language, &due.product, settings, due.stoppable.clone());
    match mail {
        Ok(mail) => provider.send(&mail, &key(due), now).await,
        Err(error) => refused(&error.reason()),
    }
}

/// The database has no token, but a hash by which a token that was made again is known to be the one.
fn content(due: &Due, settings: &Settings) -> Result<Content, &'static str> {
    match &due.about {
        About::Told(content) => Ok(content.clone()),
        About::Invitation { id, inviter, role, ends, token_hash: hash, is_reminder } => {
            let secret = settings.invitation_secret.as_deref().ok_or("INVITATION_SECRET is not set")?;
            let token = derived_token(secret, id, *ends).filter(|token| token_hash(token) == *hash);
            let token = token.ok_or("its token is not of the secret INVITATION_SECRET")?;
            Ok(Content::Invitation {
                inviter: inviter.clone(),
                role: *role,
                token,
                ends: *ends,
                is_reminder: *is_reminder,
            })
        }
    }
}

/// The same for one mail, however often it is sent.
fn key(due: &Due) -> String {
    let named = format!("{}\n{}\n{}", due.event, due.kind.as_str(), due.recipient);
    format!("tallygate-{}", hexadecimal(&Sha256::digest(named.as_bytes())))
}
