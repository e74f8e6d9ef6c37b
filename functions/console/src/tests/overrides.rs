use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::Span,
    testing::{Person, Scene},
};

use super::{act, get, refused, staff};

/// One of the staff, and a team on a plan with 50 uploads and 5 seats.
fn scene() -> (Scene, Person, String) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let ada = scene.sign_up("ada");
    let team = scene.team("acme", &ada);
    scene.execute(
        "INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES
           ('small', 'Small', 'team', 90, 5, 2), ('large', 'Large', 'team', 91, 50, -1), ('solo', 'Solo', 'individual', 92, 1, 1);
         INSERT INTO plan_features (plan_id, feature, kind, limit_value, reset) VALUES
           ('small', 'uploads', 'meter', 50, 'calendar_month'), ('large', 'uploads', 'meter', 5000, 'calendar_month');
         INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('small', 'sso', 'flag', '0'), ('large', 'sso', 'flag', '1');
         UPDATE org_subscriptions SET plan_id = 'small' WHERE organization_id = 'acme';
         DELETE FROM former_plans;",
    );
    (scene, root, team)
}

fn body(scene: &Scene, days: i64, fields: Json) -> Json {
    let mut body =
        json!({ "organization": "acme", "endsAt": (scene.now() + Span::days(days)).iso(), "reason": "a pilot" });
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

/// What the organization may do at this moment, as everything that decides reads it.
fn entitled(scene: &Scene) -> Json {
    scene.rows(
        "SELECT plan_id AS plan, paid_plan_id AS paid, seats, concurrent_sessions AS sessions FROM entitlements WHERE organization_id = 'acme'",
    )[0]
    .clone()
}

#[test]
fn an_organization_has_what_another_plan_gives_until_an_end_and_pays_what_it_paid() {
    let (scene, root, _) = scene();
    // when
    let reply = act(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })));
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let ends = (scene.now() + Span::days(7)).0;
    assert_eq!(reply.body["act"]["before"], json!({ "plan": "small" }));
    assert_eq!(reply.body["act"]["after"], json!({ "plan": "large", "endsAt": ends }));
    assert_eq!(entitled(&scene), json!({ "plan": "large", "paid": "small", "seats": 50, "sessions": -1 }));
    assert_eq!(
        scene.rows("SELECT plan_id, moved_from_plan_id FROM org_subscriptions WHERE organization_id = 'acme'"),
        json!([{ "plan_id": "small", "moved_from_plan_id": null }])
    );
    assert_eq!(scene.sent("subscription.updated")["action"], "plan.overridden");
    let history = scene.rows("SELECT action, details FROM audit_events WHERE actor_id = 'operator'");
    assert_eq!(history[0]["action"], "operator.plan.overridden");
    assert!(history[0]["details"].as_str().unwrap().contains(r#""reason":"a pilot""#));
    // The console's page shows what holds, and what the plan of now gives.
    let page = get(&scene, &root, "organization?id=acme").body;
    assert_eq!(
        (&page["organization"]["planId"], &page["organization"]["paidPlanId"]),
        (&"large".into(), &"small".into())
    );
    assert_eq!((&page["overrides"][0]["planId"], &page["overrides"][0]["holds"]), (&"large".into(), &true.into()));
    let uploads = page["features"].as_array().unwrap().iter().find(|feature| feature["feature"] == "uploads").unwrap();
    assert_eq!(uploads["limitValue"], 5000);
    // What is told late of the month before meets the plan that it was on.
    assert_eq!(
        scene.rows("SELECT plan_id, ended_at FROM former_plans"),
        json!([{ "plan_id": "small", "ended_at": scene.now().0 }])
    );
}

#[test]
fn an_override_ends_with_the_first_request_after_its_end_whosever() {
    let (scene, root, _) = scene();
    act(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })));
    act(&scene, &root, "override-limit", body(&scene, 14, json!({ "feature": "seats", "limit": 8 })));
    assert_eq!(entitled(&scene), json!({ "plan": "large", "paid": "small", "seats": 8, "sessions": -1 }));
    // when
    scene.advance(Span::days(7));
    scene.sign_up("bob");
    // then
    assert_eq!(entitled(&scene), json!({ "plan": "small", "paid": "small", "seats": 8, "sessions": 2 }));
    // and
    scene.advance(Span::days(7));
    scene.sign_up("eve");
    assert_eq!(entitled(&scene), json!({ "plan": "small", "paid": "small", "seats": 5, "sessions": 2 }));
    assert_eq!(
        scene.rows("SELECT override_plan_id, override_seats, override_ends_at FROM org_subscriptions WHERE organization_id = 'acme'"),
        json!([{ "override_plan_id": null, "override_seats": null, "override_ends_at": null }])
    );
    // Both are kept, so that it can be told what held when.
    let page = get(&scene, &root, "organization?id=acme").body;
    let held: Vec<_> = page["overrides"].as_array().unwrap().iter().map(|one| one["holds"].clone()).collect();
    assert_eq!(held, [false, false]);
}

#[test]
fn of_two_overrides_of_a_limit_the_later_one_holds_and_the_one_before_has_ended() {
    let (scene, root, _) = scene();
    let limit = |days, limit: i64| body(&scene, days, json!({ "feature": "uploads", "limit": limit }));
    assert_eq!(act(&scene, &root, "override-limit", limit(30, 80)).body["act"]["before"]["limit"], 50);
    scene.advance(Span::minutes(60));
    let reply = act(&scene, &root, "override-limit", limit(3, 0));
    assert_eq!(reply.body["act"]["before"], json!({ "feature": "uploads", "limit": 80 }), "{reply:?}");
    let now = scene.now().0;
    assert_eq!(
        scene.rows("SELECT limit_value, starts_at, ends_at FROM plan_overrides ORDER BY id"),
        json!([
            { "limit_value": 80, "starts_at": now - 3_600_000, "ends_at": now },
            { "limit_value": 0, "starts_at": now, "ends_at": now + 3 * 86_400_000 },
        ])
    );
}

#[test]
fn an_override_is_lifted() {
    let (scene, root, _) = scene();
    let limit = body(&scene, 30, json!({ "feature": "concurrent_sessions", "limit": -1 }));
    let id = act(&scene, &root, "override-limit", limit).body["act"]["id"].clone();
    assert_eq!(entitled(&scene)["sessions"], -1);
    scene.advance(Span::minutes(60));
    let lift = json!({ "organization": "acme", "override": id, "reason": "the pilot is over" });
    // when
    let reply = act(&scene, &root, "lift-override", lift.clone());
    // then
    assert_eq!(reply.body["act"]["before"]["limit"], -1, "{reply:?}");
    assert_eq!(entitled(&scene)["sessions"], 2);
    refused(&scene, &root, "lift-override", lift, 409, "not_overridden");
}

#[test]
fn what_cannot_be_overridden_is_refused() {
    let (scene, root, _) = scene();
    let field = |action, fields: Json| {
        refused(&scene, &root, action, body(&scene, 7, fields), 400, "invalid_field")["field"].clone()
    };
    assert_eq!(field("override-plan", json!({ "plan": "solo" })), "plan");
    assert_eq!(field("override-plan", json!({ "plan": "none" })), "plan");
    assert_eq!(field("override-plan", json!({ "plan": "large", "endsAt": null })), "endsAt");
    assert_eq!(field("override-plan", json!({ "plan": "large", "endsAt": scene.now().iso() })), "endsAt");
    assert_eq!(field("override-limit", json!({ "feature": "sso", "limit": 5 })), "feature");
    assert_eq!(field("override-limit", json!({ "feature": "uploads" })), "limit");
    assert_eq!(field("override-limit", json!({ "feature": "uploads", "limit": -2 })), "limit");
    assert_eq!(field("override-limit", json!({ "feature": "seats", "limit": 0 })), "limit");
    assert_eq!(
        field("override-limit", json!({ "feature": "uploads", "limit": 5, "endsAt": scene.now().iso() })),
        "endsAt"
    );
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    refused(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })), 409, "archived");
    let limit = body(&scene, 7, json!({ "feature": "uploads", "limit": 5 }));
    refused(&scene, &root, "override-limit", limit, 409, "archived");
}

#[test]
fn a_plan_for_teams_counts_no_more_once_the_organization_is_a_person_s() {
    let (scene, root, _) = scene();
    act(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })));
    // As `identity/convert` does it, the other way round.
    scene.execute(
        "UPDATE plans SET audience = 'any' WHERE id = 'small';
         UPDATE organizations SET archived_at = 1 WHERE personal_user_id = 'ada';
         UPDATE organizations SET personal_user_id = NULL, kind = 'team', org_type = 'other' WHERE personal_user_id = 'ada';
         UPDATE organizations SET kind = 'personal', org_type = 'personal', personal_user_id = 'ada' WHERE id = 'acme';",
    );
    scene.sign_up("bob");
    assert_eq!(entitled(&scene)["plan"], "small");
}

#[test]
fn an_override_that_would_charge_otherwise_than_what_is_paid_says_so() {
    let (scene, root, _) = scene();
    scene.execute(
        "UPDATE plan_features SET unit_price_micros = 1000000, cap_cents = 500, stops_at_cap = 1
           WHERE plan_id = 'large' AND feature = 'uploads';",
    );
    let plan = |more: Json| {
        let mut fields = json!({ "plan": "large" });
        fields.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        act(&scene, &root, "override-plan", body(&scene, 7, fields))
    };
    // The plan that is paid charges nothing beyond its limit; then another price, and a higher limit; then the same.
    for paid in [
        "unit_price_micros = NULL",
        "unit_price_micros = 2000000, cap_cents = 500, stops_at_cap = 1",
        "unit_price_micros = 1000000, cap_cents = NULL",
        "unit_price_micros = 1000000, cap_cents = 500, limit_value = 5001",
    ] {
        scene.execute(&format!("UPDATE plan_features SET {paid} WHERE plan_id = 'small' AND feature = 'uploads'"));
        refused(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })), 409, "charges_differ");
        assert_eq!(entitled(&scene)["plan"], "small");
    }
    assert_eq!(plan(json!({ "charges": true })).status, 200);
    scene.execute("UPDATE plan_features SET limit_value = 50 WHERE plan_id = 'small' AND feature = 'uploads'");
    assert_eq!(plan(json!({})).status, 200);
    assert_eq!(entitled(&scene)["plan"], "large");
}

#[test]
fn a_lower_limit_of_what_is_charged_for_beyond_it_says_so() {
    let (scene, root, _) = scene();
    scene.execute(
        "UPDATE plan_features SET unit_price_micros = 1000000 WHERE plan_id = 'small' AND feature = 'uploads'",
    );
    let limit = |limit: i64, charges: bool| {
        let fields = json!({ "feature": "uploads", "limit": limit, "charges": charges });
        act(&scene, &root, "override-limit", body(&scene, 7, fields))
    };
    let lower = body(&scene, 7, json!({ "feature": "uploads", "limit": 49 }));
    refused(&scene, &root, "override-limit", lower, 409, "charges_differ");
    for (given, charges) in [(50, false), (51, false), (-1, false), (49, true)] {
        assert_eq!(limit(given, charges).status, 200, "{given}");
    }
    scene.execute("UPDATE plan_features SET unit_price_micros = NULL WHERE feature = 'uploads'");
    assert_eq!(limit(10, false).status, 200);
}

#[test]
fn acts_whose_clocks_differ_leave_one_override_and_lift_it() {
    let (scene, root, _) = scene();
    let plan = || act(&scene, &root, "override-plan", body(&scene, 7, json!({ "plan": "large" })));
    assert_eq!(plan().status, 200);
    scene.execute("UPDATE plan_overrides SET starts_at = starts_at + 5, ends_at = ends_at + 5");
    // when: by a clock that is five milliseconds behind
    let given = plan();
    // then
    assert_eq!(given.status, 200, "{given:?}");
    assert_eq!(entitled(&scene)["plan"], "large");
    assert_eq!(
        scene.rows("SELECT COUNT(*) AS held FROM plan_overrides WHERE ends_at > starts_at"),
        json!([{ "held": 1 }])
    );
    scene.execute(
        "UPDATE plan_overrides SET starts_at = starts_at + 5, ends_at = ends_at + 5 WHERE ends_at > starts_at",
    );
    let lifted = json!({ "organization": "acme", "override": given.body["act"]["id"], "reason": "it is over" });
    assert_eq!(act(&scene, &root, "lift-override", lifted).status, 200);
    assert_eq!(entitled(&scene)["plan"], "small");
}
