//! Uploads against the plan: which count, which are refused, and when counting begins anew.

mod access;
mod count;
mod idempotency;
mod period;
mod status;

use serde_json::{json, Value as Json};
use tallygate::testing::{refused_with, Person, Scene, TestReply};

use crate::FUNCTION;

const APRIL: &str = "2026-04-01T00:00:00.000Z";

fn upload(scene: &Scene, person: &Person, count: i64) -> TestReply {
    scene.call(&FUNCTION, person, json!({"uploadType": "rate_sheet", "uploadCount": count}))
}

/// The reply to so many rate sheets in March on the plan `starter`, after which the totals are these.
fn counted(count: i64, total: i64, lifetime: i64) -> (u16, Json) {
    let uploads = if count == 1 { "1 upload was".to_string() } else { format!("{count} uploads were") };
    let body = json!({
        "success": true,
        "message": format!("{uploads} counted; {} left this month.", 100 - total),
        "uploadType": "rate_sheet",
        "uploadCount": count,
        "totalUploads": total,
        "lifetimeUploads": lifetime,
        "uploadLimit": 100,
        "remaining": 100 - total,
        "tier": "starter",
        "isUnlimited": false,
        "nextResetDate": APRIL,
    });
    (200, body)
}

/// The refusal in March on the plan `starter` with so many used.
fn exceeded(used: i64, message: &str) -> (u16, Json) {
    refused_with(
        429,
        "upload_limit_exceeded",
        message,
        json!({
            "limitExceeded": true,
            "currentUploads": used,
            "uploadLimit": 100,
            "remaining": 100 - used,
            "tier": "starter",
            "upgradeRequired": true,
            "nextResetDate": APRIL,
        }),
    )
}

/// The running totals of one organization: of each period.
fn counters(scene: &Scene, organization: &str) -> Vec<i64> {
    let rows = scene.rows(&format!(
        "SELECT quantity FROM usage_counters WHERE organization_id = '{organization}' ORDER BY period_start"
    ));
    rows.as_array().unwrap().iter().map(|row| row["quantity"].as_i64().unwrap()).collect()
}

/// The ledger always adds up to the totals.
fn assert_ledger_adds_up(scene: &Scene) {
    let differing = scene.rows(
        "SELECT counter.* FROM usage_counters counter WHERE counter.quantity <> (
           SELECT SUM(event.quantity) FROM usage_events event
           WHERE event.organization_id = counter.organization_id AND event.feature = counter.feature
             AND event.accepted = 1 AND (counter.period_start = 0 OR event.period_start = counter.period_start))",
    );
    assert_eq!(differing, json!([]));
}
