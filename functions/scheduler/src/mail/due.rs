//! A mail that is due, with all that stands in it.

use tallygate::{
    mails::{Content, Kind, Product, Subject},
    rules::{language::Language, role::Role, time::Timestamp},
    store::{Row, StoreError},
};

/// The columns of a product's looks, of a row `looks` of `catalog_settings`, and the language of a person who has a row
/// `preference` of `mail_preferences` or none.
macro_rules! looks {
    ($language:literal) => {
        concat!("looks.name AS product, looks.color, looks.logo_url, looks.support_email, ", $language, " AS language")
    };
}
pub(crate) use looks;

/// What to send to whom.
pub struct Due {
    pub event: String,
    pub kind: Kind,
    /// As `mail_deliveries` names them.
    pub recipient: String,
    pub address: String,
    pub language: Language,
    pub organization: String,
    pub product: Product,
    /// Who may stop mails of its kind.
    pub stoppable: Option<Subject>,
    pub about: About,
    /// How often it was tried before.
    pub attempts: i64,
}

/// What a mail is about, before its token is known.
pub enum About {
    Told(Content),
    Invitation { id: String, inviter: String, role: Role, ends: Timestamp, token_hash: String, is_reminder: bool },
}

impl Due {
    /// Of a row with what every mail has (`event_id`, `kind`, `recipient`, `address`, `attempts`, `organization_id`,
    /// `organization`, the looks) and what its kind has.
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let text = |column| row.text(column).map(str::to_string);
        let optional = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
        let kind = row.text("kind")?;
        let kind = Kind::parse(kind).ok_or_else(|| StoreError::Broken(format!("no kind of mail: {kind}")))?;
        let about = match kind {
            Kind::Invitation | Kind::InvitationReminder => {
                let role = row.text("role")?;
                About::Invitation {
                    id: text("invitation_id")?,
                    inviter: text("inviter")?,
                    role: Role::parse(role).ok_or_else(|| StoreError::Broken(format!("no role: {role}")))?,
                    ends: row.timestamp("ends")?,
                    token_hash: text("token_hash")?,
                    is_reminder: kind == Kind::InvitationReminder,
                }
            }
            Kind::LimitWarning | Kind::LimitReached => About::Told(Content::Usage {
                meter: text("target_id")?,
                used: row.integer("used")?,
                limit: row.integer("limit_value")?,
                plan: text("plan")?,
                is_reached: kind == Kind::LimitReached,
            }),
            Kind::TrialEnding => {
                About::Told(Content::TrialEnding { plan: text("plan")?, ends: row.timestamp("ends")? })
            }
            Kind::PaymentFailed => About::Told(Content::PaymentFailed {
                invoice_url: optional("invoice_url")?.filter(|url| url.starts_with("https://")),
            }),
            Kind::MemberRemoved => About::Told(Content::MemberRemoved),
            Kind::EndpointDisabled => About::Told(Content::EndpointDisabled {
                url: text("endpoint_url")?,
                is_gone: row.optional_text("disabled_reason")? == Some("gone"),
            }),
        };
        let recipient = text("recipient")?;
        let stoppable = match (recipient.strip_prefix("user:"), recipient.strip_prefix("invited:")) {
            (Some(user), _) if kind.is_optional() => Some(Subject::User(user.to_string())),
            (_, Some(invitation)) => {
                Some(Subject::Invited { organization: text("organization_id")?, invitation: invitation.to_string() })
            }
            _ => None,
        };
        Ok(Self {
            event: text("event_id")?,
            kind,
            recipient,
            address: text("address")?,
            language: Language::parse(row.text("language")?).unwrap_or_default(),
            organization: text("organization")?,
            product: Product {
                name: text("product")?,
                color: optional("color")?,
                logo_url: optional("logo_url")?,
                support_email: optional("support_email")?,
            },
            stoppable,
            about,
            attempts: row.integer("attempts")?,
        })
    }
}
