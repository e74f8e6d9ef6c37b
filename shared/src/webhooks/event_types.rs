//! What is told of, as `docs/EVENTS.md` has it.

/// Every type of event that an endpoint may want.
pub const EVENT_TYPES: [&str; 39] = [
    "user.registered",
    "user.updated",
    "user.deleted",
    "user.subscribed",
    "subscription.updated",
    "subscription.canceled",
    "trial.ending",
    "trial.ended",
    "organization.created",
    "organization.converted",
    "organization.updated",
    "organization.archived",
    "organization.restored",
    "member.added",
    "member.removed",
    "member.role_changed",
    "invitation.created",
    "invitation.resent",
    "invitation.accepted",
    "invitation.declined",
    "invitation.expired",
    "session.terminated",
    "usage.alert",
    "usage.limit_reached",
    "invoice.paid",
    "invoice.payment_failed",
    "invoice.payment_action_required",
    "invoice.finalized",
    "invoice.voided",
    "invoice.uncollectible",
    "checkout.completed",
    "checkout.payment_succeeded",
    "checkout.payment_failed",
    "checkout.expired",
    "payment.refunded",
    "payment.disputed",
    "payment.dispute_closed",
    "billing.customer_deleted",
    "webhook.endpoint_disabled",
];

#[cfg(test)]
mod tests {
    use super::EVENT_TYPES;

    #[test]
    fn it_is_what_the_page_of_events_has() {
        let page = include_str!("../../../docs/EVENTS.md");
        let headings = page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`'));
        assert_eq!(headings.collect::<Vec<_>>(), EVENT_TYPES);
    }
}
