//! What the staff does: each act is decided in one statement, which also writes it down with its reason and what was before and
//! is after; what follows hangs on that row, and so does the line in the customer's own history.

use serde_json::{json, Value as Json};
use tallygate::{
    audit_event,
    http::{BatchRows, Call, Fields, Refusal, Reply, RequestContext},
    rules::{invitation::token_hash, request_ids::Purpose, text::is_invisible},
    store::{Row, Statement, StoreError},
};

/// How long a reason is, in characters.
const SHORTEST_REASON: usize = 3;
const LONGEST_REASON: usize = 500;

/// The act that a request asks for.
pub struct Act {
    /// As the history names it.
    action: &'static str,
    reason: String,
    after: Json,
    /// Under which the act is done once, however often it is asked for; `None`: each request is an act of its own.
    key: Option<String>,
    /// By which a repeated request is told from another one under the same key.
    request_hash: Option<String>,
}

impl Act {
    /// `after` is what the act leads to, as far as the request says.
    ///
    /// # Errors
    /// 400 without a reason of 3 to 500 characters.
    pub fn read(call: &Call<'_>, action: &'static str, after: Json) -> Result<Self, Refusal> {
        Ok(Self { action, reason: reason(call.fields)?, after, key: None, request_hash: None })
    }

    /// The same of what would be given twice if it was asked for twice: under the header `Idempotency-Key` it is given once.
    ///
    /// # Errors
    /// As [`Act::read`], and for a key of another form.
    pub fn read_once(call: &Call<'_>, action: &'static str, after: Json) -> Result<Self, Refusal> {
        let key = call.idempotency_key()?.map(str::to_string);
        let act = Self::read(call, action, after)?;
        let about = ["user", "organization"].map(|name| call.fields.get(name));
        let asked = token_hash(&format!("{action} {about:?} {} {}", act.after, act.reason));
        Ok(Self { request_hash: key.as_ref().map(|_| asked), key, ..act })
    }

    /// The id of the act, and of all that it makes.
    pub fn id(context: &RequestContext) -> String {
        context.ids.id(Purpose::OperatorAct)
    }

    /// The whole batch: what decides (`act_decided!`), what follows from it (each on the condition `act_is_decided!`), what is
    /// written down, and what explains a refusal.
    pub fn statements(
        &self,
        context: &RequestContext,
        decided: Statement,
        follows: Vec<Statement>,
        explains: Vec<Statement>,
    ) -> Vec<Statement> {
        let recorded = [
            // The customer sees that the operator did it, and not who of the staff.
            Statement::new(
                "history",
                audit_event!(
                    "SELECT decided.organization_id, decided.id, 'operator', 'operator.' || decided.action, decided.target_id,
  '{\"reason\":' || :reason_json || ',\"before\":' || decided.state_before || ',\"after\":' || decided.state_after || '}',
  :request, :now
FROM operator_acts decided
WHERE decided.id = :act AND decided.organization_id IS NOT NULL"
                ),
            ),
            Statement::new("applied", "UPDATE operator_acts SET is_applied = 1 WHERE id = :act AND is_applied = 0"),
            Statement::new(
                "done",
                "SELECT decided.id, decided.action, decided.target_id, decided.organization_id, decided.reason,
  decided.state_before, decided.state_after, decided.created_at,
  CASE WHEN decided.id = :act OR decided.request_hash = :request_hash THEN 1 ELSE 0 END AS is_this
FROM operator_acts decided WHERE decided.id = COALESCE((
  SELECT earlier.id FROM operator_acts earlier
  WHERE earlier.actor_id = :caller AND earlier.idempotency_key = :idempotency_key), :act)",
            ),
        ];
        std::iter::once(decided)
            .chain(follows)
            .chain(recorded)
            .chain(explains)
            .map(|statement| {
                statement
                    .with("act", Self::id(context))
                    .with("action", self.action)
                    .with("reason", self.reason.as_str())
                    .with("reason_json", Json::from(self.reason.as_str()).to_string())
                    .with("after", self.after.to_string())
                    .with("idempotency_key", self.key.as_deref())
                    .with("request_hash", self.request_hash.as_deref())
            })
            .collect()
    }

    /// What was done, by this request or by the one before it under its key; `None` where it was not.
    ///
    /// # Errors
    /// 409 `idempotency_key_reused` where another act was done under the key.
    pub fn done(found: &BatchRows<'_>) -> Result<Option<Json>, Refusal> {
        let Some(row) = found.first("done")? else { return Ok(None) };
        if !found.stored(row.flag("is_this"))? {
            return Err(Refusal::IdempotencyKeyReused);
        }
        found.stored(shown(row)).map(Some)
    }
}

/// The reply of an act that was done, or the refusal that says why it was not.
pub fn outcome(
    found: &BatchRows<'_>,
    message: &str,
    why_not: impl FnOnce() -> Result<Refusal, Refusal>,
) -> Result<Reply, Refusal> {
    match Act::done(found)? {
        Some(act) => Ok(Reply::ok(message, &json!({ "act": act }))),
        None => Err(why_not()?),
    }
}

/// # Errors
/// 409 with a code and a sentence of the act's own.
pub fn conflict(code: &'static str, message: &str) -> Refusal {
    Refusal::Conflict { code, message: message.to_string(), details: serde_json::Map::new() }
}

fn reason(fields: &Fields) -> Result<String, Refusal> {
    let text = fields.required_text("reason")?.trim();
    let seen = text.chars().filter(|character| !is_invisible(*character)).count();
    match text.chars().count() {
        SHORTEST_REASON..=LONGEST_REASON if seen >= SHORTEST_REASON => Ok(text.to_string()),
        _ => Err(Refusal::invalid("reason", "must have 3 to 500 characters that are seen")),
    }
}

fn shown(row: &Row) -> Result<Json, StoreError> {
    let state = |column| Ok::<_, StoreError>(serde_json::from_str::<Json>(row.text(column)?).unwrap_or(Json::Null));
    Ok(json!({
        "id": row.text("id")?,
        "action": row.text("action")?,
        "targetId": row.text("target_id")?,
        "organizationId": row.optional_text("organization_id")?,
        "reason": row.text("reason")?,
        "before": state("state_before")?,
        "after": state("state_after")?,
        "createdAt": row.timestamp("created_at")?,
    }))
}

/// The statement that decides an act: what kind of thing is acted on, which, in whose history it stands, what was before (SQL
/// for JSON), and from which rows beside `staff` on which conditions (the last of all is `WHERE …`, joined by `AND` alone).
macro_rules! act_decided {
    ($kind:literal, $target:literal, $organization:literal, $before:literal, $($from:tt)+) => {
        tallygate::staff_scoped!(
            "INSERT INTO operator_acts
  (id, actor_id, action, target_kind, target_id, organization_id, reason, state_before, state_after, request_id, created_at,
   idempotency_key, request_hash)
SELECT :act, staff.user_id, :action, '", $kind, "', ", $target, ", ", $organization, ", :reason, ", $before, ", :after,
  :request, :now, :idempotency_key, :request_hash
", $($from)+, "
  AND (:idempotency_key IS NULL OR NOT EXISTS (
    SELECT 1 FROM operator_acts earlier
    WHERE earlier.actor_id = staff.user_id AND earlier.idempotency_key = :idempotency_key AND earlier.id <> :act))
ON CONFLICT (id) DO NOTHING"
        )
    };
}
pub(crate) use act_decided;

/// Whether this request's act is decided and not done yet.
macro_rules! act_is_decided {
    () => {
        "EXISTS (SELECT 1 FROM operator_acts decided WHERE decided.id = :act AND decided.is_applied = 0)"
    };
}
pub(crate) use act_is_decided;
