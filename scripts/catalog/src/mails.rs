//! How a product's mails look, with people and figures that are made up.

use serde_json::json;
use tallygate::{
    mails::{compose, Content, Product, Settings, Subject, Unsubscribe},
    rules::{catalog::Catalog, language::Language, role::Role, time::Timestamp},
};

/// 1 May 2026.
const ENDS: Timestamp = Timestamp(1_777_593_600_000);

/// Each mail in each language, as JSON.
///
/// # Errors
/// A template that cannot be filled, and its name.
pub fn preview(catalog: &Catalog) -> Result<String, String> {
    let product = Product {
        name: catalog.name.clone(),
        color: catalog.appearance.color.clone(),
        logo_url: catalog.appearance.logo_url.clone(),
        support_email: catalog.appearance.support_email.clone(),
    };
    let settings = Settings {
        from: "mail@example.com".to_string(),
        app_url: "https://app.example.com".to_string(),
        unsubscribe: Some(Unsubscribe {
            functions_url: "https://api.example.com/functions/v1".to_string(),
            secret: "of the preview alone, and nobody's".to_string(),
        }),
        invitation_secret: None,
        operator: None,
    };
    let mut mails = Vec::new();
    for (content, language) in contents(catalog).iter().flat_map(|content| Language::ALL.map(|l| (content, l))) {
        let kind = content.kind();
        let stoppable = kind.is_optional().then(|| Subject::User("ada".to_string()));
        let mail = compose(content, "ada@example.com", "Northwind Voice", language, &product, &settings, stoppable);
        let mail = mail.map_err(|error| format!("{} in {}: {}", kind.as_str(), language.as_str(), error.reason()))?;
        mails.push(json!({
            "kind": kind.as_str(), "language": language.as_str(), "from": mail.from, "subject": mail.subject, "text": mail.text,
            "html": mail.html,
        }));
    }
    Ok(json!({ "product": product.name, "mails": mails }).to_string())
}

/// One of each kind, of the catalog's own plan and meter where it has them.
fn contents(catalog: &Catalog) -> Vec<Content> {
    let plan = catalog.plans.first().map_or("Free", |plan| plan.name.as_str());
    let meter = catalog.event_types.values().next().map_or("uploads", |event_type| event_type.meter.as_str());
    let invitation = |is_reminder| Content::Invitation {
        inviter: "Ada Berg".to_string(),
        role: Role::Member,
        token: "A".repeat(43),
        ends: ENDS,
        is_reminder,
    };
    let usage = |used, is_reached| Content::Usage {
        meter: meter.to_string(),
        used,
        limit: 100,
        plan: plan.to_string(),
        is_reached,
    };
    vec![
        invitation(false),
        invitation(true),
        usage(80, false),
        usage(100, true),
        Content::TrialEnding { plan: plan.to_string(), ends: ENDS },
        Content::PaymentFailed { invoice_url: None },
        Content::MemberRemoved,
        Content::EndpointDisabled { url: "https://hooks.example.com/tallygate".to_string(), is_gone: false },
    ]
}
