//! Who has used how much: from sums and from the ledger alike.

use tallygate::rules::{request_ids::first_id_of, time::Span};

use super::{
    keys::{by_key, keep},
    *,
};

/// A team on a plan without limits, with its owner, a member and a viewer, in the order in which they came.
fn team() -> (Scene, [Person; 3]) {
    let scene = Scene::with_catalog(STARTER_KIT);
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    let team = scene.team("team", &people[0]);
    for (person, role) in [(&people[1], "member"), (&people[2], "viewer")] {
        scene.advance(Span(1));
        scene.member(&team, person, role);
    }
    keep(&scene, 'k', (1, 1), Some("team"), None);
    (scene, people)
}

fn used(scene: &Scene, person: &Person, feature: &str, quantity: i64) {
    let reply = post(scene, person, "track", json!({"feature": feature, "quantity": quantity}));
    assert_eq!(reply.status, 200, "{reply:?}");
}

/// Each person's meters, as the reply shows them.
fn shown_people(reply: &TestReply) -> Json {
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let people = reply.body["people"].as_array().unwrap();
    people.iter().map(|person| json!([person["userId"], person["used"]])).collect()
}

fn of(feature: &str, quantity: i64) -> Json {
    json!({"feature": feature, "quantity": quantity})
}

/// What the scheduler does to everything that was written so far.
fn add_up(scene: &Scene) {
    let to = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO usage_by_person (organization_id, feature, period_start, user_id, quantity, request_id)
         SELECT event.organization_id, event.feature, event.period_start, users.id, SUM(event.counted), 'r'
         FROM counted_events event JOIN users ON users.id = event.person GROUP BY 1, 2, 3, 4;
         INSERT INTO usage_rollups (organization_id, own_from, own_to, keyed_from, keyed_to, rolled_up_to, people_to, people_keyed_to, request_id)
         SELECT DISTINCT organization_id, '', '{first}', -1, {to}, {to}, '{first}', {to}, 'r' FROM usage_events;
         DELETE FROM usage_events WHERE created_at <= {to}",
        first = first_id_of(scene.now() + Span(1))
    ));
}

#[test]
fn each_member_s_share_of_each_meter_is_the_same_before_and_after_it_is_added_up() {
    // given: the owner and a member, by themselves and told of by the product's server, and somebody who is nobody here
    let (scene, [ada, bob, _]) = team();
    let began = scene.now();
    used(&scene, &ada, "max_api_calls_per_month", 3);
    used(&scene, &ada, "max_records", 5);
    used(&scene, &bob, "max_api_calls_per_month", 4);
    assert_eq!(post(&scene, &bob, "release", json!({"feature": "max_records", "quantity": 2})).status, 200);
    for (user, key) in [("bob", "one"), ("end-user-7", "two")] {
        let body = json!({"feature": "max_api_calls_per_month", "quantity": 10, "userId": user, "idempotencyKey": key});
        assert_eq!(by_key(&scene, 'k', None, "track", Some(body)).status, 200);
    }
    let expected = json!([
        ["ada", [of("max_api_calls_per_month", 3), of("max_records", 5)]],
        ["bob", [of("max_api_calls_per_month", 14), of("max_records", -2)]],
        ["cid", []],
    ]);
    // then
    let reply = get(&scene, &ada, "/people");
    assert_eq!(shown_people(&reply), expected);
    let first = &reply.body["people"][0];
    assert_eq!(shown_of(first, &["name", "email"]), json!({"name": "ada", "email": "ada@example.com"}));
    let meter = |reply: &TestReply, feature: &str| {
        let meters = reply.body["meters"].as_array().unwrap();
        meters.iter().find(|meter| meter["feature"] == feature).unwrap().clone()
    };
    assert_eq!(
        meter(&reply, "max_api_calls_per_month"),
        json!({"feature": "max_api_calls_per_month", "quantity": 27, "periodStart": "2026-03-01T00:00:00.000Z",
               "resetsAt": "2026-04-01T00:00:00.000Z"})
    );
    assert_eq!(
        meter(&reply, "max_records"),
        json!({"feature": "max_records", "quantity": 3, "periodStart": null, "resetsAt": null})
    );
    assert_eq!(shown(&reply, &["upTo", "nextCursor"]), json!({"upTo": began, "nextCursor": null}));
    // when: it is added up, then: the same, and what comes later is added to it
    scene.send_once();
    add_up(&scene);
    assert_eq!(shown_people(&get(&scene, &ada, "/people")), expected);
    scene.advance(Span(1));
    used(&scene, &bob, "max_records", 7);
    assert_eq!(shown_people(&get(&scene, &ada, "/people"))[1][1][1], of("max_records", 5));
    // when: the month is over, then: what has no months stays
    scene.set_clock("2026-04-01T00:00:00.000Z");
    let after = json!([["ada", [of("max_records", 5)]], ["bob", [of("max_records", 5)]], ["cid", []]]);
    assert_eq!(shown_people(&get(&scene, &ada, "/people")), after);
}

fn shown_of(row: &Json, fields: &[&str]) -> Json {
    fields.iter().map(|field| ((*field).to_string(), row[*field].clone())).collect::<serde_json::Map<_, _>>().into()
}

#[test]
fn who_runs_the_organization_and_its_server_see_everybody_and_others_themselves() {
    let (scene, [ada, bob, cid]) = team();
    used(&scene, &ada, "max_records", 5);
    used(&scene, &bob, "max_records", 2);
    let ids = |reply: &TestReply| -> Vec<Json> {
        shown_people(reply).as_array().unwrap().iter().map(|person| person[0].clone()).collect()
    };
    assert_eq!(shown_people(&get(&scene, &bob, "/people")), json!([["bob", [of("max_records", 2)]]]));
    assert_eq!(shown_people(&get(&scene, &cid, "/people")), json!([["cid", []]]));
    assert_eq!(ids(&by_key(&scene, 'k', None, "people", None)), ["ada", "bob", "cid"]);
    scene.execute("UPDATE organization_members SET role = 'admin' WHERE organization_id = 'team' AND user_id = 'bob'");
    assert_eq!(ids(&get(&scene, &bob, "/people")), ["ada", "bob", "cid"]);
    // whoever has left is seen no more, and what they used is still the meter's
    scene.execute("DELETE FROM organization_members WHERE organization_id = 'team' AND user_id = 'bob'");
    let reply = get(&scene, &ada, "/people");
    assert_eq!(shown_people(&reply), json!([["ada", [of("max_records", 5)]], ["cid", []]]));
    let meters = reply.body["meters"].as_array().unwrap();
    assert_eq!(meters.iter().find(|meter| meter["feature"] == "max_records").unwrap()["quantity"], 7);
    // another organization's people are nobody's business
    let stranger = scene.sign_up("eve");
    let reply = get(&scene, &stranger, "/people?organizationId=team");
    assert_eq!((reply.status, &reply.body["code"]), (404, &json!("organization_not_found")));
}

#[test]
fn people_come_by_page_in_the_order_in_which_they_joined() {
    let (scene, [ada, bob, _]) = team();
    used(&scene, &bob, "max_records", 2);
    let mut cursor = String::new();
    let mut pages = Vec::new();
    loop {
        let reply = get(&scene, &ada, &format!("/people?limit=1{cursor}"));
        pages.push(shown_people(&reply));
        let Some(next) = reply.body["nextCursor"].as_str() else { break };
        cursor = format!("&cursor={}", next.replace(':', "%3A"));
    }
    assert_eq!(pages, [json!([["ada", []]]), json!([["bob", [of("max_records", 2)]]]), json!([["cid", []]])]);
    for (query, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("cursor=x", "cursor")] {
        let reply = get(&scene, &ada, &format!("/people?{query}"));
        assert_eq!((reply.status, &reply.body["field"]), (400, &json!(field)), "{query}");
    }
}

#[test]
fn where_more_waits_than_is_read_the_reply_says_up_to_when_it_knows() {
    let (scene, [ada, ..]) = team();
    scene.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1500)
         INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
           period_start, period_total, lifetime_total, request_hash, request_id, created_at, counted, keyed_at)
         SELECT 'team', 'key:' || n, 'ada', 'max_records', 's', 1, 1, 'p', 1, 0, 1, 1, 'h', 'r', {now} + n, 1, {now} + n FROM numbers",
        now = scene.now().0
    ));
    let read_to = scene.now() + Span(1_000);
    scene.advance(Span::minutes(1));
    let reply = get(&scene, &ada, "/people");
    assert_eq!(shown_people(&reply)[0], json!(["ada", [of("max_records", 1_000)]]));
    assert_eq!(reply.body["upTo"], json!(read_to));
}
