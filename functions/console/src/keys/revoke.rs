use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::act::{act_decided, act_is_decided, conflict, outcome, Act};

/// From the next request on the key is good for nothing.
pub struct RevokeKey {
    act: Act,
    key: String,
}

impl RevokeKey {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "key.revoked", json!({ "revoked": true }))?;
        Ok(Box::new(Self { act, key: call.fields.required_id("key")?.to_string() }))
    }
}

impl Operation for RevokeKey {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a key that is good for something yet.
        let decided = act_decided!(
            "key",
            "target.id",
            "target.organization_id",
            "'{\"revoked\":false}'",
            "
FROM staff JOIN service_keys target ON target.id = :key
WHERE target.revoked_at IS NULL"
        );
        let revoked = concat!(
            "UPDATE service_keys SET revoked_at = :now
WHERE id = :key AND revoked_at IS NULL AND ",
            act_is_decided!()
        );
        let target = staff_scoped!("SELECT target.id FROM staff JOIN service_keys target ON target.id = :key");
        let follows = vec![Statement::new("revoked", revoked)];
        let explains = vec![Statement::new("target", target)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        all.into_iter().map(|one| one.with("key", self.key.as_str())).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The key is revoked: its next request is refused.", || {
            found.first("target")?.ok_or(Refusal::KeyNotFound)?;
            Ok(conflict("key_revoked", "The key is revoked already."))
        })
    }
}
