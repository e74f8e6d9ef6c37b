//! What the actions answer, for the description of the API.

use serde_json::json;
use tallygate::describe::{action, field, hold, of, Described};

use crate::{
    alerts::AlertShown,
    batch::ItemShown,
    call::{CallShown, Started},
    calls::Shown,
    check::Several,
    entitlements::Entitled,
    events::EventRow,
    feature::FeatureShown,
    people::UsedByPeople,
    reservations::OpenReservation,
    reserve::Settled,
    summary::Summarized,
    verdict::Counted,
    FUNCTION,
};

/// What a meter refuses.
fn meters(described: Described) -> Described {
    let full = || of::<FeatureShown>().and::<bool>("upgradeRequired").and_perhaps::<bool>("replayed");
    described
        .refuses(&["catalog_limit_reached", "feature_not_in_plan", "forbidden", "subscription_required"])
        .refuses_with(429, "limit_reached", full())
        .refuses_with(429, "overage_cap_reached", full())
        .takes("attributes", attributes(), json!({ "score": 1 }))
}

/// Of now, and of nothing that was before.
fn of_now(described: Described) -> Described {
    described.never_takes("occurredAt")
}

/// What was held is settled once.
fn settles(described: Described, code: &'static str) -> Described {
    described.refuses_with(409, code, field::<String>("status").and::<i64>("quantity").and::<Option<i64>>("counted"))
}

fn attributes() -> serde_json::Value {
    json!({
        "type": "object",
        "description": "At most 2000 characters of JSON.",
        "additionalProperties": { "type": ["string", "number", "boolean", "null"] },
    })
}

/// An alert that a batch has set off.
#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct AlertTold {
    feature: String,
    alert: String,
}

#[test]
fn the_function_is_described() {
    let name = json!({ "type": "string", "pattern": "^[!-~]{1,255}$" });
    let names = json!({ "type": "array", "minItems": 1, "maxItems": crate::check::MOST_FEATURES, "items": name });
    hold(
        &FUNCTION,
        &[
            action("check", "Whether a feature may be used now, and how much is left; of several with `features`.")
                .takes("features", names, json!(["uploads"]))
                .replies(200, of::<FeatureShown>().or(of::<Several>())),
            meters(action("track", "Counts a use, where there is room for it.")).replies(200, of::<Counted<'_>>()),
            of_now(meters(action("set", "Sets a gauge."))).replies(200, of::<Counted<'_>>()),
            settles(
                of_now(meters(action("release", "Takes something off a gauge, or gives a reservation back."))),
                "reservation_settled",
            )
            .refuses(&["reservation_not_found"])
            .replies(200, of::<Counted<'_>>().or(of::<Settled<'_>>())),
            of_now(meters(action("reserve", "Holds room for what is counted later.")))
                .refuses(&["reservation_not_found"])
                .replies(200, of::<Settled<'_>>()),
            settles(of_now(meters(action("confirm", "Counts what was held."))), "reservation_settled")
                .refuses(&["reservation_not_found"])
                .replies(200, of::<Settled<'_>>()),
            action("reservations", "What is held at present.")
                .replies(200, field::<Vec<OpenReservation<'_>>>("reservations").and::<Option<String>>("nextCursor")),
            action("batch", "Counts up to 500 uses, each for itself.")
                .takes_as("events", json!([{ "feature": "uploads", "attributes": { "score": 1 } }]))
                .replies(
                    200,
                    field::<Vec<ItemShown<'_>>>("results")
                        .and::<u64>("counted")
                        .and::<u64>("refused")
                        .and::<Vec<FeatureShown>>("meters")
                        .and::<Vec<AlertTold>>("alerts"),
                )
                .refuses(&["catalog_limit_reached", "forbidden", "subscription_required"]),
            settles(
                of_now(meters(action("start-call", "Begins a call, which holds room until it ends."))),
                "call_ended",
            )
            .replies(200, of::<Shown<'_, Started<'_>>>()),
            settles(of_now(meters(action("end-call", "Ends a call, and counts how long it lasted."))), "call_ended")
                .refuses(&["call_not_found"])
                .replies(200, of::<Shown<'_, CallShown<'_>>>()),
            meters(action("log-call", "Counts a call that is over.")).replies(200, of::<Shown<'_, CallShown<'_>>>()),
            action("list-calls", "The calls, the newest first.")
                .replies(200, field::<Vec<CallShown<'_>>>("calls").and::<Option<String>>("nextCursor")),
            action("entitlements", "All that the organization may use, and how much of it is left.")
                .replies(200, of::<Entitled<'_>>()),
            action("summary", "The meters with their days and earlier periods.").replies(200, of::<Summarized>()),
            action("people", "Who has used how much of each meter in its period of now.")
                .replies(200, of::<UsedByPeople>()),
            action("events", "What was counted, the newest first.")
                .replies(200, field::<Vec<EventRow>>("events").and::<Option<String>>("nextCursor")),
            action("alerts", "What was told of meters that run full.")
                .replies(200, field::<Vec<AlertShown>>("alerts").and::<Option<String>>("nextCursor")),
            action("acknowledge", "Says that an alert was seen.")
                .replies(200, field::<i64>("acknowledged"))
                .refuses(&["forbidden"]),
        ],
    );
}
