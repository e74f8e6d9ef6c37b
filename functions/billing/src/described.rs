//! What the actions answer, for the description of the API.

use tallygate::{
    describe::{action, field, hold, nothing, of, Described, Shape},
    rules::{losses::Losses, time::Timestamp},
};

use crate::{
    change_plan::Changed, checkout::Opened, history, plans::Catalog, portal, quote, renewal::RenewalReply,
    webhook::Received, FUNCTION,
};

/// What Stripe may say to what it is asked to do.
fn asks_stripe(described: Described) -> Described {
    described.refuses(&["forbidden", "not_configured", "payment_failed", "provider_refused", "provider_unavailable"])
}

/// What is not bought any more for an organization whose people have plans of their own.
fn buys(described: Described) -> Described {
    described.refuses_with(409, "organization_moved", nothing())
}

fn not_for_sale() -> Shape {
    field::<Option<String>>("salesContact")
}

fn seats_in_use() -> Shape {
    field::<Losses>("losses").and::<Vec<String>>("whatToDo")
}

#[test]
fn the_function_is_described() {
    let unpaid =
        |described: Described| described.refuses_with(409, "no_subscription", field::<bool>("checkoutRequired"));
    let cancelled =
        |described: Described| described.refuses_with(409, "cancellation_pending", field::<Timestamp>("cancelAt"));
    hold(
        &FUNCTION,
        &[
            action("webhook", "Stripe's webhooks.")
                .replies(200, of::<Received<'_>>())
                .refuses(&["provider_unavailable"]),
            buys(asks_stripe(action("checkout", "Opens a checkout at Stripe, which begins a subscription.")))
                .replies(200, of::<Opened>())
                .refuses_with(409, "already_subscribed", field::<String>("plan").and::<String>("interval"))
                .refuses_with(409, "plan_not_for_sale", not_for_sale())
                .refuses_with(409, "seats_in_use", seats_in_use()),
            asks_stripe(action("portal", "Opens Stripe's page of cards, addresses and invoices."))
                .replies(200, of::<portal::Opened>())
                .refuses_with(409, "no_billing_account", nothing()),
            action("preview", "What a change of plan would cost and take.")
                .replies(200, of::<quote::Shown<'_>>())
                .refuses(&["forbidden"]),
            buys(cancelled(unpaid(asks_stripe(action("change-plan", "Changes the plan of a paid subscription.")))))
                .replies(200, of::<Changed<'_>>())
                .refuses(&["subscription_required"])
                .refuses_with(409, "plan_unchanged", field::<String>("plan"))
                .refuses_with(409, "plan_not_for_sale", not_for_sale())
                .refuses_with(409, "seats_in_use", seats_in_use()),
            cancelled(unpaid(asks_stripe(action("cancel", "Ends the subscription with its period."))))
                .replies(200, of::<RenewalReply>()),
            buys(unpaid(asks_stripe(action("resume", "Takes a cancellation or a change that waits back."))))
                .replies(200, of::<RenewalReply>())
                .refuses_with(409, "nothing_to_resume", nothing()),
            action("history", "What was paid, the newest first.")
                .replies(200, of::<history::Shown>())
                .refuses(&["forbidden"]),
            action("plans", "The plans that there are.").replies(200, of::<Catalog>()).replies_text(304, &[]),
        ],
    );
}
