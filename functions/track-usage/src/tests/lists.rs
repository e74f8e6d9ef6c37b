//! Lists: what is shown on a page, and what is found by a filter.

use tallygate::rules::time::Span;

use super::{keys::by_key, *};

/// All pages of a list, one after the other.
fn pages(scene: &Scene, person: &Person, list: &str, query: &str) -> Vec<Vec<Json>> {
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let reply = get(scene, person, &format!("/{list}?{query}{cursor}"));
        assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
        pages.push(reply.body[list].as_array().unwrap().clone());
        let Some(next) = reply.body["nextCursor"].as_str() else { return pages };
        assert!(pages.len() < 100, "the pages do not end");
        let encoded: String = next.bytes().map(|byte| format!("%{byte:02X}")).collect();
        cursor = format!("&cursor={encoded}");
    }
}

fn shows(rows: &[Json], field: &str) -> Vec<Json> {
    rows.iter().map(|row| row[field].clone()).collect()
}

#[test]
fn what_is_held_is_listed_with_who_holds_it_until_when() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let ada = scene.sign_up("ada");
    let reserve = |feature: &str, quantity: i64, seconds: i64| {
        let body = json!({"feature": feature, "quantity": quantity, "expiresIn": seconds});
        let reply = post(&scene, &ada, "reserve", body);
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.body["reservation"]["id"].clone()
    };
    // given: of two meters some that are held, one that has expired and two that are settled
    let later = reserve("max_records", 5, 600);
    let sooner = reserve("max_records", 7, 300);
    let other = reserve("max_api_calls_per_month", 2, 300);
    reserve("max_records", 1, 1);
    for action in ["confirm", "release"] {
        let settled = reserve("max_records", 1, 300);
        assert_eq!(post(&scene, &ada, action, json!({"reservation": settled})).status, 200);
    }
    scene.advance(Span::seconds(1));
    // then: of each meter what expires next comes first, on any size of page
    let all = pages(&scene, &ada, "reservations", "");
    assert_eq!(all.len(), 1);
    assert_eq!(shows(&all[0], "id"), [other.clone(), sooner.clone(), later.clone()]);
    assert_eq!(
        all[0][1],
        json!({"id": sooner, "feature": "max_records", "eventType": "max_records", "quantity": 7, "userId": "ada", "subject": null,
               "isCall": false, "createdAt": "2026-03-10T12:00:00.000Z", "expiresAt": "2026-03-10T12:05:00.000Z"})
    );
    let one_by_one = pages(&scene, &ada, "reservations", "limit=1");
    assert_eq!(one_by_one.concat(), all[0]);
    let of_records = pages(&scene, &ada, "reservations", "feature=max_records&limit=1");
    assert_eq!(shows(&of_records.concat(), "id"), [sooner, later.clone()]);
    assert_eq!(pages(&scene, &ada, "reservations", "feature=nothing"), [Vec::<Json>::new()]);
    // and it is listed until it expires
    scene.advance(Span::minutes(5));
    assert_eq!(shows(&pages(&scene, &ada, "reservations", "").concat(), "id"), [later]);
    for wrong in ["x", "1:a", "1:a b", "1:a b c"] {
        let reply = get(&scene, &ada, &format!("/reservations?cursor={}", wrong.replace(' ', "%20")));
        assert_eq!(reply.body["field"], "cursor", "{wrong}");
    }
}

#[test]
fn who_runs_the_organization_sees_what_everybody_holds_and_others_their_own() {
    let scene = Scene::with_catalog(STARTER_KIT);
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let team = scene.team("team", &ada);
    scene.member(&team, &bob, "member");
    super::keys::keep(&scene, 'k', (1, 1), Some(&team), None);
    for (person, seconds) in [(&ada, 10), (&bob, 20)] {
        let body = json!({"feature": "max_records", "organizationId": team, "expiresIn": seconds});
        assert_eq!(post(&scene, person, "reserve", body).status, 200);
    }
    let body = json!({"feature": "max_records", "userId": "end-user-7"});
    assert_eq!(by_key(&scene, 'k', None, "reserve", Some(body)).status, 200);
    let about = format!("organizationId={team}");
    let listed = |person: &Person, query: &str| {
        shows(&pages(&scene, person, "reservations", &format!("{about}{query}")).concat(), "userId")
    };
    assert_eq!(listed(&ada, ""), [json!("ada"), json!("bob"), Json::Null]);
    assert_eq!(listed(&bob, ""), [json!("bob")]);
    assert_eq!(listed(&ada, "&userId=bob"), [json!("bob")]);
    assert_eq!(listed(&ada, "&userId=end-user-7"), [Json::Null]);
    let by_key = by_key(&scene, 'k', None, "reservations", None);
    assert_eq!(by_key.body["reservations"].as_array().unwrap().len(), 3);
}

#[test]
fn a_page_of_events_with_a_filter_looks_at_so_many_and_the_next_one_goes_on_behind_them() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = on_plan(&scene, "ada", "individual_pro");
    // given: 1 200 events, half of them under keys, of which two are of another meter and two of another person
    for millisecond in 0..=3 {
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1200)
             INSERT INTO usage_events (organization_id, id, user_id, subject, feature, event_type, quantity, accepted, plan_id, limit_value,
               period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at)
             SELECT '{organization}', CASE n % 2 WHEN 1 THEN 'key:' || n ELSE substr('{first}', 1, 24) || printf('%012d', n) END, 'ada',
               CASE WHEN n IN (10, 1101) THEN 'bob' END, CASE WHEN n IN (3, 900) THEN 'scenarios' ELSE 'training_sessions' END, 's', n, 1,
               'p', 1, 1, 1, 1, 'h', 'r', {now}, 1, CASE n % 2 WHEN 1 THEN {now} END FROM numbers WHERE n / 400 = {millisecond}",
            organization = ada.personal,
            first = tallygate::rules::request_ids::first_id_of(scene.now() + Span(millisecond)),
            now = scene.now().0 + millisecond,
        ));
    }
    let found = |query: &str| {
        let pages = pages(&scene, &ada, "events", query);
        (shows(&pages.concat(), "quantity"), pages.len())
    };
    assert_eq!(found("feature=scenarios").0, [json!(900), json!(3)]);
    assert!(found("feature=scenarios").1 <= 4, "a page looks at 500");
    assert_eq!(found("userId=bob").0, [json!(1101), json!(10)]);
    assert_eq!(found("feature=nothing").0, Vec::<Json>::new());
    // what has no filter is found whole, and only what has a time of the span is looked at
    assert_eq!(found("limit=100").0.len(), 1_200);
    let since = (scene.now() + Span(3)).iso();
    assert_eq!(found(&format!("since={since}")), (vec![json!(1200)], 1));
    let (before, pages) = found(&format!("feature=scenarios&before={}", (scene.now() + Span(1)).iso()));
    assert_eq!((before, pages), (vec![json!(3)], 1));
}

#[test]
fn alerts_are_those_of_a_year_or_of_as_long_as_is_asked_for() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    let now = scene.now().0;
    for (feature, name, days_ago, acknowledged) in [
        ("training_sessions", "80_percent", 400, "NULL, NULL"),
        ("training_sessions", "80_percent", 40, "NULL, NULL"),
        ("training_sessions", "100_percent", 39, "5, 'ada'"),
        ("scenarios", "80_percent", 1, "NULL, NULL"),
    ] {
        // A gauge has one period.
        let start = if feature == "scenarios" { 0 } else { now - (days_ago + 20) * 86_400_000 };
        scene.execute(&format!(
            "INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, acknowledged_at, acknowledged_by, request_id)
             VALUES ('{}', '{feature}', {start}, '{name}', {days_ago}, 10, {now} - {days_ago} * 86400000, {acknowledged}, 'r')",
            ada.personal
        ));
    }
    let ago = |query: &str| shows(&pages(&scene, &ada, "alerts", query).concat(), "used");
    assert_eq!(ago(""), [json!(1), json!(40)]);
    assert_eq!(ago("show=all&limit=1"), [json!(1), json!(39), json!(40)]);
    assert_eq!(ago("since=2024-01-01T00:00:00Z"), [json!(1), json!(40), json!(400)]);
    assert_eq!(ago("since=2026-02-01T00:00:00Z&show=all"), [json!(1)]);
    assert_eq!(ago("feature=training_sessions"), [json!(40)]);
    assert_eq!(ago("feature=nothing"), Vec::<Json>::new());
    assert_eq!(get(&scene, &ada, "/alerts?since=yesterday").body["field"], "since");
}
