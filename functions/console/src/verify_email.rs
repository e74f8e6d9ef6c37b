//! `verify-email`: the staff has made sure whose an address is.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::UserId,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{may_be_acted_on, person_acted_on, person_acted_on_row, person_as_is, user},
};

pub struct VerifyEmail {
    act: Act,
    user: UserId,
}

impl VerifyEmail {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "user.email_verified", json!({ "emailVerified": true }))?;
        Ok(Box::new(Self { act, user: user(call)? }))
    }
}

impl Operation for VerifyEmail {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::User(self.user.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: an address that is known and of nobody else.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"emailVerified\":false}'",
            person_acted_on!(),
            "
WHERE ",
            may_be_acted_on!(),
            " AND target.email IS NOT NULL AND target.email_verified = 0 AND NOT EXISTS (
  SELECT 1 FROM users other
  WHERE other.email = target.email AND other.email_verified = 1 AND other.id <> target.id AND other.deleted_at IS NULL)"
        );
        let verified = concat!(
            "UPDATE users SET email_verified = 1, request_id = :request
WHERE id = :user AND email IS NOT NULL AND ",
            act_is_decided!()
        );
        let follows = vec![Statement::new("verified", verified)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![person_as_is()]);
        all.into_iter().map(|one| one.with("user", self.user.as_str())).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The address is verified.", || {
            let target = person_acted_on_row(found)?;
            if found.stored(target.optional_text("email"))?.is_none() {
                return Ok(conflict("no_email", "No address of this account is known."));
            }
            Ok(match found.stored(target.flag("email_verified"))? {
                true => conflict("already_verified", "The address is verified already."),
                false => conflict("email_of_another", "The address is verified as somebody else's."),
            })
        })
    }
}
