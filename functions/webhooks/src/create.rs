//! `create`: another address that hears of events. Its secret is shown this once.

use serde_json::json;
use tallygate::{
    audit_event,
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{
        request_ids::{first_id_of, Purpose},
        time::Span,
    },
    session_is_live,
    store::{Lock, Statement},
};

use crate::{
    account::{account_is_running, account_scoped, endpoint_is_the_account_s, feature, must_manage},
    endpoint::{endpoint_columns, event_types, is_reachable, url, Endpoint},
};

/// Endpoints of one organization, and of the operator.
const MOST: i64 = 20;
/// The same with those that were removed and are not cleared yet: whoever makes and removes them all day long makes lists and
/// jobs read no more than these.
const MOST_KEPT: i64 = 100;
/// As `deliver_outbox` has it: what is younger may still be joined by an event before it.
const SETTLED: Span = Span::minutes(2);

pub struct Create {
    url: String,
    event_types: Option<String>,
}

impl Create {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let url = url(call.fields)?.ok_or_else(|| Refusal::invalid("url", "is required"))?;
        Ok(Box::new(Self { url, event_types: event_types(call.fields)? }))
    }
}

impl Operation for Create {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let id = context.ids.id(Purpose::WebhookEndpoint);
        vec![
            // Decides: that the account may have one more.
            Statement::new(
                "made",
                account_scoped!(
                    "INSERT INTO webhook_endpoints
  (id, organization_id, url, event_types, secret, listens_from, listens_from_id, created_at, updated_at, request_id)
SELECT :id, account.organization_id, :url, :event_types, :secret, :now, :listens_from_id, :now, :now, :request
FROM account
WHERE :is_reachable = 1 AND ",
                    account_is_running!(),
                    "
  AND (SELECT COUNT(*) FROM webhook_endpoints endpoint WHERE ",
                    endpoint_is_the_account_s!(),
                    ") < :most
  AND (SELECT COUNT(*) FROM webhook_endpoints kept WHERE kept.organization_id = account.organization_id
    OR kept.organization_id IS NULL AND account.organization_id IS NULL) < :most_kept
  AND ",
                    session_is_live!(),
                    "
ON CONFLICT (id) DO NOTHING"
                ),
            )
            .with("id", id.as_str())
            .with("url", self.url.as_str())
            .with("event_types", self.event_types.as_deref())
            .with("secret", context.ids.webhook_secret())
            .with("listens_from_id", first_id_of(context.now))
            .with("is_reachable", is_reachable(context, &self.url).is_ok())
            .with("most", MOST)
            .with("most_kept", MOST_KEPT),
            // With the first endpoint of all, events begin to be given out.
            Statement::new(
                "progress",
                "INSERT INTO webhook_progress (id, last_sequence, delivered_sequence, settled_to)
SELECT 1, 0, 0, :settled_to FROM webhook_endpoints made WHERE made.id = :id AND made.request_id = :request
ON CONFLICT (id) DO NOTHING",
            )
            .with("id", id.as_str())
            .with("settled_to", first_id_of(context.now - SETTLED)),
            Statement::new(
                "audit",
                audit_event!(
                    "SELECT made.organization_id, :event, :caller, 'webhook.endpoint_created', made.id, '{}', :request, :now
FROM webhook_endpoints made
WHERE made.id = :id AND made.request_id = :request AND made.organization_id IS NOT NULL"
                ),
            )
            .with("id", id.as_str())
            .with("event", context.ids.id(Purpose::AuditEvent)),
            Statement::new(
                "endpoint",
                account_scoped!(
                    "SELECT ",
                    endpoint_columns!(),
                    ", endpoint.secret
FROM account JOIN webhook_endpoints endpoint ON endpoint.id = :id"
                ),
            )
            .with("id", id.as_str()),
            feature(),
        ]
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let Some(row) = found.first("endpoint")? {
            let endpoint = found.stored(Endpoint::read(row))?;
            let secret = found.stored(row.text("secret"))?;
            let message = "The endpoint is made. Its secret is shown this once.";
            return Ok(Reply::created(message, &json!({ "endpoint": endpoint, "secret": secret })));
        }
        must_manage(context, found, true)?;
        is_reachable(context, &self.url)?;
        Err(Refusal::LimitReached {
            code: "too_many_endpoints",
            message: format!(
                "There may be at most {MOST} endpoints, and {MOST_KEPT} with those that were removed lately."
            ),
            details: limit_details(&json!({ "most": MOST })),
        })
    }
}
