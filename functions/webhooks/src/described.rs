//! What the actions answer, for the description of the API.

use serde_json::json;
use tallygate::{
    describe::{action, field, hold, Described},
    rules::time::Timestamp,
    webhooks::EVENT_TYPES,
};

use crate::{audit::AuditEvent, deliveries::Delivery, endpoint::Endpoint, FUNCTION};

/// The endpoint that was removed.
#[derive(schemars::JsonSchema)]
#[allow(dead_code, reason = "it is only described")]
struct RemovedEndpoint {
    id: String,
}

#[test]
fn the_function_is_described() {
    let paid = ["feature_not_in_plan", "forbidden", "subscription_required"];
    let of_endpoint = |described: Described| described.refuses(&["endpoint_not_found", "forbidden"]);
    let types = json!({
        "type": "array", "minItems": 1, "maxItems": 50, "items": { "type": "string", "enum": EVENT_TYPES.as_slice() },
    });
    let with_types = |described: Described| {
        described.takes_as("url", json!("https://hooks.example.com/")).takes(
            "eventTypes",
            types.clone(),
            json!(["member.removed"]),
        )
    };
    hold(
        &FUNCTION,
        &[
            with_types(action("create", "Makes an endpoint, which hears of what happens from now on."))
                .replies(201, field::<Endpoint>("endpoint").and::<String>("secret"))
                .refuses(&paid)
                .refuses_with(429, "too_many_endpoints", field::<i64>("most")),
            action("list", "The endpoints.").replies(200, field::<Vec<Endpoint>>("endpoints")).refuses(&["forbidden"]),
            with_types(of_endpoint(action("update", "Changes an endpoint's address or what it hears of.")))
                .replies(200, field::<Endpoint>("endpoint"))
                .refuses(&paid),
            of_endpoint(action("rotate", "Makes another secret; the former one signs for a day, too."))
                .replies(200, field::<Endpoint>("endpoint").and::<String>("secret"))
                .refuses(&paid)
                .refuses_with(409, "secret_rotated_lately", field::<Timestamp>("formerSecretEndsAt")),
            of_endpoint(action("pause", "Sends the endpoint nothing.")).replies(200, field::<Endpoint>("endpoint")),
            of_endpoint(action("resume", "Sends the endpoint what happens from now on."))
                .replies(200, field::<Endpoint>("endpoint"))
                .refuses(&paid),
            of_endpoint(action("remove", "Removes an endpoint for good."))
                .replies(200, field::<RemovedEndpoint>("endpoint")),
            of_endpoint(action("test", "Sends a `ping` now, and says what was answered."))
                .replies(
                    200,
                    field::<bool>("delivered")
                        .and::<String>("event")
                        .and::<Option<u16>>("responseStatus")
                        .and::<Option<String>>("response")
                        .and::<Option<String>>("failure"),
                )
                .refuses(&paid),
            of_endpoint(action("deliveries", "What became of the events of an endpoint, the newest first."))
                .replies(200, field::<Vec<Delivery>>("deliveries").and::<Option<String>>("nextCursor")),
            of_endpoint(action("redeliver", "Sends an event once more, or all since a moment."))
                .replies(200, field::<i64>("redelivered").and::<Option<String>>("nextCursor"))
                .refuses(&paid),
            action("audit", "Who did what in the organization, the newest first.")
                .replies(200, field::<Vec<AuditEvent>>("events").and::<Option<String>>("nextCursor"))
                .refuses(&["forbidden"]),
            action("audit-export", "The same as a file; the header `x-next-cursor` has the cursor of the next one.")
                .replies_text(200, &["text/csv", "application/x-ndjson"])
                .refuses(&["forbidden"]),
        ],
    );
}
