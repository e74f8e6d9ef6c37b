//! `end-sessions`: a person is signed out everywhere.

use serde_json::json;
use tallygate::{
    event_payload,
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext},
    outbox_event,
    rules::{ids::UserId, request_ids::Purpose},
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, outcome, Act},
    target::{may_be_acted_on, person_acted_on, person_acted_on_row, person_as_is, person_row, user},
};

pub struct EndSessions {
    act: Act,
    user: UserId,
}

impl EndSessions {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "user.sessions_ended", json!({ "sessions": 0 }))?;
        Ok(Box::new(Self { act, user: user(call)? }))
    }
}

impl Operation for EndSessions {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::User(self.user.clone())]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: somebody who is signed in anywhere; whoever asks signs themselves out, too.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"sessions\":' || CAST((
    SELECT COUNT(*) FROM active_sessions held WHERE held.user_id = target.id AND held.ended_at IS NULL) AS TEXT) || '}'",
            person_acted_on!(),
            "
WHERE (target.id = staff.user_id OR ",
            may_be_acted_on!(),
            ") AND EXISTS (SELECT 1 FROM active_sessions held WHERE held.user_id = target.id AND held.ended_at IS NULL)"
        );
        let ended = concat!(
            "UPDATE active_sessions SET ended_at = :now, end_reason = 'terminated', request_id = :request
WHERE user_id = :user AND ended_at IS NULL AND ",
            act_is_decided!()
        );
        let outbox = outbox_event!(
            "SELECT :told, decided.organization_id, 'session.terminated', decided.target_id, ",
            event_payload!(
                user("decided.target_id"),
                organization("decided.organization_id"),
                sessions("decided.target_id", ":request")
            ),
            ", :now
FROM operator_acts decided
WHERE decided.id = :act AND decided.is_applied = 0 AND decided.organization_id IS NOT NULL"
        );
        let follows = vec![
            Statement::new("ended", ended),
            Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)),
        ];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, vec![person_as_is()]);
        all.into_iter().map(|one| one.with("user", self.user.as_str())).collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        outcome(found, "The person is signed out everywhere.", || {
            if !found.stored(person_row(found)?.flag("is_oneself"))? {
                person_acted_on_row(found)?;
            }
            Ok(conflict("not_signed_in", "The person is signed in nowhere."))
        })
    }
}
