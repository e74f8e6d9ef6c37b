use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::{ids::OrganizationId, invitation::token_hash, time::Timestamp},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::act::{act_decided, act_is_decided, Act};

const LONGEST_NAME: usize = 100;
/// What a key may be good for.
const SCOPES: [&str; 3] = ["usage:write", "usage:read", "webhooks:manage"];

/// A key is shown once; only its hash is kept.
pub struct CreateKey {
    act: Act,
    name: String,
    organization: Option<OrganizationId>,
    scopes: Vec<&'static str>,
    ends_at: Option<Timestamp>,
}

impl CreateKey {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let name = fields.required_text("name")?.trim().to_string();
        if name.chars().count() > LONGEST_NAME {
            return Err(Refusal::invalid("name", "must have 1 to 100 characters"));
        }
        let organization = fields.id("organization")?.map(OrganizationId::new);
        let named: Vec<&str> = fields.text("scopes")?.unwrap_or("usage:write,usage:read").split(',').collect();
        let scopes: Vec<_> = SCOPES.into_iter().filter(|scope| named.contains(scope)).collect();
        if scopes.len() != named.len() {
            return Err(Refusal::invalid(
                "scopes",
                "must be some of usage:write, usage:read, webhooks:manage, with commas",
            ));
        }
        if organization.is_some() && scopes.contains(&"webhooks:manage") {
            return Err(Refusal::invalid("scopes", "may name webhooks:manage only without an organization"));
        }
        let ends_at = fields.parsed("endsAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")?;
        let after = json!({ "name": name, "scopes": scopes, "endsAt": ends_at.map(|at| at.0) });
        Ok(Box::new(Self { act: Act::read(call, "key.created", after)?, name, organization, scopes, ends_at }))
    }

    fn key(context: &RequestContext) -> String {
        format!("tg_{}", context.ids.token())
    }

    fn is_good_for(&self, scope: &str) -> bool {
        self.scopes.contains(&scope)
    }
}

impl Operation for CreateKey {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: of an organization that is there, or of none; for a while yet.
        let decided = act_decided!(
            "key",
            ":act",
            "target.id",
            "'null'",
            "
FROM staff
LEFT JOIN organizations target ON target.id = :organization_id AND target.archived_at IS NULL
WHERE (:organization_id IS NULL OR target.id IS NOT NULL) AND (:ends_at IS NULL OR :ends_at > :now)"
        );
        let made = concat!(
            "INSERT INTO service_keys
  (id, name, key_hash, can_write_usage, can_read_usage, can_manage_webhooks, organization_id, ends_at, created_at)
SELECT :act, :name, :hash, :writes, :reads, :manages, :organization_id, :ends_at, :now
WHERE ",
            act_is_decided!()
        );
        let target = staff_scoped!(
            "SELECT target.id FROM staff JOIN organizations target ON target.id = :organization_id AND target.archived_at IS NULL"
        );
        let follows = vec![Statement::new("made", made)];
        let explains = vec![Statement::new("target", target)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter()
            .map(|one| {
                one.with("organization_id", self.organization.as_ref().map(OrganizationId::as_str))
                    .with("name", self.name.as_str())
                    .with("hash", token_hash(&Self::key(context)))
                    .with("writes", self.is_good_for("usage:write"))
                    .with("reads", self.is_good_for("usage:read"))
                    .with("manages", self.is_good_for("webhooks:manage"))
                    .with("ends_at", self.ends_at)
            })
            .collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        if let Some(act) = Act::done(found)? {
            let key = json!({ "id": Act::id(context), "key": Self::key(context), "scopes": self.scopes });
            return Ok(Reply::created("The key, shown this once.", &json!({ "act": act, "key": key })));
        }
        if self.organization.is_some() && found.first("target")?.is_none() {
            return Err(Refusal::OrganizationNotFound);
        }
        Err(Refusal::invalid("endsAt", "must be a moment to come"))
    }
}
