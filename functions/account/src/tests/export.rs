use serde_json::{json, Value as Json};
use tallygate::testing::{invalid, Person, Scene, TestReply};

use super::{get, refusal};

fn lines(reply: &TestReply) -> Vec<Json> {
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    reply.body.as_str().unwrap_or_default().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// All lines of a list, page by page, and how many pages there were.
fn all(scene: &Scene, person: &Person, list: &str) -> (Vec<Json>, usize) {
    let (mut found, mut cursor) = (Vec::new(), None);
    for page in 1.. {
        let and = cursor.map_or(String::new(), |cursor: String| format!("&cursor={}", cursor.replace('/', "%2F")));
        let reply = get(scene, person, &format!("export?list={list}{and}"));
        found.extend(lines(&reply));
        cursor = reply.headers.get("x-next-cursor").cloned();
        // A cursor may stand at a row of somebody else's.
        assert!(cursor.as_ref().is_none_or(|cursor| !cursor.contains("secret")), "{cursor:?}");
        if cursor.is_none() {
            return (found, page);
        }
    }
    unreachable!()
}

#[test]
fn what_is_small_comes_at_once_and_names_the_lists() {
    // given
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.sign_up("bob");
    for user in ["ada", "bob"] {
        scene.execute(&format!(
            "INSERT INTO user_profiles (user_id, first_name, education, created_at, updated_at, request_id) VALUES ('{user}', '{user}!', '[{{\"school\":\"x\"}}]', 1, 1, 'r');
             INSERT INTO onboarding_steps (user_id, step, answers, saved_at, request_id) VALUES ('{user}', 'company', '{{\"size\":5}}', 1, 'r');
             INSERT INTO mail_suppressions (address, reason, created_at) VALUES ('{user}@example.com', 'bounced', 1);"
        ));
    }
    let before = scene.everything();
    // when
    let reply = get(&scene, &ada, "export");
    // then
    assert_eq!((reply.status, reply.batches), (200, 1), "{reply:?}");
    let body = &reply.body;
    assert_eq!((&body["account"]["id"], &body["account"]["emailVerified"]), (&json!("ada"), &json!(true)));
    assert_eq!(body["account"].get("requestId"), None);
    assert_eq!(body["profile"]["firstName"], "ada!");
    assert_eq!(body["profile"]["education"], json!([{ "school": "x" }]));
    assert_eq!(body["personalOrganization"]["id"], json!(ada.personal));
    assert_eq!(body["subscription"]["status"], "trialing");
    assert_eq!(
        body["onboarding"],
        json!([{ "step": "company", "answers": { "size": 5 }, "savedAt": "1970-01-01T00:00:00.001Z" }])
    );
    assert_eq!(body["mailSuppressions"][0]["address"], "ada@example.com");
    assert!(!body.to_string().contains("bob"), "{body}");
    assert_eq!(body["lists"].as_array().map(Vec::len), Some(21));
    scene.assert_unchanged(&before);
    for list in body["lists"].as_array().unwrap() {
        all(&scene, &ada, list.as_str().unwrap());
    }
}

#[test]
fn what_was_used_is_found_in_every_organization_that_one_is_in_or_was() {
    // given: ada in two teams, one of which she has left since, with events of hers between those of bob's
    let scene = Scene::new();
    scene.send_once();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    for team in ["acme", "left"] {
        scene.team(team, &bob);
        scene.member(team, &ada, "member");
        scene.execute(&format!(
            "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 13999)
             INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value, period_start,
               period_total, lifetime_total, request_hash, request_id, created_at, keyed_at)
             SELECT '{team}', CASE WHEN n % 2 = 0 THEN 'key:secret-' || (9999999 - n) ELSE '01a2-' || (1000000 + n) END,
               CASE WHEN n % 1000 < 2 THEN 'ada' ELSE 'bob' END, 'uploads', 'rate_sheet', 1, 1, 'p', -1, 0, 1, 1, 'h', 'r', 5,
               CASE WHEN n % 2 = 0 THEN n + 1 END FROM numbers"
        ));
    }
    scene.execute("DELETE FROM organization_members WHERE organization_id = 'left' AND user_id = 'ada'");
    // when
    let (events, pages) = all(&scene, &ada, "events");
    // then: three pages of each team, since each has more than two look at, half of it under keys, and one of her own organization
    assert_eq!((events.len(), pages), (56, 7));
    assert!(events.iter().all(|event| event.get("userId").is_none() && event.get("requestHash").is_none()));
    let mut ids: Vec<_> = events
        .iter()
        .map(|event| (event["organizationId"].clone(), event["id"].clone()))
        .map(|pair| format!("{pair:?}"))
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 56);
    assert_eq!(all(&scene, &ada, "formerMemberships").0, [json!({ "organizationId": "left" })]);
}

#[test]
fn what_a_service_key_counts_for_ones_own_organization_is_in_it_and_a_team_s_is_not() {
    // given: what a key has told of nobody in particular, and of bob, in ada's organization and in a team that she is in
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    scene.member("acme", &ada, "member");
    scene.team("former", &ada);
    scene.execute(
        "UPDATE organizations SET archived_at = 1, archived_by = 'ada' WHERE id = 'former';
         DELETE FROM organization_members WHERE organization_id = 'former'",
    );
    for organization in ["acme", "former", &ada.personal] {
        for (id, user) in [("01-own", "NULL"), ("key:1", "NULL"), ("02-bob", "'bob'")] {
            scene.execute(&format!(
                "INSERT INTO usage_events (organization_id, id, user_id, key_id, feature, event_type, quantity, accepted, plan_id, limit_value,
                   period_start, period_total, lifetime_total, request_hash, request_id, created_at, keyed_at)
                 VALUES ('{organization}', '{id}', {user}, 'k', 'uploads', 'rate_sheet', 1, 1, 'p', -1, 0, 1, 1, 'h', 'r', 5,
                   CASE '{id}' WHEN 'key:1' THEN 5 END);
                 INSERT INTO usage_reservations (organization_id, id, user_id, feature, event_type, weight, quantity, created_at, expires_at, request_id)
                 VALUES ('{organization}', '{id}', {user}, 'uploads', 'rate_sheet', 1, 1, 1, 2, 'r');
                 INSERT INTO call_logs (organization_id, id, user_id, call_type, feature, status, started_at, deadline_at, request_id)
                 VALUES ('{organization}', '{id}', {user}, 'call', 'uploads', 'in_progress', 1, 2, 'r')"
            ));
        }
    }
    // when, then
    for list in ["events", "reservations", "calls"] {
        let mut found: Vec<_> =
            all(&scene, &ada, list).0.iter().map(|line| [line["organizationId"].clone(), line["id"].clone()]).collect();
        found.sort_by_key(|pair| format!("{pair:?}"));
        let mut expected: Vec<_> = ["former", &ada.personal]
            .into_iter()
            .flat_map(|organization| ["01-own", "key:1"].map(|id| [json!(organization), json!(id)]))
            .collect();
        expected.sort_by_key(|pair| format!("{pair:?}"));
        assert_eq!(found, expected, "{list}");
    }
}

#[test]
fn the_books_of_what_has_given_way_are_in_it_and_those_of_a_team_are_not() {
    // given: a personal organization that has given way to a team, a team of the caller's that is archived, and the present one
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let bob = scene.sign_up("bob");
    for (id, archived_by) in [("former", "ada"), ("acme", "ada"), ("foreign", "bob")] {
        let founder = if id == "foreign" { &bob } else { &ada };
        scene.team(id, founder);
        scene.execute(&format!(
            "UPDATE organizations SET archived_at = 1, archived_by = '{archived_by}' WHERE id = '{id}'"
        ));
    }
    scene.execute("DELETE FROM organization_members WHERE organization_id IN ('former', 'foreign')");
    for organization in ["former", "acme", "foreign", &ada.personal, &bob.personal] {
        scene.execute(&format!(
            "INSERT INTO billing_invoices (organization_id, stripe_invoice_id, status, currency, subtotal_cents, total_cents, due_cents, paid_cents,
               attempts, period_start, period_end, created_at, observed_at, request_id)
             VALUES ('{organization}', 'in_{organization}', 'paid', 'usd', 1, 1, 1, 1, 1, 0, 1, 0, 0, 'r');
             INSERT INTO usage_aggregations (organization_id, span, feature, starts_at, events, quantity, scored, score_sum, request_id)
             VALUES ('{organization}', 'day', 'uploads', 0, 1, 7, 0, 0, 'r')"
        ));
    }
    let before = scene.everything();
    // when, then
    let mine = |list: &str| {
        let mut found: Vec<_> = all(&scene, &ada, list).0.iter().map(|line| line["organizationId"].clone()).collect();
        found.sort_by_key(Json::to_string);
        found
    };
    let mut expected = vec![json!("former"), json!(ada.personal)];
    expected.sort_by_key(Json::to_string);
    assert_eq!(mine("invoices"), expected);
    assert_eq!(mine("totals"), expected, "two rows of one day are two");
    scene.assert_unchanged(&before);
}

#[test]
fn of_others_nothing_is_in_it() {
    // given: what ada did to bob, bob to ada, ada to an invitation, and bob to himself
    let scene = Scene::new();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    scene.team("acme", &bob);
    scene.member("acme", &ada, "admin");
    for (id, actor, target) in [
        ("a1", "ada", "bob"),
        ("a2", "bob", "ada"),
        ("a3", "ada", "inv"),
        ("a4", "bob", "bob"),
        ("a5", "operator", "ada"),
    ] {
        scene.execute(&format!(
            "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
             VALUES ('acme', '{id}', '{actor}', 'x', '{target}', '{{\"of\":\"{target}\"}}', 'r', 1)"
        ));
    }
    scene.execute(
        "INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at, expires_at, request_id)
         VALUES ('acme', 'i1', 'ada@example.com', 'member', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'pending', 'bob', 1, 2, 'r'),
                ('acme', 'i2', 'cid@example.com', 'member', 'baaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'pending', 'ada', 1, 2, 'r')",
    );
    // when
    let of_acme: Vec<_> =
        all(&scene, &ada, "audit").0.into_iter().filter(|event| event["organizationId"] == "acme").collect();
    // then
    let event = |id: &str, actor: Json, target: Json, details: Json| json!({ "organizationId": "acme", "id": id, "actorId": actor, "action": "x", "targetId": target, "details": details, "createdAt": "1970-01-01T00:00:00.001Z" });
    assert_eq!(
        of_acme,
        [
            event("a1", json!("ada"), json!(null), json!(null)),
            event("a2", json!(null), json!("ada"), json!({ "of": "ada" })),
            event("a3", json!("ada"), json!("inv"), json!({ "of": "inv" })),
            event("a5", json!("operator"), json!("ada"), json!({ "of": "ada" })),
        ]
    );
    let (invitations, _) = all(&scene, &ada, "invitations");
    assert_eq!(invitations.len(), 1);
    assert_eq!((&invitations[0]["email"], invitations[0].get("invitedBy")), (&json!("ada@example.com"), None));
}

#[test]
fn a_list_of_more_than_a_page_is_whole_and_each_line_is_there_once() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2499)
         INSERT INTO active_sessions (user_id, id, ip_address, created_at, last_heartbeat_at, request_id, secret_hash)
         SELECT 'ada', 'key:' || n, '198.51.100.1', 1, 1, 'r', 'secret' FROM numbers",
    );
    let (sessions, pages) = all(&scene, &ada, "sessions");
    assert_eq!((sessions.len(), pages), (2_500, 3));
    assert!(sessions.iter().all(|session| session.get("secretHash").is_none()));
}

#[test]
fn what_is_no_list_or_no_page_of_it_is_refused() {
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    let asked = |query: &str| refusal(&scene, || get(&scene, &ada, &format!("export?{query}"))).1["field"].clone();
    assert_eq!(asked("list=users"), "list");
    assert_eq!(asked("list=sessions&cursor=events:acme:x"), "cursor");
    assert_eq!(asked("cursor=x"), "cursor");
    assert_eq!(
        refusal(&scene, || get(&scene, &ada, "export?list=events&cursor=x")),
        invalid("cursor", "is of no page of this list")
    );
}
