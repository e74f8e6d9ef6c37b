//! Calls: they hold room while they last, and are counted when they end.

use super::{
    keys::{by_key, keep},
    stories::assert_ledger_agrees,
    *,
};

fn id(reply: &TestReply) -> String {
    reply.body["call"]["id"].as_str().unwrap_or_default().to_string()
}

fn code(reply: &TestReply) -> (u16, Json) {
    (reply.status, reply.body["code"].clone())
}

fn call(reply: &TestReply, fields: &[&str]) -> Json {
    fields
        .iter()
        .map(|field| ((*field).to_string(), reply.body["call"][field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn a_call_holds_what_is_left_and_is_counted_by_the_second_when_it_ends() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    // given: free, 15 minutes once ever, of which it holds all
    let started = post(&scene, &ada, "start-call", json!({"type": "ai_voice", "attributes": {"room": "blue"}}));
    assert_eq!((started.status, started.batches), (200, 1), "{started:?}");
    assert_eq!(
        call(&started, &["type", "status", "startedAt", "deadlineAt", "mostSeconds"]),
        json!({"type": "ai_voice", "status": "in_progress", "startedAt": "2026-03-10T12:00:00.000Z",
               "deadlineAt": "2026-03-10T14:00:00.000Z", "mostSeconds": 900})
    );
    assert_eq!(shown(&started, &["used", "reserved", "remaining"]), json!({"used": 0, "reserved": 15, "remaining": 0}));
    assert_eq!(code(&post(&scene, &ada, "start-call", json!({"type": "ai_voice"}))), (429, json!("limit_reached")));
    // when
    scene.set_clock("2026-03-10T12:05:00.500Z");
    let ended = post(&scene, &ada, "end-call", json!({"call": id(&started)}));
    // then: 301 seconds are six minutes begun
    assert_eq!((ended.status, ended.batches), (200, 1), "{ended:?}");
    assert_eq!(
        call(&ended, &["status", "seconds", "counted", "costCents", "attributes"]),
        json!({"status": "completed", "seconds": 301, "counted": 301, "costCents": 0, "attributes": {"room": "blue"}})
    );
    assert_eq!(shown(&ended, &["used", "reserved", "remaining"]), json!({"used": 6, "reserved": 0, "remaining": 9}));
    assert_eq!(code(&post(&scene, &ada, "end-call", json!({"call": id(&started)}))), (409, json!("call_ended")));
    assert_ledger_agrees(&scene);
}

#[test]
fn overage_of_a_call_is_to_the_cent_and_stops_at_the_cap() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "lifestyle");
    post(&scene, &ada, "track", json!({"feature": "ai_voice_minutes", "quantity": 119 * 60}));
    // 1 minute is included, 200 more are to be had for the twenty dollars: as long as a call may be
    let started = post(&scene, &ada, "start-call", json!({"type": "ai_voice"}));
    assert_eq!(started.body["call"]["mostSeconds"], 7_200);
    scene.set_clock("2026-03-10T12:02:01.000Z");
    let ended = post(&scene, &ada, "end-call", json!({"call": id(&started)}));
    assert_eq!(call(&ended, &["seconds", "costCents"]), json!({"seconds": 121, "costCents": 20}));
    post(&scene, &ada, "track", json!({"feature": "ai_voice_minutes", "quantity": 197 * 60}));
    let started = post(&scene, &ada, "start-call", json!({"type": "ai_voice"}));
    assert_eq!(started.body["call"]["mostSeconds"], 119, "to the last cent of the cap");
    scene.set_clock("2026-03-10T12:10:00.000Z");
    let ended = post(&scene, &ada, "end-call", json!({"call": id(&started)}));
    assert_eq!(
        (call(&ended, &["seconds", "counted", "costCents"]), &ended.body["overage"]["chargedCents"]),
        (json!({"seconds": 479, "counted": 119, "costCents": 10}), &json!(2_000)),
        "{ended:?}"
    );
    let refused = post(&scene, &ada, "start-call", json!({"type": "ai_voice"}));
    assert_eq!(code(&refused), (429, json!("overage_cap_reached")));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_call_with_a_person_counts_as_one_and_costs_what_one_costs() {
    let scene = Scene::with_catalog(COACHING);
    let ada = on_plan(&scene, "ada", "growth");
    for cents in [0, 2_500] {
        let started = post(&scene, &ada, "start-call", json!({"type": "human_coach"}));
        assert_eq!(started.body["call"]["mostSeconds"], 3_600, "{started:?}");
        let now = scene.now();
        scene.set_clock(&tallygate::rules::time::Timestamp(now.0 + 900_000).iso());
        let ended = post(&scene, &ada, "end-call", json!({"call": id(&started)}));
        assert_eq!(
            call(&ended, &["seconds", "counted", "costCents"]),
            json!({"seconds": 900, "counted": 1, "costCents": cents})
        );
    }
    let free = scene.sign_up("free");
    let refused = post(&scene, &free, "start-call", json!({"type": "human_coach"}));
    assert_eq!(code(&refused), (429, json!("limit_reached")));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_failed_call_costs_nothing_and_a_person_says_so_at_once_or_not_at_all() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    keep(&scene, 'a', (1, 1), None, None);
    let start = || post(&scene, &ada, "start-call", json!({"type": "ai_voice", "seconds": 60}));
    let started = start();
    let failed = post(&scene, &ada, "end-call", json!({"call": id(&started), "status": "failed"}));
    assert_eq!(
        (call(&failed, &["status", "counted", "costCents"]), &failed.body["used"], &failed.body["reserved"]),
        (json!({"status": "failed", "counted": 0, "costCents": 0}), &json!(0), &json!(0))
    );
    // A browser that has talked for minutes does not say that it has not, and not by another way either.
    let started = start();
    scene.set_clock("2026-03-10T12:01:00.000Z");
    for (action, body) in [
        ("end-call", json!({"call": id(&started), "status": "failed"})),
        ("end-call", json!({"call": id(&started), "seconds": 1})),
    ] {
        let refused = refusal(&scene, &ada, action, body);
        assert_eq!(refused, json!({"status": 403, "code": "forbidden", "field": null}), "{action}");
    }
    for (action, body) in [
        ("confirm", json!({"reservation": id(&started), "quantity": 0})),
        ("release", json!({"reservation": id(&started)})),
    ] {
        let refused = refusal(&scene, &ada, action, body);
        assert_eq!(refused, json!({"status": 404, "code": "reservation_not_found", "field": null}), "{action}");
    }
    let body = json!({"call": id(&started), "status": "failed"});
    let by_server = by_key(&scene, 'a', Some(&ada.personal), "end-call", Some(body));
    assert_eq!(call(&by_server, &["status", "seconds"]), json!({"status": "failed", "seconds": 60}), "{by_server:?}");
    // what the server says it lasted
    let started = start();
    let body = json!({"call": id(&started), "seconds": 42});
    let by_server = by_key(&scene, 'a', Some(&ada.personal), "end-call", Some(body));
    assert_eq!(call(&by_server, &["seconds", "counted"]), json!({"seconds": 42, "counted": 42}));
    assert_ledger_agrees(&scene);
}

#[test]
fn a_call_that_nobody_ends_has_failed_after_the_longest_time() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    let started = post(&scene, &ada, "start-call", json!({"type": "ai_voice"}));
    scene.set_clock("2026-03-10T14:00:00.000Z");
    let calls = get(&scene, &ada, "/list-calls?status=failed");
    assert_eq!(
        (calls.body["calls"].as_array().unwrap().len(), &calls.body["calls"][0]["status"]),
        (1, &json!("failed"))
    );
    assert_eq!(get(&scene, &ada, "/list-calls?status=in_progress").body["calls"], json!([]));
    assert_eq!(
        refusal(&scene, &ada, "end-call", json!({"call": id(&started)})),
        json!({"status": 409, "code": "call_ended", "field": null})
    );
    assert_eq!(
        post(&scene, &ada, "start-call", json!({"type": "ai_voice", "seconds": 60})).body["call"]["mostSeconds"],
        60
    );
    // What the browser has not told, the product's server tells afterwards.
    keep(&scene, 'a', (1, 1), None, None);
    let told = by_key(&scene, 'a', Some(&ada.personal), "end-call", Some(json!({"call": id(&started)})));
    assert_eq!(
        call(&told, &["status", "seconds", "counted"]),
        json!({"status": "completed", "seconds": 7_200, "counted": 840})
    );
    assert_ledger_agrees(&scene);
}

#[test]
fn a_call_is_logged_afterwards_once_by_its_key() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    let body =
        json!({"type": "ai_voice", "seconds": 840, "startedAt": "2026-03-10T11:00:00Z", "idempotencyKey": "call 1"});
    let logged = post(&scene, &ada, "log-call", body.clone());
    assert_eq!(
        call(&logged, &["status", "seconds", "counted", "startedAt", "endedAt"]),
        json!({"status": "completed", "seconds": 840, "counted": 840, "startedAt": "2026-03-10T11:00:00.000Z",
               "endedAt": "2026-03-10T11:14:00.000Z"}),
        "{logged:?}"
    );
    let before = scene.everything();
    let mut again = post(&scene, &ada, "log-call", body);
    assert_eq!(again.body["replayed"], true);
    again.body["replayed"] = json!(false);
    assert_eq!(again.body, logged.body);
    scene.assert_unchanged(&before);
    // What has happened is written down, also where not all of it fits.
    let long = post(&scene, &ada, "log-call", json!({"type": "ai_voice", "seconds": 600}));
    assert_eq!(call(&long, &["seconds", "counted"]), json!({"seconds": 600, "counted": 60}));
    let failed = post(&scene, &ada, "log-call", json!({"type": "ai_voice", "seconds": 5, "status": "failed"}));
    assert_eq!(
        call(&failed, &["status", "counted", "costCents"]),
        json!({"status": "failed", "counted": 0, "costCents": 0})
    );
    let invalid = |field: &str| json!({"status": 400, "code": "invalid_field", "field": field});
    for (body, field) in [
        (json!({"type": "ai_voice"}), "seconds"),
        (json!({"seconds": 5}), "type"),
        (json!({"type": "ai_text_message", "seconds": 5}), "type"),
        (json!({"type": "nothing", "seconds": 5}), "type"),
        (json!({"type": "ai_voice", "seconds": 5, "startedAt": "2026-03-10T12:05:00Z"}), "startedAt"),
        (json!({"type": "ai_voice", "seconds": 5, "status": "in_progress"}), "status"),
    ] {
        assert_eq!(refusal(&scene, &ada, "log-call", body.clone()), invalid(field), "{body}");
    }
    // A key starts and logs no other kind either.
    keep(&scene, 'a', (1, 1), None, None);
    for action in ["start-call", "log-call"] {
        let body = json!({"type": "ai_text_message", "seconds": 5});
        let refused = by_key(&scene, 'a', Some(&ada.personal), action, Some(body));
        assert_eq!(
            (code(&refused), &refused.body["field"]),
            ((400, json!("invalid_field")), &json!("type")),
            "{action}"
        );
    }
    let listed = get(&scene, &ada, "/list-calls?limit=2");
    let seconds: Vec<_> = listed.body["calls"].as_array().unwrap().iter().map(|one| one["seconds"].clone()).collect();
    assert_eq!(seconds.len(), 2);
    let next = format!("/list-calls?cursor={}", listed.body["nextCursor"].as_str().unwrap());
    assert_eq!(get(&scene, &ada, &next).body["calls"].as_array().unwrap().len(), 1);
    assert_ledger_agrees(&scene);
}

#[test]
fn a_page_of_calls_looks_at_so_many_whatever_it_finds() {
    let scene = Scene::with_catalog(COACHING);
    let ada = scene.sign_up("ada");
    // given: one of a coach, and 600 later ones of the other kind
    for (from, to, kind) in [(1, 1, "human_coach"), (2, 601, "ai_voice")] {
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {to})
             INSERT INTO call_logs (organization_id, id, user_id, call_type, feature, status, started_at, deadline_at, ended_at, seconds, request_id)
             SELECT '{}', printf('c%06d', n), 'ada', '{kind}', 'ai_voice_minutes', 'completed', n, n, n, 1, 'r' FROM numbers",
            ada.personal
        ));
    }
    let page = |query: &str| {
        let reply = get(&scene, &ada, &format!("/list-calls?{query}"));
        assert_eq!(reply.status, 200, "{reply:?}");
        (reply.body["calls"].as_array().unwrap().len(), reply.body["nextCursor"].clone())
    };
    let (found, next) = page("type=human_coach");
    assert_eq!((found, &next), (0, &json!("500~")));
    assert_eq!(page(&format!("type=human_coach&cursor={}", next.as_str().unwrap())), (1, Json::Null));
    assert_eq!(page("limit=100").0, 100);
}
