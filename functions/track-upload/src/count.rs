//! `count`: counts uploads against the plan, all of a request or none.

use serde::Serialize;
use tallygate::{
    http::{limit_details, BatchRows, Call, Operation, Refusal, Reply, RequestContext, SessionRule},
    rules::{invitation::token_hash, limit::Limit, time::Timestamp},
    store::{Lock, Statement},
    usage::{Amount, Answered, Consume, Kind, Mode, Wanted},
};

use crate::tally::{Tally, FEATURE};

/// The most uploads of one request.
const MOST_AT_ONCE: i64 = 10_000;

/// A face of the one operation that counts: uploads by their type.
pub struct Count {
    upload_type: String,
    count: i64,
    consume: Consume,
}

/// The refusal at the limit.
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LimitExceeded<'a> {
    limit_exceeded: bool,
    current_uploads: i64,
    upload_limit: Limit,
    remaining: i64,
    tier: &'a str,
    upgrade_required: bool,
    next_reset_date: Option<Timestamp>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
}

impl Count {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let upload_type = call.fields.required_id("uploadType")?.to_string();
        let count = call.fields.integer("uploadCount", 1, MOST_AT_ONCE)?.unwrap_or(1);
        let consume = Consume {
            wanted: Wanted { event_type: Some(upload_type.clone()), ..Wanted::feature(FEATURE) },
            kind: Kind::Track,
            amount: Amount::Given(count),
            is_call: false,
            mode: Mode::Reject,
            key: call.idempotency_key()?.map(str::to_string),
            subject: None,
            occurred_at: None,
            attributes: None,
            request_hash: token_hash(&format!("{count} {upload_type}")),
        };
        Ok(Box::new(Self { upload_type, count, consume }))
    }
}

impl Operation for Count {
    fn session(&self) -> SessionRule {
        SessionRule::Enforced
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Organization]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = self.consume.deciding(context);
        statements.push(
            Statement::new(
                "upload_types",
                "SELECT event_type FROM event_types WHERE feature = :feature ORDER BY event_type",
            )
            .with("feature", FEATURE),
        );
        statements
    }

    fn outcome(&self, context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let membership = found.membership()?;
        let answered = Answered::read(found)?;
        let tally = Tally::of(&answered, membership);
        // An answer that was given under this key is given again, whatever has changed since.
        if let (Some(event), Some(tally)) = (&answered.event, &tally) {
            if event.request_hash != self.consume.request_hash {
                return Err(Refusal::IdempotencyKeyReused);
            }
            return match event.accepted {
                true => Ok(self.counted(tally, event.is_replayed)),
                false => Err(self.limit_exceeded(tally, event.is_replayed)),
            };
        }
        self.must_be_upload_type(found)?;
        if !membership.role.uses() {
            return Err(Refusal::Forbidden("Viewers may look but not upload"));
        }
        membership.must_have_access(context.now)?;
        let Some(tally) = tally else { return Err(Refusal::feature_not_in_plan(FEATURE, membership)) };
        // Too many keys were used today, or too many refused for this one to be remembered.
        if self.consume.key.is_some() {
            return Err(answered.no_more_keys(context.now));
        }
        Err(self.limit_exceeded(&tally, false))
    }
}

impl Count {
    fn counted(&self, tally: &Tally, replayed: bool) -> Reply {
        let mut reply = tally.counted(Some(&self.upload_type), self.count);
        reply.replayed = replayed;
        let uploads = if self.count == 1 { "1 upload was".to_string() } else { format!("{} uploads were", self.count) };
        let left = match tally.limit.is_unlimited() {
            true => "there is no limit".to_string(),
            false => format!("{} left this month", tally.limit.remaining(tally.total)),
        };
        Reply::ok(&format!("{uploads} counted; {left}."), &reply)
    }

    fn limit_exceeded(&self, tally: &Tally, replayed: bool) -> Refusal {
        let remaining = tally.limit.remaining(tally.total);
        let details = LimitExceeded {
            limit_exceeded: true,
            current_uploads: tally.total,
            upload_limit: tally.limit,
            remaining,
            tier: &tally.tier,
            upgrade_required: true,
            next_reset_date: tally.next_reset,
            replayed,
        };
        let limit = tally.limit.value();
        let message = match remaining {
            0 => format!("All {limit} uploads of this month are used; upgrade the plan to go on."),
            left => format!("{} uploads do not fit: {left} of {limit} are left this month.", self.count),
        };
        Refusal::LimitReached { code: "upload_limit_exceeded", message, details: limit_details(&details) }
    }

    fn must_be_upload_type(&self, found: &BatchRows<'_>) -> Result<(), Refusal> {
        let known = found.rows("upload_types")?.iter().map(|row| row.text("event_type"));
        let known = found.stored(known.collect::<Result<Vec<_>, _>>())?;
        if known.contains(&self.upload_type.as_str()) {
            return Ok(());
        }
        Err(Refusal::invalid("uploadType", format!("must be one of: {}", known.join(", "))))
    }
}
