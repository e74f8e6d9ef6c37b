//! What an organization is given in place of what its plan says, until an end: another plan, or another limit.

mod lift;
mod limit;
mod plan;

pub use {lift::LiftOverride, limit::OverrideLimit, plan::OverridePlan};

use tallygate::{
    carried_overrides, event_payload,
    http::{Call, Refusal, RequestContext},
    outbox_event,
    rules::{request_ids::Purpose, time::Timestamp},
    store::Statement,
};

use crate::act::{act_is_decided, conflict};

/// The end that a request names: an override without one would be another plan.
fn ends_at(call: &Call<'_>) -> Result<Timestamp, Refusal> {
    call.fields.required("endsAt", Timestamp::parse, "a moment, as 2026-03-10T12:00:00Z")
}

/// An override never costs a customer what they have not agreed to: whoever gives one says that it may.
fn charges_differ(why: &str) -> Refusal {
    conflict("charges_differ", &format!("{why}: agree on it with the customer, and say so with `charges`."))
}

/// What follows from an override: the one before it ends (an act whose clock is behind: at once, and it has held nothing), it is written down, and the subscription has it from now on.
fn given(context: &RequestContext) -> Vec<Statement> {
    let ended = concat!(
        "UPDATE plan_overrides SET ends_at = greatest(:now, starts_at)
WHERE organization_id = :organization_id AND kind = :kind AND feature = :feature AND ends_at > :now AND id <> :act AND ",
        act_is_decided!()
    );
    let written = concat!(
        "INSERT INTO plan_overrides (organization_id, kind, feature, ends_at, id, plan_id, limit_value, reason, starts_at, request_id)
SELECT :organization_id, :kind, :feature, :ends_at, :act, :plan, :limit, :reason, :now, :request
WHERE ",
        act_is_decided!(),
        "
ON CONFLICT (organization_id, kind, feature, ends_at, id) DO NOTHING"
    );
    let mut all = vec![Statement::new("ended", ended), Statement::new("written", written)];
    all.extend(taken_over(context));
    all
}

/// The subscription has what holds from now on, and the product is told to look again.
fn taken_over(context: &RequestContext) -> [Statement; 2] {
    let carried = concat!(
        "UPDATE org_subscriptions SET\n  ",
        carried_overrides!(),
        "\nWHERE organization_id = :organization_id AND ",
        act_is_decided!()
    );
    let outbox = outbox_event!(
        "SELECT :told, decided.organization_id, 'subscription.updated', decided.target_id, ",
        event_payload!(
            subscription("decided.organization_id"),
            organization("decided.organization_id"),
            action("decided.action")
        ),
        ", :now
FROM operator_acts decided WHERE decided.id = :act AND decided.is_applied = 0"
    );
    [
        Statement::new("carried", carried),
        Statement::new("outbox", outbox).with("told", context.ids.id(Purpose::OutboxEvent)),
    ]
}
