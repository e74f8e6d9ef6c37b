//! What the actions answer, for the description of the staff's part of the API.

use serde_json::{json, Value as Json};
use tallygate::{
    account_deletion::Outlook,
    describe::{action, field, hold, nothing, Described, Shape},
    rules::time::Timestamp,
};

use crate::{
    columns::{schema, Column},
    feature, inbox, organization, person, search, FUNCTION,
};

/// What was done.
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Act {
    id: String,
    action: String,
    target_id: String,
    organization_id: Option<String>,
    reason: String,
    before: Json,
    after: Json,
    created_at: Timestamp,
}

/// A key that is shown once.
#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct NewKey {
    id: String,
    key: String,
    scopes: Vec<String>,
}

/// What the scheduler has rolled up of a day or a month.
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Figure {
    /// `day` or `month`.
    period: String,
    starts_at: Timestamp,
    /// All that happened before is in.
    up_to: Timestamp,
    people: People,
    organizations: ByKind,
    paying: ByKind,
    conversions: Conversions,
    trials: Trials,
    revenue: Revenue,
    /// By meter; `null` while it is not known.
    usage: Option<Vec<Used>>,
    seats: Seats,
    sessions_replaced: i64,
    undelivered_events: i64,
    kept_messages: i64,
}

#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct People {
    total: i64,
    signed_up: i64,
    deleted: i64,
}

#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct ByKind {
    total: i64,
    personal: i64,
    team: i64,
}

#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Conversions {
    to_paid: i64,
    to_team: i64,
    to_personal: i64,
}

#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct Trials {
    running: i64,
    begun: i64,
    converted: i64,
    ended: i64,
}

/// In the catalog's currency. What was lost is below nothing.
#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Revenue {
    currency: String,
    mrr_cents: i64,
    arr_cents: i64,
    new_cents: i64,
    expansion_cents: i64,
    reactivation_cents: i64,
    contraction_cents: i64,
    churn_cents: i64,
}

#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Used {
    feature: String,
    events: i64,
    quantity: i64,
    overage_cents: i64,
}

#[derive(schemars::JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[allow(dead_code, reason = "it is only described")]
struct Seats {
    used: i64,
    offered: i64,
    used_without_limit: i64,
}

fn rows(columns: &[Column]) -> Json {
    json!({ "type": "array", "items": schema(columns) })
}

/// What was found, and by which of its names.
fn found(columns: &[Column]) -> Shape {
    let mut hit = schema(columns);
    hit["properties"]["foundBy"] = json!({ "type": "string" });
    nothing().and_as("found", json!({ "type": "array", "items": hit })).and::<Option<String>>("nextCursor")
}

/// An act, with the codes of its own that say why it was not done.
fn act(name: &'static str, summary: &'static str, conflicts: &[&'static str]) -> Described {
    let described = action(name, summary);
    conflicts.iter().fold(described, |described, code| described.refuses_with(409, code, nothing()))
}

#[test]
fn the_function_is_described() {
    let done = || field::<Act>("act");
    let scopes =
        json!({ "type": "string", "description": "Some of usage:write, usage:read, webhooks:manage, with commas." });
    hold(
        &FUNCTION,
        &[
            action("search", "People or organizations by the beginning of a name or an id.")
                .takes("cursor", json!({ "type": "string" }), json!("[]"))
                .replies(200, found(&search::PERSON).or(found(&search::ORGANIZATION))),
            action("person", "Everything about a person.")
                .replies(
                    200,
                    nothing()
                        .and_as("person", schema(&person::PERSON))
                        .and_as("organizations", rows(&person::ORGANIZATION))
                        .and_as("sessions", rows(&person::SESSION))
                        .and_as("packages", rows(&person::PACKAGE))
                        .and_as("invitations", rows(&person::INVITATION))
                        .and_as("acts", rows(&person::ACT)),
                )
                .refuses(&["person_not_found"]),
            action("organization", "Everything about an organization.")
                .replies(
                    200,
                    nothing()
                        .and_as("organization", schema(&organization::ORGANIZATION))
                        .and_as("members", rows(&organization::MEMBER))
                        .and_as("invitations", rows(&organization::INVITATION))
                        .and_as("features", rows(&organization::FEATURE))
                        .and_as("grants", rows(&organization::GRANT))
                        .and_as("overrides", rows(&organization::OVERRIDE))
                        .and_as("invoices", rows(&organization::INVOICE))
                        .and_as("endpoints", rows(&organization::ENDPOINT))
                        .and_as("keys", rows(&organization::KEY))
                        .and_as("history", rows(&organization::EVENT))
                        .and_as("acts", rows(&person::ACT)),
                )
                .refuses(&["organization_not_found"]),
            act("ban", "Bans a person.", &["already_banned"])
                .replies(200, done())
                .refuses(&["forbidden", "person_not_found"]),
            act("unban", "Lifts a ban.", &["banned_by_provider", "not_banned"])
                .replies(200, done())
                .refuses(&["forbidden", "person_not_found"]),
            act(
                "verify-email",
                "Says that an address is a person's.",
                &["already_verified", "email_of_another", "no_email"],
            )
            .replies(200, done())
            .refuses(&["forbidden", "person_not_found"]),
            act("end-sessions", "Signs a person out everywhere.", &["not_signed_in"])
                .replies(200, done())
                .refuses(&["forbidden", "person_not_found"]),
            act("extend-trial", "Gives a trial a later end.", &["archived", "not_trialing"])
                .replies(200, done())
                .refuses(&["forbidden", "organization_not_found"]),
            act("grant-package", "Opens content for a person.", &[]).replies(200, done()).refuses(&[
                "forbidden",
                "idempotency_key_reused",
                "package_not_found",
                "person_not_found",
            ]),
            act("grant-usage", "Grants more of a meter.", &["archived"]).replies(200, done()).refuses(&[
                "forbidden",
                "idempotency_key_reused",
                "organization_not_found",
            ]),
            act(
                "override-plan",
                "Gives an organization what another plan has, until an end.",
                &["archived", "charges_differ"],
            )
            .replies(200, done())
            .refuses(&["forbidden", "idempotency_key_reused", "organization_not_found"]),
            act(
                "override-limit",
                "Gives an organization another limit, until an end.",
                &["archived", "charges_differ"],
            )
            .replies(200, done())
            .refuses(&["forbidden", "idempotency_key_reused", "organization_not_found"]),
            act("lift-override", "Ends an override.", &["not_overridden"])
                .replies(200, done())
                .refuses(&["forbidden", "organization_not_found"]),
            act("transfer-ownership", "Makes a member an owner.", &["already_owner", "archived"])
                .replies(200, done())
                .refuses(&["forbidden", "member_not_found", "organization_not_found", "personal_organization"]),
            act("archive", "Puts a team away.", &["archived", "subscription_running"]).replies(200, done()).refuses(&[
                "forbidden",
                "organization_not_found",
                "personal_organization",
            ]),
            act("restore", "Has a team back.", &["no_owner", "not_archived"]).replies(200, done()).refuses(&[
                "forbidden",
                "organization_not_found",
                "personal_organization",
            ]),
            act("resend-invitation", "Sends an invitation again.", &["no_seat", "not_pending", "not_running"])
                .replies(200, done().and::<String>("inviteUrl").and::<Timestamp>("expiresAt"))
                .refuses(&["invitation_not_found", "invitation_withdrawn"]),
            act("create-key", "Makes a service key.", &[])
                .takes("scopes", scopes, json!("usage:read"))
                .replies(201, done().and::<NewKey>("key"))
                .refuses(&["organization_not_found"]),
            act("revoke-key", "Takes a service key back.", &["key_revoked"])
                .replies(200, done())
                .refuses(&["key_not_found"]),
            action("inbox", "What other companies have told that could not be applied.")
                .replies(200, nothing().and_as("messages", rows(&inbox::MESSAGE)).and::<Option<String>>("nextCursor")),
            act("retire-message", "Puts such a message away.", &[])
                .replies(200, done())
                .refuses(&["message_not_found"]),
            act("redeliver-message", "Takes such a message in again, as Stripe has it now.", &["gone", "not_kept"])
                .replies(200, done().and::<String>("outcome"))
                .refuses(&["message_not_found", "not_configured", "provider_refused", "provider_unavailable"]),
            act("redeliver", "Sends an event, or all since a moment, to an endpoint once more.", &[])
                .replies(200, done().or(done().and::<i64>("redelivered").and::<Option<String>>("nextCursor")))
                .refuses(&["endpoint_not_found"]),
            action("feature", "A plan's feature as it is.")
                .replies(200, nothing().and_as("feature", schema(&feature::FEATURE))),
            action("figures", "People, trials, revenue, usage and seats by day or month.")
                .replies(200, field::<Vec<Figure>>("figures").and::<Option<String>>("nextCursor")),
            act("edit-feature", "Changes a plan's feature, for whoever is on the plan.", &["wrong_kind"])
                .replies(
                    200,
                    done()
                        .and_as("feature", schema(&feature::FEATURE))
                        .or(field::<bool>("dryRun").and_as("feature", schema(&feature::FEATURE))),
                )
                .refuses_with(412, "feature_changed", nothing().and_as("feature", schema(&feature::FEATURE))),
            act("move-plan", "Moves an organization to another plan.", &["archived", "unchanged"])
                .replies(200, done())
                .refuses(&["forbidden", "organization_not_found"]),
            act("view-as", "A token to see what a person sees.", &["account_disabled"])
                .replies(200, done().and::<String>("token").and::<Timestamp>("expiresAt"))
                .refuses(&["forbidden", "not_configured", "person_not_found"]),
            act("delete-person", "Deletes a person as their own deletion would.", &["staff_account"])
                .replies(
                    200,
                    field::<Option<Act>>("act").and::<i64>("cancelledSubscriptions").or(field::<bool>("dryRun")
                        .and::<Vec<Outlook>>("organizations")
                        .and::<i64>("subscriptionsCancelled")
                        .and::<Json>("erased")
                        .and::<Json>("kept")),
                )
                .refuses(&["forbidden", "person_not_found", "provider_unavailable"]),
            act("account-type", "Who is of the staff.", &["unchanged"])
                .replies(200, done())
                .refuses(&["forbidden", "person_not_found"]),
        ],
    );
}
