//! `ban`, `unban`: whether a person may use the product at all. What the provider has banned, the provider lifts.

use serde_json::json;
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    rules::ids::UserId,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{may_be_acted_on, person_acted_on, person_acted_on_row, person_as_is, person_row, user},
};

pub struct Ban {
    act: Act,
    user: UserId,
    bans: bool,
}

impl Ban {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "user.banned", json!({ "banned": true }))?;
        Ok(Box::new(Self { act, user: user(call)?, bans: true }))
    }

    pub fn read_unban(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "user.unbanned", json!({ "banned": false }))?;
        Ok(Box::new(Self { act, user: user(call)?, bans: false }))
    }
}

impl Operation for Ban {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::User(self.user.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: somebody else, and of the staff only where a super_admin asks.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"banned\":' || CASE WHEN target.banned_at IS NULL THEN 'false' ELSE 'true' END || '}'",
            person_acted_on!(),
            "
WHERE target.id <> staff.user_id AND ",
            may_be_acted_on!(),
            "
  AND (:bans = 1 AND target.banned_at IS NULL
    OR :bans = 0 AND target.banned_at IS NOT NULL AND COALESCE(target.banned_by, 'operator') = 'operator')"
        );
        let banned = concat!(
            "UPDATE users SET
  banned_at = CASE :bans WHEN 1 THEN :now END, banned_by = CASE :bans WHEN 1 THEN 'operator' END, request_id = :request
WHERE id = :user AND ",
            act_is_decided!()
        );
        let follows = vec![Statement::new("banned", banned)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![person_as_is()]);
        all.into_iter().map(|one| one.with("user", self.user.as_str()).with("bans", self.bans)).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let message = if self.bans { "The account is banned." } else { "The account is no longer banned." };
        outcome(found, message, || {
            let target = person_row(found)?;
            let is = |column| found.stored(target.flag(column));
            if is("is_oneself")? {
                return Ok(Refusal::invalid("user", "must be somebody else than yourself"));
            }
            person_acted_on_row(found)?;
            let is_banned = found.stored(target.optional_timestamp("banned_at"))?.is_some();
            Ok(match (self.bans, is_banned) {
                (true, true) => conflict("already_banned", "The account is banned already."),
                (false, false) => conflict("not_banned", "The account is not banned."),
                (false, true) => {
                    conflict("banned_by_provider", "The auth provider has banned it, and lifts that itself.")
                }
                (true, false) => found.broken("who may be banned was not"),
            })
        })
    }
}
