//! What the actions answer, for the description of the staff's part of the API.

use serde_json::{json, Value as Json};
use tallygate::{
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
            .refuses(&["person_not_found"]),
            act("end-sessions", "Signs a person out everywhere.", &["not_signed_in"])
                .replies(200, done())
                .refuses(&["person_not_found"]),
            act("extend-trial", "Gives a trial a later end.", &["archived", "not_trialing"])
                .replies(200, done())
                .refuses(&["organization_not_found"]),
            act("grant-package", "Opens content for a person.", &[])
                .replies(200, done())
                .refuses(&["package_not_found", "person_not_found"]),
            act("grant-usage", "Grants more of a meter.", &["archived"])
                .replies(200, done())
                .refuses(&["organization_not_found"]),
            act("transfer-ownership", "Makes a member an owner.", &["already_owner", "archived"])
                .replies(200, done())
                .refuses(&["member_not_found", "organization_not_found", "personal_organization"]),
            act("archive", "Puts a team away.", &["archived", "subscription_running"])
                .replies(200, done())
                .refuses(&["organization_not_found", "personal_organization"]),
            act("restore", "Has a team back.", &["not_archived"])
                .replies(200, done())
                .refuses(&["organization_not_found", "personal_organization"]),
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
            act("redeliver", "Sends an event to an endpoint once more.", &[])
                .replies(200, done())
                .refuses(&["endpoint_not_found"]),
            action("feature", "A plan's feature as it is.")
                .replies(200, nothing().and_as("feature", schema(&feature::FEATURE))),
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
            act("account-type", "Who is of the staff.", &["unchanged"])
                .replies(200, done())
                .refuses(&["forbidden", "person_not_found"]),
        ],
    );
}
