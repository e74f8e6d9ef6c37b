//! `account-type`: who is of the staff. A super_admin alone says so, and of nobody their own: so whoever was the last to change
//! one is a super_admin still.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::UserId,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{person_acted_on, person_as_is, person_row, user},
};

pub struct AccountType {
    act: Act,
    user: UserId,
    account_type: &'static str,
}

impl AccountType {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let parse = |text: &str| ["user", "admin", "super_admin"].into_iter().find(|one| *one == text);
        let account_type = call.fields.required("accountType", parse, "user, admin or super_admin")?;
        let act = Act::read(call, "user.account_type_changed", json!({ "accountType": account_type }))?;
        Ok(Box::new(Self { act, user: user(call)?, account_type }))
    }
}

impl Operation for AccountType {
    /// Two who change each other's wait for one another, and the second one is none of those who may any more.
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::User(self.user.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a super_admin, of somebody else.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"accountType\":\"' || target.account_type || '\"}'",
            person_acted_on!(),
            "
WHERE staff.account_type = 'super_admin' AND target.id <> staff.user_id AND target.account_type <> :account_type"
        );
        let changed = concat!(
            "UPDATE users SET account_type = :account_type, request_id = :request
WHERE id = :user AND ",
            act_is_decided!()
        );
        let follows = vec![Statement::new("changed", changed)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![person_as_is()]);
        all.into_iter()
            .map(|one| one.with("user", self.user.as_str()).with("account_type", self.account_type))
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The account type is changed.", || {
            found.must_be_super_admin()?;
            let target = person_row(found)?;
            Ok(match found.stored(target.flag("is_oneself"))? {
                true => Refusal::invalid("user", "must be somebody else than yourself"),
                false => conflict("unchanged", "The account is of that type already."),
            })
        })
    }
}
