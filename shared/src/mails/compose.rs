//! A mail as it is handed to a provider.

use super::{
    fill,
    provider::Settings,
    template,
    template::{escaped, one_line},
    templates::LAYOUT,
    words::{date, name},
    Kind, SignedLink, Subject, TemplateError, Value,
};
use crate::rules::{language::Language, role::Role, time::Timestamp};

/// A button's color where the catalog has none.
const COLOR: &str = "#1a56db";

/// The product as its mails show it, from the catalog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    pub name: String,
    /// `#1a73e8`.
    pub color: Option<String>,
    pub logo_url: Option<String>,
    pub support_email: Option<String>,
}

/// What a mail is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    Invitation {
        inviter: String,
        role: Role,
        token: String,
        ends: Timestamp,
        is_reminder: bool,
    },
    Usage {
        meter: String,
        used: i64,
        limit: i64,
        plan: String,
        is_reached: bool,
    },
    TrialEnding {
        plan: String,
        ends: Timestamp,
    },
    /// The invoice's page at Stripe, where there is one.
    PaymentFailed {
        invoice_url: Option<String>,
    },
    MemberRemoved,
    /// Its address; whether the receiver said that it is gone, or only failed.
    EndpointDisabled {
        url: String,
        is_gone: bool,
    },
}

impl Content {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invitation { is_reminder: false, .. } => Kind::Invitation,
            Self::Invitation { is_reminder: true, .. } => Kind::InvitationReminder,
            Self::Usage { is_reached: false, .. } => Kind::LimitWarning,
            Self::Usage { is_reached: true, .. } => Kind::LimitReached,
            Self::TrialEnding { .. } => Kind::TrialEnding,
            Self::PaymentFailed { .. } => Kind::PaymentFailed,
            Self::MemberRemoved => Kind::MemberRemoved,
            Self::EndpointDisabled { .. } => Kind::EndpointDisabled,
        }
    }

    fn values(&self, app_url: &str, language: Language) -> Vec<(&'static str, Value)> {
        let text = |text: &str| Value::Text(text.to_string());
        let link = |path: &str| ("link", Value::Link(format!("{app_url}{path}")));
        match self {
            Self::Invitation { inviter, role, token, ends, .. } => vec![
                ("inviter", text(&name(inviter))),
                ("role", text(role_in(*role, language))),
                ("ends", Value::Text(date(*ends, language))),
                link(&format!("/accept-invitation?token={token}")),
            ],
            Self::Usage { meter, used, limit, plan, .. } => vec![
                ("meter", text(&meter.replace('_', " "))),
                ("used", Value::Text(used.to_string())),
                ("limit", Value::Text(limit.to_string())),
                ("plan", text(plan)),
                link("/usage"),
            ],
            Self::TrialEnding { plan, ends } => {
                vec![("plan", text(plan)), ("ends", Value::Text(date(*ends, language))), link("/billing")]
            }
            Self::PaymentFailed { invoice_url } => match invoice_url {
                Some(url) => vec![("link", Value::Link(url.clone()))],
                None => vec![link("/billing")],
            },
            Self::MemberRemoved => vec![link("/")],
            Self::EndpointDisabled { url, is_gone } => {
                let reason = match (language, is_gone) {
                    (Language::En, true) => "its receiver says that it is gone",
                    (Language::En, false) => "it has not answered well for days",
                    (Language::De, true) => "der Empfänger sagt, dass es ihn nicht mehr gibt",
                    (Language::De, false) => "er seit Tagen nicht richtig antwortet",
                };
                vec![("endpoint", Value::Text(name(url))), ("reason", text(reason)), link("/")]
            }
        }
    }
}

fn role_in(role: Role, language: Language) -> &'static str {
    match (language, role) {
        (Language::En, _) => role.as_str(),
        (Language::De, Role::Owner) => "Inhaber",
        (Language::De, Role::Admin) => "Administrator",
        (Language::De, Role::Member) => "Mitglied",
        (Language::De, Role::Viewer) => "Betrachter",
    }
}

/// A mail, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// Beside those that every mail has.
    pub headers: Vec<(&'static str, String)>,
}

/// Writes the mail. `organization` is the one that it is about, `stoppable` who may stop mails of its kind by a link in it.
///
/// # Errors
/// A template that cannot be filled.
pub fn compose(
    content: &Content,
    to: &str,
    organization: &str,
    language: Language,
    product: &Product,
    settings: &Settings,
    stoppable: Option<Subject>,
) -> Result<Mail, TemplateError> {
    let kind = content.kind();
    let color = product.color.as_deref().unwrap_or(COLOR);
    let mut values = content.values(&settings.app_url, language);
    values.push(("organization", Value::Text(name(organization))));
    values.push(("product", Value::Text(product.name.clone())));
    let filled = fill(template(kind, language), &values, color)?;
    let stop = stoppable.and_then(|subject| {
        let unsubscribe = settings.unsubscribe.as_ref()?;
        let query = SignedLink { subject, kind }.query(&unsubscribe.secret)?;
        Some(format!("{}/mails/unsubscribe?{query}", unsubscribe.functions_url))
    });
    let [why, stop_label] = match language {
        Language::En => ["This mail was sent by", "No more mails of this kind"],
        Language::De => ["Diese Mail kommt von", "Keine Mails dieser Art mehr"],
    };
    let mut text = format!("{}\n-- \n{why} {}.\n", filled.text, one_line(&product.name));
    let mut foot = format!("{why} {}.", escaped(&one_line(&product.name)));
    let mut headers = Vec::new();
    if let Some(link) = stop {
        text.push_str(&format!("{stop_label}: {link}\n"));
        foot.push_str(&format!(" <a href=\"{}\" style=\"color:#59636e\">{stop_label}</a>", escaped(&link)));
        // RFC 8058, 3.1: both headers, and an address that is posted to.
        headers.push(("List-Unsubscribe", format!("<{link}>")));
        headers.push(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_string()));
    }
    let head = match &product.logo_url {
        Some(logo) => {
            format!("<img src=\"{}\" alt=\"{}\" height=\"40\">", escaped(logo), escaped(&one_line(&product.name)))
        }
        None => format!("<strong style=\"color:{}\">{}</strong>", escaped(color), escaped(&one_line(&product.name))),
    };
    let parts = [
        ("{{language}}", language.as_str().to_string()),
        ("{{subject}}", escaped(&filled.subject)),
        ("{{head}}", head),
        ("{{body}}", filled.html.trim_end().to_string()),
        ("{{foot}}", foot),
    ];
    Ok(Mail {
        from: sender(&product.name, &settings.from),
        to: to.to_string(),
        reply_to: product.support_email.clone(),
        subject: filled.subject,
        text,
        html: laid_out(&parts),
        headers,
    })
}

/// The layout with its parts put in, each once and none of them looked through.
fn laid_out(parts: &[(&str, String)]) -> String {
    let mut page = String::with_capacity(LAYOUT.len() * 2);
    let mut rest = LAYOUT;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        page.push_str(before);
        let value = parts.iter().find(|(known, _)| known.trim_matches(['{', '}']) == name);
        page.push_str(value.map_or("", |(_, value)| value.as_str()));
        rest = behind;
    }
    page.push_str(rest);
    page
}

/// `From`: the product's name before a bare address.
fn sender(product: &str, from: &str) -> String {
    if from.contains('<') {
        return from.to_string();
    }
    let plain: String = one_line(product)
        .chars()
        .filter(|letter| !matches!(letter, '"' | '\\' | '<' | '>' | '@' | ',' | ';'))
        .collect();
    format!("\"{}\" <{from}>", plain.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mails::Unsubscribe;

    fn settings() -> Settings {
        Settings {
            from: "mail@example.com".to_string(),
            app_url: "https://app.example.com".to_string(),
            unsubscribe: Some(Unsubscribe {
                functions_url: "https://api.example.com/functions/v1".to_string(),
                secret: "a secret of at least thirty-two bytes".to_string(),
            }),
            invitation_secret: None,
            operator: None,
        }
    }

    fn product() -> Product {
        Product {
            name: "Acme \"Tools\" <x>".to_string(),
            color: Some("#123456".to_string()),
            logo_url: Some("https://cdn.example.com/logo.png?a=1&b=2".to_string()),
            support_email: Some("help@example.com".to_string()),
        }
    }

    pub fn one_of_each() -> Vec<Content> {
        let ends = Timestamp(1_773_144_000_000);
        let invitation = |is_reminder| Content::Invitation {
            inviter: "Ada <evil.example>".to_string(),
            role: Role::Admin,
            token: "t".repeat(43),
            ends,
            is_reminder,
        };
        let usage = |is_reached| Content::Usage {
            meter: "api_calls".to_string(),
            used: 80,
            limit: 100,
            plan: "Pro".to_string(),
            is_reached,
        };
        vec![
            invitation(false),
            invitation(true),
            usage(false),
            usage(true),
            Content::TrialEnding { plan: "Pro".to_string(), ends },
            Content::PaymentFailed { invoice_url: Some("https://invoice.stripe.com/i/x".to_string()) },
            Content::MemberRemoved,
            Content::EndpointDisabled { url: "https://hooks.example.com/a".to_string(), is_gone: true },
        ]
    }

    #[test]
    fn every_mail_can_be_written_in_every_language() {
        assert_eq!(one_of_each().iter().map(Content::kind).collect::<Vec<_>>(), Kind::ALL);
        for (content, language) in one_of_each().iter().flat_map(|content| Language::ALL.map(|l| (content, l))) {
            let kind = content.kind();
            let mail = compose(content, "a@b.example", "Acme evil.example", language, &product(), &settings(), None);
            let mail = mail.unwrap_or_else(|error| panic!("{kind:?} {language:?}: {error:?}"));
            for part in [&mail.subject, &mail.text, &mail.html] {
                assert!(!part.contains("{{") && !part.contains("evil.example"), "{kind:?} {language:?}: {part}");
            }
            assert!(mail.html.contains("#123456") && mail.html.contains("logo.png?a=1&amp;b=2"), "{kind:?}");
            assert!(!mail.html.contains("<x>") && mail.headers.is_empty());
            assert_eq!(mail.from, "\"Acme Tools x\" <mail@example.com>");
            assert_eq!(mail.reply_to.as_deref(), Some("help@example.com"));
        }
    }

    #[test]
    fn a_mail_that_may_be_stopped_says_how_to_people_and_to_programs() {
        let content = Content::TrialEnding { plan: "Pro".to_string(), ends: Timestamp(0) };
        let stoppable = Some(Subject::User("ada".to_string()));
        let mail = compose(&content, "a@b.example", "Acme", Language::En, &product(), &settings(), stoppable).unwrap();
        let [(list, link), (post, click)] = mail.headers.as_slice() else { panic!("{:?}", mail.headers) };
        assert_eq!(
            (*list, *post, click.as_str()),
            ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
        );
        let link = link.strip_prefix('<').and_then(|link| link.strip_suffix('>')).unwrap();
        assert!(link.starts_with("https://api.example.com/functions/v1/mails/unsubscribe?user=ada&kind=trial_ending&"));
        assert!(mail.text.contains(link) && mail.html.contains(&escaped(link)));
    }

    #[test]
    fn what_is_put_into_the_layout_is_not_looked_through() {
        let named = Product { name: "{{foot}}".to_string(), logo_url: None, ..product() };
        let mail =
            compose(&Content::MemberRemoved, "a@b.example", "Acme", Language::En, &named, &settings(), None).unwrap();
        assert!(mail.html.contains("<strong style=\"color:#123456\">{{foot}}</strong>"), "{}", mail.html);
    }
}
