//! `redeliver-message`: a message of Stripe's that could not be applied is taken in as if it had come now. What is kept of it names no
//! person, so Stripe is asked for the newest state of what it was about, as when it first came.

use serde_json::json;
use tallygate::{
    billing::{refused, stripe, Message},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    staff_scoped,
    store::{Answer, Lock, Statement, StoreError},
    stripe::Event,
    transport::Pending,
};

use crate::act::{act_decided, conflict, Act};

pub struct RedeliverMessage {
    act: Act,
    message: String,
}

impl RedeliverMessage {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let message = call.fields.required_id("message")?.to_string();
        let act = Act::read(call, "message.redelivered", json!({ "redelivered": true }))?;
        match call.fields.id("provider")? {
            None | Some("stripe") => Ok(Box::new(Self { act, message })),
            Some("clerk" | "supabase") => Err(conflict(
                "not_kept",
                "What Clerk and Supabase tell is applied or refused when it comes, and never kept: they send it again themselves. \
                 Have it sent again from their own pages.",
            )),
            Some(_) => Err(Refusal::invalid("provider", "must be `stripe`")),
        }
    }

    /// The batch that takes it in: who asks is of the staff yet, and it is kept yet. (What Stripe says is so, whoever has asked.)
    fn taken_in(&self, context: &RequestContext, message: &Message) -> Vec<Statement> {
        let decided = act_decided!(
            "message",
            "target.event_id",
            "CAST(NULL AS TEXT)",
            "'{\"kept\":true,\"outcome\":\"' || target.outcome || '\"}'",
            "
FROM staff
JOIN webhook_inbox target ON target.provider = 'stripe' AND target.event_id = :message AND target.payload IS NOT NULL
WHERE 1 = 1"
        );
        let decided = Statement::new("decided", decided);
        let act = self.act.statements(context, decided, Vec::new(), Vec::new());
        act.into_iter()
            .map(|one| one.with("message", self.message.as_str()))
            .chain(message.statements(&context.ids))
            .collect()
    }
}

impl Operation for RedeliverMessage {
    fn asks_others(&self) -> bool {
        true
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        let kept = staff_scoped!(
            "SELECT kept.payload, kept.outcome FROM staff
JOIN webhook_inbox kept ON kept.provider = 'stripe' AND kept.event_id = :message AND kept.payload IS NOT NULL"
        );
        vec![Statement::new("kept", kept).with("message", self.message.as_str())]
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            let kept = found.first("kept")?.ok_or(Refusal::MessageNotFound)?;
            if found.stored(kept.text("outcome"))? == "gone" {
                return Err(conflict("gone", "Stripe has nothing of what this message is about any more."));
            }
            let payload = found.stored(kept.text("payload"))?;
            let at_stripe = |error| refused(&error, &context.request_id);
            let event = Event::parse(payload.as_bytes()).map_err(|_| {
                conflict("not_kept", "What is kept of this message does not say what to ask Stripe for.")
            })?;
            let asked = Message::asked(&stripe(services)?, event, payload.to_string(), context.now).await;
            let message = asked.map_err(at_stripe)?;
            let locks: Vec<_> = [Lock::Caller].into_iter().chain(message.locks()).collect();
            // A further batch: what it takes in is what Stripe has answered.
            let answer = services.batch(context, &locks, &self.taken_in(context, &message)).await?;
            let rows = BatchRows::public(&answer, &context.request_id);
            let act = Act::done(&rows)?.ok_or(Refusal::MessageNotFound)?;
            let (outcome, is_archived) = found.stored(received(&answer))?;
            message.end_what_nobody_can_use(is_archived, services).await.map_err(at_stripe)?;
            let said = match outcome.as_str() {
                "applied" | "ignored" => "The message is taken in.",
                "gone" => "The message is kept: Stripe has nothing of what it is about any more.",
                _ => "The message is kept yet: nothing could be done with it.",
            };
            Ok(Reply::ok(said, &json!({ "act": act, "outcome": outcome })))
        })
    }
}

/// What became of it, and whether its organization is archived.
fn received(answer: &Answer) -> Result<(String, bool), StoreError> {
    let row = answer.only("received")?;
    Ok((row.text("outcome")?.to_string(), row.flag("is_archived")?))
}
