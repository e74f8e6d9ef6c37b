//! What an event asks for, beside what the database says of it: why it can be counted by nobody, or not by who asks.

use super::{Reason, Wanted, AHEAD};
use crate::{
    http::{Membership, Refusal, RequestContext},
    rules::time::Timestamp,
};

/// An event that the ledger does not have. The rules about it are asked in this order: what is named, when it was, and who asks.
pub struct Asked<'a> {
    pub wanted: &'a Wanted,
    /// Of whom it is, where that was told.
    pub subject: Option<&'a str>,
    pub occurred_at: Option<Timestamp>,
    /// The feature that is named, also by an event type; `None`: nothing is called so.
    pub feature: Option<&'a str>,
    /// What it is to the plan; `None`: the plan does not have it.
    pub kind: Option<&'a str>,
    /// Another plan has it.
    pub is_elsewhere: bool,
    pub is_distinct: bool,
    /// Where the period begins that it would be counted in.
    pub period_start: Timestamp,
}

impl Asked<'_> {
    /// # Errors
    /// 400 with the field, 403 `feature_not_in_plan`.
    pub fn must_be_meter(&self, membership: &Membership) -> Result<(), Refusal> {
        let field = self.wanted.field();
        match (self.kind, self.feature) {
            (Some("meter"), _) => Ok(()),
            (Some(_), _) => Err(Refusal::invalid(field, "is no meter: nothing of it is counted")),
            (None, Some(feature)) if self.is_elsewhere => Err(Refusal::feature_not_in_plan(feature, membership)),
            (None, _) => {
                let problem = format!("names nothing that is counted here: {}", self.wanted.name());
                Err(Refusal::invalid(field, problem))
            }
        }
    }

    /// # Errors
    /// 400 with the field that said when it was.
    pub fn must_be_in_time(&self, field: &'static str, now: Timestamp) -> Result<(), Refusal> {
        match self.occurred_at {
            Some(moment) if moment > now + AHEAD => Err(Refusal::invalid(field, "lies in the future")),
            Some(moment) if moment < self.period_start => {
                Err(Refusal::invalid(field, "lies in a period that is closed"))
            }
            _ => Ok(()),
        }
    }

    /// # Errors
    /// 403 for somebody else's use and for viewers, 402 for what is not paid, 400 where a meter that counts people is told of
    /// none.
    pub fn must_be_of(&self, context: &RequestContext, membership: &Membership) -> Result<(), Refusal> {
        let caller = context.identity.as_ref().map(|identity| identity.user_id.as_str());
        let names_another = self.subject.is_some_and(|subject| Some(subject) != caller);
        if context.service_key.is_none() && names_another {
            return Err(Refusal::Forbidden("Only a service key counts for somebody else"));
        }
        must_use(context, membership)?;
        if self.is_distinct && self.subject.is_none() && caller.is_none() {
            return Err(Refusal::invalid("userId", "is required: this meter counts people"));
        }
        Ok(())
    }
}

/// Whoever asks must be one who may use something, of what is paid for.
///
/// # Errors
/// 403, 402.
pub fn must_use(context: &RequestContext, membership: &Membership) -> Result<(), Refusal> {
    if !membership.role.uses() {
        return Err(Refusal::Forbidden("Viewers may look but not use anything"));
    }
    membership.must_have_access(context.now)
}

/// The code of a full meter's refusal, and its sentence where the cap is reached; whoever asks says how full it is otherwise.
pub fn full(feature: &str, reason: Option<Reason>, otherwise: impl FnOnce() -> String) -> (&'static str, String) {
    match reason {
        Some(Reason::OverageCapReached) => {
            ("overage_cap_reached", format!("{feature} has reached what may be spent beyond the limit."))
        }
        _ => ("limit_reached", otherwise()),
    }
}
