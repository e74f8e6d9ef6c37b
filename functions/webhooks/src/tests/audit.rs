//! Who reads the history, what of it, and that nobody changes it.

use tallygate::{rules::time::Span, testing::invalid};

use super::*;

/// Events of the team's, one a minute, beside those of signing up.
fn history(house: &House) {
    house.scene.execute(
        "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
         VALUES ('other', 'z', 'stranger', 'member.removed', 'm', '{}', 'r', 1773144000000)",
    );
    for (number, (actor, action, target)) in [
        ("owner", "member.removed", "m1"),
        ("admin", "invitation.created", "i1"),
        ("owner", "invitation.created", "=cmd|' /C calc'!A0"),
        ("system", "invitation.expired", "i1"),
    ]
    .into_iter()
    .enumerate()
    {
        house.scene.execute(&format!(
            "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
             VALUES ('acme', 'e{number}', '{actor}', '{action}', '{}', '{{\"a\":1}}', 'r', {} + {number} * 60000)",
            target.replace('\'', "''"),
            house.scene.now().0
        ));
    }
}

fn ids(reply: &TestReply) -> Vec<String> {
    let events = reply.body["events"].as_array().unwrap_or_else(|| panic!("{reply:?}")).clone();
    events.iter().map(|event| event["id"].as_str().unwrap().to_string()).collect()
}

#[test]
fn owners_and_admins_read_the_history_newest_first() {
    let house = House::new();
    history(&house);
    let reply = house.get(&house.admin, "audit?limit=3");
    assert_eq!((reply.status, reply.batches, ids(&reply)), (200, 1, vec!["e3".into(), "e2".into(), "e1".into()]));
    assert_eq!(
        reply.body["events"][0],
        json!({
            "id": "e3", "createdAt": "2026-03-10T12:03:00.000Z", "actorId": "system", "action": "invitation.expired",
            "targetId": "i1", "details": {"a": 1},
        })
    );
    let cursor = reply.body["nextCursor"].as_str().unwrap().to_string();
    let rest = house.get(&house.owner, &format!("audit?limit=3&cursor={cursor}"));
    assert_eq!((ids(&rest), &rest.body["nextCursor"]), (vec!["e0".to_string()], &json!(null)));
    for person in [&house.member, &house.viewer] {
        let refusal = house.get(person, "audit");
        assert_eq!((refusal.status, &refusal.body["code"]), (403, &json!("forbidden")));
        assert_eq!(house.get(person, "audit-export").status, 403);
    }
    assert_eq!(ids(&house.get(&house.stranger, "audit")), ["z"], "their own");
}

#[test]
fn the_history_is_filtered_by_who_what_whom_and_when() {
    let house = House::new();
    history(&house);
    for (query, expected) in [
        ("actor=owner", vec!["e2", "e0"]),
        ("action=invitation.created", vec!["e2", "e1"]),
        ("target=i1", vec!["e3", "e1"]),
        ("target=i1&actor=system", vec!["e3"]),
        ("since=2026-03-10T12:01:00Z&until=2026-03-10T12:03:00Z", vec!["e2", "e1"]),
        ("actor=nobody", vec![]),
    ] {
        assert_eq!(ids(&house.get(&house.owner, &format!("audit?{query}"))), expected, "{query}");
    }
    for (query, field, problem) in [
        ("since=today", "since", "must be a moment, as 2026-03-10T12:00:00Z"),
        ("until=1", "until", "must be a moment, as 2026-03-10T12:00:00Z"),
        ("limit=101", "limit", "must be a whole number from 1 to 100"),
        ("cursor=x", "cursor", "is of no page of this list"),
    ] {
        assert_eq!(house.get(&house.owner, &format!("audit?{query}")).answer(), invalid(field, problem), "{query}");
    }
}

#[test]
fn a_filter_that_finds_little_goes_on_where_its_look_has_ended() {
    let house = House::new();
    house.scene.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 2500)
         INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
         SELECT 'acme', 'n' || substr('0000' || n, -4), CASE n WHEN 1 THEN 'rare' ELSE 'often' END, 'x', 't', 'r', n FROM numbers",
    );
    let (mut cursor, mut found, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let reply = house.get(&house.owner, &format!("audit?actor=rare{cursor}"));
        found.extend(ids(&reply));
        pages += 1;
        match reply.body["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!((found, pages), (vec!["n0001".to_string()], 3));
}

#[test]
fn the_history_is_exported_as_csv_and_as_lines_of_json() {
    let house = House::new();
    history(&house);
    let csv = house.get(&house.owner, "audit-export?format=csv&actor=owner");
    assert_eq!(csv.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(csv.headers["content-disposition"], "attachment; filename=\"audit.csv\"");
    assert_eq!(
        csv.body,
        json!("id,createdAt,actorId,action,targetId,details\r\n\
            \"e2\",\"2026-03-10T12:02:00.000Z\",\"owner\",\"invitation.created\",\"'=cmd|' /C calc'!A0\",\"{\"\"a\"\":1}\"\r\n\
            \"e0\",\"2026-03-10T12:00:00.000Z\",\"owner\",\"member.removed\",\"m1\",\"{\"\"a\"\":1}\"\r\n")
    );
    let lines = house.get(&house.owner, "audit-export?format=ndjson");
    assert_eq!(lines.headers["content-type"], "application/x-ndjson");
    let lines: Vec<Json> =
        lines.body.as_str().unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().map(|line| line["id"].as_str().unwrap()).collect::<Vec<_>>(), ["e3", "e2", "e1", "e0"]);
    assert_eq!(lines[2]["targetId"], "i1");
    let wrong = house.get(&house.owner, "audit-export?format=xml");
    assert_eq!(wrong.answer(), invalid("format", "must be csv or ndjson"));
}

#[test]
fn a_long_history_is_exported_in_parts() {
    let house = House::new();
    house.scene.execute(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 5001)
         INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
         SELECT 'acme', 'n' || substr('0000' || n, -4), 'a', 'x', 't', 'r', n FROM numbers",
    );
    let first = house.get(&house.owner, "audit-export?format=ndjson");
    assert_eq!(first.body.as_str().unwrap().lines().count(), 5_000);
    let rest =
        house.get(&house.owner, &format!("audit-export?format=ndjson&cursor={}", first.headers["x-next-cursor"]));
    assert_eq!(rest.body.as_str().unwrap().lines().count(), 1);
    assert!(!rest.headers.contains_key("x-next-cursor"));
}

#[test]
fn the_history_is_added_to_and_never_changed() {
    let house = House::new();
    history(&house);
    house.scene.advance(Span::days(1_000));
    for sql in
        ["UPDATE audit_events SET actor_id = 'nobody' WHERE id = 'e0'", "DELETE FROM audit_events WHERE id = 'e0'"]
    {
        assert!(house.scene.rejected(sql).contains("history_is_append_only"), "{sql}");
    }
}
