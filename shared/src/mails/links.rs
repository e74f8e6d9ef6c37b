//! Links that need no sign-in: whoever has one may stop mails of a kind, and nothing else.

use form_urlencoded::Serializer;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::Kind;
use crate::rules::{invitation::SHORTEST_SECRET, request_ids::base64url};

/// The variable with what the links are signed with.
pub const UNSUBSCRIBE_SECRET: &str = "UNSUBSCRIBE_SECRET";

/// Who wants no more of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person with an account, by their id.
    User(String),
    /// Whoever an invitation was sent to.
    Invited { organization: String, invitation: String },
}

/// A link's meaning, once its signature was found to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedLink {
    pub subject: Subject,
    pub kind: Kind,
}

impl SignedLink {
    /// The link's query; `None` where the secret is too short to sign with.
    pub fn query(&self, secret: &str) -> Option<String> {
        let signature = self.signature(secret)?;
        let mut query = Serializer::new(String::new());
        match &self.subject {
            Subject::User(user) => query.append_pair("user", user),
            Subject::Invited { organization, invitation } => {
                query.append_pair("organization", organization).append_pair("invitation", invitation)
            }
        };
        Some(query.append_pair("kind", self.kind.as_str()).append_pair("signature", &signature).finish())
    }

    /// Reads a query that was signed with this secret; `None` for any other.
    pub fn parse(query: &str, secret: &str) -> Option<Self> {
        let value = |name: &str| {
            let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
            values.next().map(|(_, value)| value.into_owned()).filter(|_| values.next().is_none())
        };
        let subject = match (value("user"), value("organization"), value("invitation")) {
            (Some(user), None, None) => Subject::User(user),
            (None, Some(organization), Some(invitation)) => Subject::Invited { organization, invitation },
            _ => return None,
        };
        let link = Self { subject, kind: Kind::parse(&value("kind")?)? };
        let is_stoppable = match link.subject {
            Subject::User(_) => link.kind.is_optional(),
            Subject::Invited { .. } => link.kind.is_invitation(),
        };
        let given = value("signature")?;
        let mac = link.mac(secret)?;
        let bytes = from_base64url(&given)?;
        (is_stoppable && mac.verify_slice(&bytes).is_ok()).then_some(link)
    }

    fn signature(&self, secret: &str) -> Option<String> {
        Some(base64url(&self.mac(secret)?.finalize().into_bytes()))
    }

    fn mac(&self, secret: &str) -> Option<Hmac<Sha256>> {
        if secret.len() < SHORTEST_SECRET {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        // Each part with its length before it: no two links are one text.
        let parts = match &self.subject {
            Subject::User(user) => vec!["user", user],
            Subject::Invited { organization, invitation } => vec!["invited", organization, invitation],
        };
        for part in parts.into_iter().chain([self.kind.as_str()]) {
            mac.update(format!("{}:{part}\n", part.len()).as_bytes());
        }
        Some(mac)
    }
}

fn from_base64url(text: &str) -> Option<Vec<u8>> {
    use base64ct::{Base64UrlUnpadded, Encoding};
    Base64UrlUnpadded::decode_vec(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "a secret of at least thirty-two bytes";

    fn of_user(id: &str, kind: Kind) -> SignedLink {
        SignedLink { subject: Subject::User(id.to_string()), kind }
    }

    #[test]
    fn a_link_is_read_as_it_was_made() {
        let invited = Subject::Invited { organization: "o&1".to_string(), invitation: "i=1".to_string() };
        for link in [
            of_user("user_2 &=?", Kind::LimitWarning),
            of_user("ada", Kind::EndpointDisabled),
            SignedLink { subject: invited, kind: Kind::InvitationReminder },
        ] {
            let query = link.query(SECRET).unwrap();
            assert_eq!(SignedLink::parse(&query, SECRET), Some(link), "{query}");
        }
    }

    #[test]
    fn nobody_makes_a_link_without_the_secret_or_another_one_out_of_theirs() {
        let query = of_user("ada", Kind::LimitWarning).query(SECRET).unwrap();
        for other in [
            query.replace("ada", "bob"),
            query.replace("limit_warning", "trial_ending"),
            query.replace("user=ada", "organization=a&invitation=da"),
            format!("{query}&user=bob"),
            query.replace("signature=", "signature=A"),
            query.split("&signature").next().unwrap().to_string(),
            String::new(),
        ] {
            assert_eq!(SignedLink::parse(&other, SECRET), None, "{other}");
        }
        assert_eq!(SignedLink::parse(&query, "another secret of thirty-two bytes!"), None);
        assert_eq!(of_user("ada", Kind::LimitWarning).query("short"), None);
        assert_eq!(SignedLink::parse(&query, "short"), None);
    }

    #[test]
    fn what_an_account_needs_cannot_be_stopped_even_with_a_signature() {
        let query = of_user("ada", Kind::PaymentFailed).query(SECRET).unwrap();
        assert_eq!(SignedLink::parse(&query, SECRET), None);
    }
}
