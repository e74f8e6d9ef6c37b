//! An endpoint as replies show it, and the fields that name one.

use serde::Serialize;
use tallygate::{
    audit_event,
    http::{BatchRows, Call, Fields, Refusal, RequestContext},
    rules::{request_ids::Purpose, time::Timestamp},
    store::{Row, Statement, StoreError},
    webhooks::{EndpointAddress, EVENT_TYPES},
};

use crate::account::{account_scoped, endpoint_is_the_account_s, must_manage};

/// The columns that [`Endpoint::read`] reads, of a row `endpoint`.
macro_rules! endpoint_columns {
    () => {
        "endpoint.id, endpoint.url, endpoint.event_types, endpoint.paused_at, endpoint.disabled_at, endpoint.disabled_reason,
  endpoint.failing_since, endpoint.created_at, endpoint.updated_at,
  CASE WHEN endpoint.former_secret_ends_at > :now THEN endpoint.former_secret_ends_at END AS former_secret_ends_at"
    };
}
pub(crate) use endpoint_columns;

/// Changes an endpoint of the account's, once: what to set, and a further condition. ([`remembering`](tallygate::http::remembering) binds it.)
macro_rules! change_endpoint {
    ($set:expr, $($condition:tt)+) => {
        account_scoped!(
            "UPDATE webhook_endpoints SET ",
            $set,
            ",
  updated_at = :now, request_id = :request, ",
            tallygate::recent_requests_with_this!("webhook_endpoints"),
            "
WHERE id = :endpoint AND NOT ",
            tallygate::is_recent_request!("webhook_endpoints"),
            "
  AND EXISTS (
    SELECT 1 FROM account JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND ",
            endpoint_is_the_account_s!(),
            "
    WHERE ",
            $($condition)+,
            ")
  AND ",
            tallygate::session_is_live!()
        )
    };
}
pub(crate) use change_endpoint;

const MOST_TYPES: usize = 50;

/// The secret is shown once, by `create` and `rotate`.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Endpoint {
    pub id: String,
    url: String,
    /// `null`: all.
    event_types: Option<Vec<String>>,
    /// `active`, `paused`, or `disabled` where nobody asked for it.
    #[cfg_attr(test, schemars(extend("enum" = ["active", "paused", "disabled"])))]
    state: &'static str,
    /// `failing` (for five days) or `gone` (it answered 410).
    #[cfg_attr(test, schemars(extend("enum" = ["failing", "gone", null])))]
    disabled_reason: Option<String>,
    /// Since when every attempt has failed.
    failing_since: Option<Timestamp>,
    /// Until then deliveries are signed with the former secret, too.
    former_secret_ends_at: Option<Timestamp>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl Endpoint {
    pub fn read(row: &Row) -> Result<Self, StoreError> {
        let is_set = |column| Ok::<_, StoreError>(row.optional_timestamp(column)?.is_some());
        let types = row.optional_text("event_types")?;
        Ok(Self {
            id: row.text("id")?.to_string(),
            url: row.text("url")?.to_string(),
            event_types: types.map(|types| types.split_whitespace().map(str::to_string).collect()),
            state: match (is_set("disabled_at")?, is_set("paused_at")?) {
                (true, _) => "disabled",
                (false, true) => "paused",
                (false, false) => "active",
            },
            disabled_reason: row.optional_text("disabled_reason")?.map(str::to_string),
            failing_since: row.optional_timestamp("failing_since")?,
            former_secret_ends_at: row.optional_timestamp("former_secret_ends_at")?,
            created_at: row.timestamp("created_at")?,
            updated_at: row.timestamp("updated_at")?,
        })
    }
}

/// The endpoint named by `endpoint`, as it is at this point of the batch, and whether this request has changed it.
pub fn named(endpoint: &str) -> Statement {
    Statement::new(
        "endpoint",
        account_scoped!(
            "SELECT ",
            endpoint_columns!(),
            ", CASE WHEN ",
            tallygate::is_recent_request!("endpoint"),
            " THEN 1 ELSE 0 END AS is_changed
FROM account JOIN webhook_endpoints endpoint ON endpoint.id = :endpoint AND ",
            endpoint_is_the_account_s!()
        ),
    )
    .with("endpoint", endpoint)
}

/// The row of the endpoint that [`named`] found. Another account's is not there.
pub fn row<'a>(found: &'a BatchRows<'_>) -> Result<&'a Row, Refusal> {
    found.first("endpoint")?.ok_or(Refusal::EndpointNotFound)
}

/// What the change of an endpoint is answered with, where this request has made it.
///
/// # Errors
/// Why it has not: who asks, what their plan has, or that there is no such endpoint.
pub fn changed(context: &RequestContext, found: &BatchRows<'_>, must_run: bool) -> Result<Endpoint, Refusal> {
    must_manage(context, found, must_run)?;
    let row = row(found)?;
    if !found.stored(row.flag("is_changed"))? {
        return Err(found.broken("a change that is allowed was not made"));
    }
    found.stored(Endpoint::read(row))
}

/// The history of an organization's endpoint that this request has changed, under a word for the change.
pub fn audit(context: &RequestContext, endpoint: &str, action: &'static str) -> Statement {
    Statement::new(
        "audit",
        audit_event!(
            "SELECT changed.organization_id, :event, :caller, :action, changed.id, '{}', :request, :now
FROM webhook_endpoints changed
WHERE changed.id = :endpoint AND changed.request_id = :request AND changed.organization_id IS NOT NULL"
        ),
    )
    .with("endpoint", endpoint)
    .with("action", action)
    .with("event", context.ids.id(Purpose::AuditEvent))
}

/// `endpoint`: an endpoint's id.
pub fn endpoint_id(call: &Call<'_>) -> Result<String, Refusal> {
    call.fields.required_id("endpoint").map(str::to_string)
}

/// `url`, in a form that some system takes; whether this one does is [`is_reachable`]'s to say.
pub fn url(fields: &Fields) -> Result<Option<String>, Refusal> {
    let Some(url) = fields.text("url")? else { return Ok(None) };
    EndpointAddress::parse(url, true).map_err(|problem| Refusal::invalid("url", problem))?;
    Ok(Some(url.to_string()))
}

/// Refuses an address on this machine, but in local work.
pub fn is_reachable(context: &RequestContext, url: &str) -> Result<(), Refusal> {
    let address = EndpointAddress::parse(url, context.allows_local_endpoints);
    address.map(|_| ()).map_err(|problem| Refusal::invalid("url", problem))
}

/// `eventTypes`, each between two spaces; `None` where it is `null` or left out.
pub fn event_types(fields: &Fields) -> Result<Option<String>, Refusal> {
    const FIELD: &str = "eventTypes";
    let problem = || Refusal::invalid(FIELD, "must be a list of 1 to 50 event types, as member.removed");
    let Some(value) = fields.get(FIELD) else { return Ok(None) };
    let list = value.as_array().filter(|list| (1..=MOST_TYPES).contains(&list.len())).ok_or_else(problem)?;
    let known = |text: &str| EVENT_TYPES.into_iter().find(|known| *known == text);
    let types = list.iter().map(|item| match item.as_str() {
        Some(text) => known(text).ok_or_else(|| Refusal::invalid(FIELD, unknown(text))),
        None => Err(problem()),
    });
    Ok(Some(format!(" {} ", types.collect::<Result<Vec<_>, _>>()?.join(" "))))
}

/// What is wrong with a type that nothing is told under, in the caller's own word where that is one.
fn unknown(text: &str) -> String {
    let is_word = text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    match is_word {
        true => format!("holds `{text}`, and there is no such event"),
        false => "must be a list of 1 to 50 event types, as member.removed".to_string(),
    }
}
