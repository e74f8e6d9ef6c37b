//! `view-as`: a token by which one of the staff sees what a customer sees, for a quarter of an hour, and changes nothing. It is
//! written down as what else the staff does. Off unless the operator has set a secret for it.

use serde_json::json;
use tallygate::{
    auth::{view_as_token, VIEW_AS_LASTS, VIEW_AS_SECRET},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::UserId,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, conflict, Act},
    target::{person_acted_on, person_as_is, person_row, user},
};

pub struct ViewAs {
    act: Act,
    user: UserId,
}

impl ViewAs {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        Ok(Box::new(Self { act: Act::read(call, "user.viewed", json!({ "minutes": 15 }))?, user: user(call)? }))
    }
}

impl Operation for ViewAs {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a customer, and nobody of the staff; where the operator has switched it on.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'null'",
            person_acted_on!(),
            "
WHERE :is_on = 1 AND target.account_type = 'user' AND target.banned_at IS NULL"
        );
        let all = self.act.statements(context, Statement::new("decided", decided), Vec::new(), vec![person_as_is()]);
        let is_on = context.view_as_secret.is_some();
        all.into_iter().map(|one| one.with("user", self.user.as_str()).with("is_on", is_on)).collect()
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let (Some(secret), Some(identity)) = (&context.view_as_secret, &context.identity) else {
            return Err(Refusal::NotConfigured { variable: VIEW_AS_SECRET });
        };
        let Some(act) = Act::done(found)? else {
            let target = person_row(found)?;
            return Err(match found.stored(target.text("account_type"))? {
                "user" => conflict("account_disabled", "The account is banned: there is nothing to be seen as it."),
                _ => Refusal::Forbidden("Nobody sees what another one of the staff sees"),
            });
        };
        let token = view_as_token(secret, &self.user, &identity.user_id, &Act::id(context), context.now);
        let body = json!({ "act": act, "token": token, "expiresAt": context.now + VIEW_AS_LASTS });
        Ok(Reply::ok("A token to look with, shown this once.", &body))
    }
}
