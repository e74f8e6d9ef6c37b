use serde_json::{json, Value as Json};
use tallygate::testing::{at, Person, Scene};

use super::{get, staff};

const DAY: i64 = 86_400_000;

/// A scene with `days` days from the 1st of March on, the last of which is still being rolled up, and their month.
fn scene(days: i64) -> (Scene, Person) {
    let scene = Scene::new();
    let root = staff(&scene, "root", "admin");
    let first = at("2026-03-01T00:00:00Z").0;
    for day in 0..days {
        let starts_at = first + day * DAY;
        let rolled_up_to = if day + 1 < days { starts_at + DAY } else { 0 };
        scene.execute(&format!(
            "INSERT INTO figures (span, starts_at, rolled_up_to, people, personal_organizations, teams, paying_personal, paying_teams, mrr_cents, churn_cents, request_id)
             VALUES ('day', {starts_at}, {rolled_up_to}, {day}, 3, 4, 1, 2, 1000, -5, 'r');
             INSERT INTO meter_figures (span, starts_at, feature, events, quantity, overage_cents, request_id)
             VALUES ('day', {starts_at}, 'uploads', {day}, 7, 9, 'r'), ('day', {starts_at}, 'calls', 1, 1, 0, 'r')"
        ));
    }
    scene.execute(&format!(
        "INSERT INTO figures (span, starts_at, rolled_up_to, people, request_id) VALUES ('month', {first}, {}, 5, 'r')",
        first + (days - 1) * DAY
    ));
    (scene, root)
}

fn asked(scene: &Scene, root: &Person, query: &str) -> Json {
    let reply = get(scene, root, &format!("figures{query}"));
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    reply.body
}

fn days(body: &Json) -> Vec<String> {
    let figures = body["figures"].as_array().unwrap().iter();
    figures.map(|figure| figure["startsAt"].as_str().unwrap()[..10].to_string()).collect()
}

#[test]
fn the_last_days_come_first_and_what_is_being_rolled_up_is_not_there() {
    let (scene, root) = scene(5);
    let body = asked(&scene, &root, "");
    assert_eq!(days(&body), ["2026-03-04", "2026-03-03", "2026-03-02", "2026-03-01"]);
    assert_eq!(body["nextCursor"], Json::Null);
    assert_eq!(
        body["figures"][1],
        json!({
            "period": "day", "startsAt": "2026-03-03T00:00:00.000Z", "upTo": "2026-03-04T00:00:00.000Z",
            "people": {"total": 2, "signedUp": 0, "deleted": 0},
            "organizations": {"total": 7, "personal": 3, "team": 4},
            "paying": {"total": 3, "personal": 1, "team": 2},
            "conversions": {"toPaid": 0, "toTeam": 0, "toPersonal": 0},
            "trials": {"running": 0, "begun": 0, "converted": 0, "ended": 0},
            "revenue": {
                "currency": "usd", "mrrCents": 1_000, "arrCents": 12_000, "newCents": 0, "expansionCents": 0, "reactivationCents": 0,
                "contractionCents": 0, "churnCents": -5
            },
            "usage": [
                {"feature": "calls", "events": 1, "quantity": 1, "overageCents": 0},
                {"feature": "uploads", "events": 2, "quantity": 7, "overageCents": 9}
            ],
            "seats": {"used": 0, "offered": 0, "usedWithoutLimit": 0},
            "sessionsReplaced": 0, "undeliveredEvents": 0, "keptMessages": 0
        })
    );
    assert_eq!(body["figures"][0]["usage"], Json::Null, "it is known with the next day");
}

#[test]
fn days_are_asked_for_by_page_and_by_their_first_and_last() {
    let (scene, root) = scene(9);
    assert_eq!(days(&asked(&scene, &root, "?from=2026-03-02&to=2026-03-03")), ["2026-03-03", "2026-03-02"]);
    let first = asked(&scene, &root, "?limit=3&from=2026-03-02");
    assert_eq!(days(&first), ["2026-03-08", "2026-03-07", "2026-03-06"]);
    let cursor = first["nextCursor"].as_str().unwrap().replace(':', "%3a");
    let second = asked(&scene, &root, &format!("?limit=9&from=2026-03-02&cursor={cursor}"));
    assert_eq!(
        (days(&second), &second["nextCursor"]),
        (
            vec![
                "2026-03-05".to_string(),
                "2026-03-04".to_string(),
                "2026-03-03".to_string(),
                "2026-03-02".to_string()
            ],
            &Json::Null
        )
    );
    assert_eq!(second["figures"][0]["usage"][1]["events"], 4, "a page has its own meters");
}

#[test]
fn a_month_says_up_to_when_it_is() {
    let (scene, root) = scene(5);
    let body = asked(&scene, &root, "?period=month");
    assert_eq!(days(&body), ["2026-03-01"]);
    let month = &body["figures"][0];
    assert_eq!((&month["upTo"], &month["usage"]), (&json!("2026-03-05T00:00:00.000Z"), &json!([])));
}

#[test]
fn what_is_no_day_is_refused() {
    let (scene, root) = scene(1);
    for (query, field) in [
        ("period=week", "period"),
        ("from=yesterday", "from"),
        ("to=2026-03-10T00:00:00Z", "to"),
        ("to=2026-02-30", "to"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("limit=0", "limit"),
        ("cursor=x", "cursor"),
    ] {
        let reply = get(&scene, &root, &format!("figures?{query}"));
        assert_eq!((reply.status, &reply.body["field"]), (400, &json!(field)), "{query}: {reply:?}");
    }
}
