//! What receivers get, when, and what becomes of those that do not answer well.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    auth::{Secrets, SvixSignature},
    rules::{request_ids::first_id_of, time::Span},
    schedule::{Asked, Outcome, Rhythm},
    testing::{at, Killed, Person, Scene},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use crate::JOBS;

const SECRET: &str = "whsec_plJ3nmyCDGBKInavdOK15jsl";
const FORMER: &str = "whsec_dGhlIG90aGVyIHNlY3JldCBvZiB0aGUgdGVzdA==";

type Answer = Box<dyn Fn() -> Result<Incoming, String>>;

/// Receivers by their addresses; one that nobody has set answers 200.
#[derive(Default)]
pub struct Receivers {
    answers: RefCell<BTreeMap<String, Answer>>,
    got: RefCell<Vec<Outgoing>>,
}

impl Transport for Receivers {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        self.got.borrow_mut().push(request.clone());
        let answer = match self.answers.borrow().get(&request.url) {
            Some(answer) => answer(),
            None => Ok(Incoming { status: 200, body: "thanks".to_string(), ..Incoming::default() }),
        };
        Box::pin(std::future::ready(answer))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Receivers {
    pub fn answers(&self, name: &str, answer: impl Fn() -> Result<Incoming, String> + 'static) {
        self.answers.borrow_mut().insert(url(name), Box::new(answer));
    }

    pub fn answers_status(&self, name: &str, status: u16) {
        self.answers(name, move || Ok(Incoming { status, body: "no".to_string(), ..Incoming::default() }));
    }

    /// The ids of the events that a receiver got, in the order in which it did.
    pub fn got(&self, name: &str) -> Vec<String> {
        let got = self.got.borrow();
        got.iter().filter(|request| request.url == url(name)).map(|request| header(request, "webhook-id")).collect()
    }
}

fn header(request: &Outgoing, name: &str) -> String {
    let found = request.headers.iter().find(|(known, _)| *known == name);
    found.map(|(_, value)| value.clone()).expect(name)
}

fn url(name: &str) -> String {
    format!("https://{name}.example.com/hook")
}

/// A product with a team that may have endpoints, and receivers.
pub struct House {
    pub scene: Rc<Scene>,
    pub receivers: Rc<Receivers>,
    ada: Person,
}

impl House {
    pub fn new() -> Self {
        let scene = Rc::new(Scene::new());
        let receivers = Rc::new(Receivers::default());
        scene.reach(receivers.clone());
        let ada = scene.sign_up("ada");
        scene.team("acme", &ada);
        scene.execute(
            "DELETE FROM outbox; DELETE FROM plan_features WHERE plan_id = 'enterprise' AND feature = 'webhooks';
             INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('enterprise', 'webhooks', 'flag', '1');",
        );
        Self { scene, receivers, ada }
    }

    /// An endpoint of the team, or of the operator.
    pub fn endpoint(&self, name: &str, organization: Option<&str>) {
        endpoint(&self.scene, name, organization);
    }

    /// An event of now.
    pub fn event(&self, name: &str) -> String {
        event(&self.scene, "acme", name, "member.removed")
    }

    pub fn minute(&self) {
        self.scene.advance(Span::minutes(1));
        self.tick();
    }

    pub fn tick(&self) {
        for report in self.scene.tick(&JOBS, Asked::Rhythm(Rhythm::Minute)) {
            assert_eq!(report.cause, None, "{report:?}");
        }
    }

    pub fn deliveries(&self) -> Json {
        self.scene.rows(
            "SELECT endpoint_id AS endpoint, state, attempts, response_status AS status FROM webhook_deliveries ORDER BY endpoint_id, event_id",
        )
    }

    pub fn endpoint_is(&self, name: &str, sql: &str) {
        self.scene.execute(&format!("UPDATE webhook_endpoints SET {sql} WHERE id = '{name}'"));
    }
}

/// One that is known to answer.
pub fn endpoint(scene: &Scene, name: &str, organization: Option<&str>) {
    let (now, url) = (scene.now().0, url(name));
    let organization = organization.map_or("NULL".to_string(), |id| format!("'{id}'"));
    scene.execute(&format!(
        "INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, answered_at, created_at, updated_at, request_id)
         VALUES ('{name}', {organization}, '{url}', '{SECRET}', {now}, {now}, {now}, {now}, 'scene');
         INSERT INTO webhook_progress (id, last_sequence, delivered_sequence, settled_to)
         VALUES (1, 0, 0, '{}') ON CONFLICT (id) DO NOTHING;",
        first_id_of(scene.now() - Span::minutes(2))
    ));
}

pub fn event(scene: &Scene, organization: &str, name: &str, event_type: &str) -> String {
    let id = format!("{}{name}", first_id_of(scene.now()));
    scene.execute(&format!(
        "INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
         VALUES ('{id}', '{organization}', '{event_type}', 'ada', '{{\"name\":\"{name}\"}}', {})",
        scene.now().0
    ));
    id
}

#[test]
fn an_event_goes_once_to_each_endpoint_that_wants_it_signed() {
    // given
    let house = House::new();
    house.endpoint("operator", None);
    house.endpoint("acme", Some("acme"));
    house.endpoint_is(
        "acme",
        &format!("former_secret = '{FORMER}', former_secret_ends_at = {}", house.scene.now().0 + 90_000),
    );
    let first = house.event("a");
    // when
    house.minute();
    // then
    assert_eq!(
        (house.receivers.got("operator"), house.receivers.got("acme")),
        (vec![first.clone()], vec![first.clone()])
    );
    let got = house.receivers.got.borrow().clone();
    for (request, secrets) in got.iter().zip([format!("{SECRET} {FORMER}"), SECRET.to_string()]) {
        let body = request.body.clone().unwrap();
        let headers: BTreeMap<&str, String> = request.headers.iter().cloned().collect();
        let signature = SvixSignature::read(|name| headers.get(name).map(String::as_str)).unwrap();
        for secret in secrets.split(' ') {
            assert_eq!(signature.verify(body.as_bytes(), &Secrets::parse(secret), house.scene.now()), Ok(()));
        }
        assert_eq!(
            serde_json::from_str::<Json>(&body).unwrap(),
            json!({
                "type": "member.removed", "timestamp": "2026-03-10T12:00:00.000Z", "sequence": 1,
                "organizationId": "acme", "targetId": "ada", "data": {"name": "a"},
            })
        );
        assert_eq!(request.method, "POST");
        assert_eq!(header(request, "content-type"), "application/json");
    }
    // and the former secret ends
    let second = house.event("b");
    house.minute();
    house.minute();
    assert_eq!(house.receivers.got("acme"), [first, second]);
    let last = house.receivers.got.borrow().last().cloned().unwrap();
    assert_eq!(header(&last, "webhook-signature").split(' ').count(), 1);
    assert_eq!(
        house.deliveries(),
        json!(["acme", "acme", "operator", "operator"]
            .map(|endpoint| json!({"endpoint": endpoint, "state": "delivered", "attempts": 1, "status": 200})))
    );
    let progress = house.scene.rows("SELECT last_sequence, delivered_sequence FROM webhook_progress");
    assert_eq!(progress, json!([{"last_sequence": 2, "delivered_sequence": 2}]));
}

#[test]
fn nobody_hears_of_what_is_not_for_them() {
    let house = House::new();
    let bob = house.scene.sign_up("bob");
    house.scene.team("other", &bob);
    let names = ["foreign", "paused", "disabled", "picky", "late", "unpaid", "acme"];
    for name in names {
        house.endpoint(name, Some(if name == "foreign" { "other" } else { "acme" }));
    }
    house.endpoint_is("paused", "paused_at = 1");
    house.endpoint_is("disabled", "disabled_at = 1, disabled_reason = 'gone'");
    house.endpoint_is("picky", "event_types = ' member.joined user.deleted '");
    house.endpoint_is("late", "listens_from = listens_from + 1");
    house.endpoint_is("unpaid", &format!("organization_id = '{}'", house.ada.personal));
    house.event("a");
    event(&house.scene, "acme", "b", "member.joined");
    event(&house.scene, &house.ada.personal, "c", "member.joined");
    house.minute();
    assert_eq!(names.map(|name| house.receivers.got(name).len()), [0, 0, 0, 1, 0, 0, 2]);
    // and where the plan has them no more
    house.scene.execute("UPDATE plan_features SET value = '0' WHERE feature = 'webhooks'");
    house.event("d");
    house.minute();
    assert_eq!(house.receivers.got("acme").len(), 2);
}

#[test]
fn what_happened_until_an_organization_is_archived_reaches_its_endpoint_and_nothing_later() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.endpoint("failing", Some("acme"));
    house.endpoint("other", Some(&house.ada.personal));
    house.receivers.answers_status("failing", 500);
    let before = house.event("a");
    house.scene.advance(Span::seconds(1));
    let archived = event(&house.scene, "acme", "b", "organization.archived");
    let archived_at = house.scene.now().0;
    house.scene.execute(&format!("UPDATE organizations SET archived_at = {archived_at} WHERE id = 'acme'"));
    house.scene.advance(Span(1));
    house.event("c");
    house.minute();
    assert_eq!(house.receivers.got("acme"), [before.clone(), archived.clone()]);
    assert_eq!(house.receivers.got("other"), Vec::<String>::new());
    // What has failed is tried on.
    house.receivers.answers_status("failing", 200);
    for _ in 0..10 {
        house.minute();
    }
    let mut got = house.receivers.got("failing").split_off(1);
    got.sort();
    got.dedup();
    assert_eq!(got, [before, archived]);
}

#[test]
fn nor_does_the_last_event_reach_one_whose_plan_did_not_run_when_it_was_archived() {
    let hours = |hours: i64| Span::minutes(60 * hours);
    // The archiving is two hours after the scene's beginning.
    let cases = [
        ("status = 'active', trial_ends_at = NULL", true),
        ("status = 'trialing', trial_ends_at = {3}", true),
        ("status = 'trialing', trial_ends_at = {1}", false),
        ("status = 'past_due', trial_ends_at = NULL, past_due_since = {1}", true),
        ("status = 'canceled', trial_ends_at = NULL", false),
        (
            "status = 'active', trial_ends_at = NULL; UPDATE plan_features SET value = '0' WHERE feature = 'webhooks'",
            false,
        ),
    ];
    for (held, hears) in cases {
        let house = House::new();
        house.endpoint("acme", Some("acme"));
        let begun = house.scene.now();
        let held = (1..=3)
            .fold(held.to_string(), |held, at| held.replace(&format!("{{{at}}}"), &(begun + hours(at)).0.to_string()));
        house.scene.execute(&format!("UPDATE plans SET grace_days = 1; UPDATE org_subscriptions SET {held}"));
        house.scene.advance(hours(2));
        event(&house.scene, "acme", "b", "organization.archived");
        house
            .scene
            .execute(&format!("UPDATE organizations SET archived_at = {} WHERE id = 'acme'", house.scene.now().0));
        // Also where it is sent when a trial would be over.
        house.scene.advance(hours(2));
        house.tick();
        assert_eq!(house.receivers.got("acme").len(), usize::from(hears), "{held}");
    }
}

#[test]
fn what_is_changed_while_a_page_is_sent_holds_for_what_has_not_begun() {
    let changes = [
        (format!("secret = '{FORMER}'"), Some(FORMER)),
        ("paused_at = 1".to_string(), None),
        ("paused_at = 1, removed_at = 1, url = '', secret = ''".to_string(), None),
        ("disabled_at = 1, disabled_reason = 'gone'".to_string(), None),
    ];
    for job in ["deliver_outbox", "retry_deliveries"] {
        for (change, signs) in &changes {
            // given: a receiver whose owner does that while it takes its time with the first one
            let house = House::new();
            house.scene.send_once();
            house.endpoint("acme", Some("acme"));
            house.endpoint("operator", None);
            if job == "retry_deliveries" {
                house.endpoint_is("acme", &format!("deferred_until = {}", house.scene.now().0 + 1));
            }
            let events: Vec<String> = (0..9).map(|number| house.event(&number.to_string())).collect();
            if job == "retry_deliveries" {
                house.scene.tick(&JOBS, Asked::Job("deliver_outbox"));
                house.scene.advance(Span::seconds(1));
            }
            let (scene, change_once, sql) = (house.scene.clone(), std::cell::Cell::new(true), change.clone());
            house.receivers.answers("acme", move || {
                if change_once.replace(false) {
                    scene.advance(Span(1_001));
                    scene.execute(&format!("UPDATE webhook_endpoints SET {sql} WHERE id = 'acme'"));
                }
                Ok(Incoming { status: 200, ..Incoming::default() })
            });
            // when
            house.scene.tick(&JOBS, Asked::Job(job));
            // then: what had begun beside the first one is the last that knows nothing of it
            let got = house.receivers.got.borrow().clone();
            let got: Vec<_> = got.into_iter().filter(|request| request.url == url("acme")).collect();
            assert_eq!(got.len(), if signs.is_some() { 9 } else { 2 }, "{job}: {change}");
            for (place, request) in got.iter().enumerate() {
                let headers: BTreeMap<&str, String> = request.headers.iter().cloned().collect();
                let signature = SvixSignature::read(|name| headers.get(name).map(String::as_str)).unwrap();
                let secret = if place < 2 { SECRET } else { signs.unwrap() };
                let body = request.body.clone().unwrap();
                let sent_at = at("2026-03-10T12:00:00Z") + Span::seconds(2);
                assert_eq!(
                    signature.verify(body.as_bytes(), &Secrets::parse(secret), sent_at),
                    Ok(()),
                    "{job}: {place}"
                );
            }
            assert_eq!(house.receivers.got("operator"), events, "{job}: the other one has everything");
        }
    }
}

#[test]
fn a_page_that_cannot_be_asked_about_again_ends_and_what_was_sent_is_recorded() {
    let house = House::new();
    house.scene.send_once();
    house.endpoint("acme", Some("acme"));
    let mut events: Vec<String> = (0..9).map(|number| house.event(&number.to_string())).collect();
    let (scene, once) = (house.scene.clone(), std::cell::Cell::new(true));
    house.receivers.answers("acme", move || {
        if once.replace(false) {
            scene.advance(Span(1_001));
            scene.execute("ALTER TABLE webhook_endpoints RENAME COLUMN former_secret TO hidden");
        }
        Ok(Incoming { status: 200, ..Incoming::default() })
    });
    house.scene.tick(&JOBS, Asked::Job("deliver_outbox"));
    assert_eq!(house.receivers.got("acme").len(), 2);
    assert_eq!(house.deliveries().as_array().unwrap().len(), 2);
    house.scene.execute("ALTER TABLE webhook_endpoints RENAME COLUMN hidden TO former_secret");
    house.minute();
    let mut got = house.receivers.got("acme");
    got.sort();
    events.sort();
    assert_eq!(got, events, "each once");
}

#[test]
fn a_receiver_that_fails_for_an_hour_gets_everything_in_the_end_and_nothing_twice() {
    let house = House::new();
    house.scene.send_once();
    house.endpoint("acme", Some("acme"));
    house.endpoint("operator", None);
    house.receivers.answers_status("acme", 500);
    let mut events = Vec::new();
    for minute in 0..60 {
        events.push(house.event(&format!("{minute:02}")));
        house.minute();
        // The other one hears of each at once.
        assert_eq!(house.receivers.got("operator"), events);
    }
    let tried = house.receivers.got("acme").len();
    assert!((10..=61).contains(&tried), "{tried} attempts in an hour, at most one a minute");
    assert_eq!(
        house.scene.rows("SELECT failing_since FROM webhook_endpoints WHERE id = 'acme'"),
        json!([{"failing_since": at("2026-03-10T12:01:00Z").0}])
    );
    house.receivers.answers_status("acme", 204);
    for _ in 0..(24 * 6) {
        house.scene.advance(Span::minutes(9));
        house.minute();
    }
    let mut got = house.receivers.got("acme").split_off(tried);
    got.sort();
    assert_eq!(got, events, "each once");
    assert_eq!(house.receivers.got("operator"), events);
    assert_eq!(
        house.scene.rows("SELECT failing_since FROM webhook_endpoints WHERE id = 'acme'"),
        json!([{"failing_since": null}])
    );
}

#[test]
fn a_delivery_is_tried_ten_times_with_growing_waits_and_is_dead_then() {
    let house = House::new();
    house.scene.send_once();
    house.endpoint("acme", Some("acme"));
    house.receivers.answers("acme", || Err("connection refused".to_string()));
    house.event("a");
    let mut attempts = Vec::new();
    loop {
        // Nothing comes before it is due, and what is due comes with the next minute.
        let tried = house.receivers.got("acme").len();
        let due = house.scene.rows("SELECT next_attempt_at FROM webhook_deliveries WHERE next_attempt_at IS NOT NULL");
        if let Some(due) = due[0]["next_attempt_at"].as_i64() {
            house.scene.advance(Span(due - house.scene.now().0 - 1));
            house.tick();
            assert_eq!(house.receivers.got("acme").len(), tried);
        } else if tried > 0 {
            break;
        }
        house.minute();
        assert_eq!(house.receivers.got("acme").len(), tried + 1);
        attempts.push(house.scene.now().0);
    }
    let waits: Vec<i64> = attempts.windows(2).map(|two| (two[1] - two[0]) / 60_000).collect();
    let least = [1, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
    assert_eq!(waits.len(), least.len(), "{waits:?}");
    for (wait, least) in waits.iter().zip(least) {
        assert!((least..=least + least / 10 + 1).contains(wait), "{waits:?}");
    }
    assert_eq!(
        house.scene.rows("SELECT state, attempts, response_status, failure, next_attempt_at FROM webhook_deliveries"),
        json!([{"state": "dead", "attempts": 10, "response_status": null, "failure": "connection refused", "next_attempt_at": null}])
    );
}

#[test]
fn an_endpoint_that_fails_for_five_days_is_disabled_and_that_is_told() {
    let house = House::new();
    house.scene.send_once();
    house.endpoint("acme", Some("acme"));
    house.endpoint("operator", None);
    house.receivers.answers_status("acme", 302);
    for _ in 0..(5 * 24 * 2 + 2) {
        house.event("a");
        house.scene.advance(Span::minutes(29));
        house.minute();
    }
    let told = json!([{
        "organization": "acme", "event": "webhook.endpoint_disabled", "target": "acme",
    }]);
    let disabled = "SELECT organization_id AS organization, event_type AS event, target_id AS target FROM outbox
       WHERE event_type = 'webhook.endpoint_disabled'";
    assert_eq!(house.scene.rows(disabled), told);
    let endpoint = json!({"id": "acme", "url": "https://acme.example.com/hook", "reason": "failing"});
    assert_eq!(house.scene.sent("webhook.endpoint_disabled")["endpoint"], endpoint);
    let audited = house
        .scene
        .rows("SELECT actor_id, target_id, details FROM audit_events WHERE action = 'webhook.endpoint_disabled'");
    assert_eq!(audited, json!([{"actor_id": "system", "target_id": "acme", "details": "{\"reason\":\"failing\"}"}]));
    // It gets nothing more, and the operator hears of it.
    let tried = house.receivers.got("acme").len();
    house.event("z");
    house.minute();
    house.minute();
    assert_eq!(house.receivers.got("acme").len(), tried);
    let said =
        |request: &Outgoing| request.body.as_ref().is_some_and(|body| body.contains("webhook.endpoint_disabled"));
    assert_eq!(house.receivers.got.borrow().iter().filter(|request| said(request)).count(), 1);
}

#[test]
fn of_the_operator_s_own_their_other_endpoints_are_told_and_nobody_else() {
    // given
    let house = House::new();
    for name in ["gone", "other", "picky", "paused", "unknown"] {
        house.endpoint(name, None);
    }
    house.endpoint("acme", Some("acme"));
    house.endpoint_is("picky", "event_types = ' member.removed '");
    house.endpoint_is("paused", "paused_at = 1");
    house.endpoint_is("unknown", "answered_at = NULL, event_types = ' x webhook.endpoint_disabled '");
    house.receivers.answers_status("gone", 410);
    // when: it says that it is gone, and something else happens meanwhile
    house.event("a");
    house.minute();
    house.event("b");
    house.minute();
    // then
    let said =
        |request: &&Outgoing| request.body.as_ref().is_some_and(|body| body.contains("webhook.endpoint_disabled"));
    let got = house.receivers.got.borrow().clone();
    let mut told: Vec<_> = got.iter().filter(said).map(|request| request.url.clone()).collect();
    told.sort();
    assert_eq!(told, [url("other"), url("unknown")]);
    let body: Json = serde_json::from_str(got.iter().find(said).unwrap().body.as_ref().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "type": "webhook.endpoint_disabled", "timestamp": body["timestamp"], "sequence": 2, "targetId": "gone",
            "data": {"endpoint": {"id": "gone", "url": url("gone"), "reason": "gone"}, "organization": null},
        })
    );
    // Numbers are without gaps, so nothing behind them is looked through.
    let progress = "SELECT last_sequence, delivered_sequence FROM webhook_progress";
    assert_eq!(house.scene.rows(progress), json!([{"last_sequence": 3, "delivered_sequence": 3}]));
    house.event("c");
    house.minute();
    assert_eq!(house.scene.rows(progress), json!([{"last_sequence": 4, "delivered_sequence": 4}]));
    // and it is told once, and forgotten after a month
    for _ in 0..3 {
        house.minute();
    }
    assert_eq!(house.receivers.got.borrow().iter().filter(said).count(), 2);
    house.scene.advance(Span::days(31));
    assert_eq!(house.scene.tick_until_done(&JOBS, "clear_operator_events"), 1);
}

#[test]
fn an_event_of_the_operator_s_own_is_numbered_beside_events_that_are_not_given_out_yet() {
    let house = House::new();
    house.endpoint("other", None);
    let now = house.scene.now().0;
    for number in 0..250 {
        house.event(&format!("{number:03}"));
    }
    house.scene.execute(&format!(
        "INSERT INTO operator_events (id, event_type, target_id, payload, created_at)
         VALUES ('{}own', 'webhook.endpoint_disabled', 'gone', '{{}}', {now})",
        first_id_of(house.scene.now())
    ));
    house.minute();
    let numbers = house.scene.rows(
        "SELECT COUNT(DISTINCT sequence) AS numbers, MAX(sequence) AS largest
         FROM (SELECT sequence FROM outbox UNION ALL SELECT sequence FROM operator_events) given",
    );
    assert_eq!(numbers, json!([{"numbers": 251, "largest": 251}]));
    let progress = house.scene.rows("SELECT last_sequence, delivered_sequence FROM webhook_progress");
    assert_eq!(progress, json!([{"last_sequence": 251, "delivered_sequence": 251}]));
    house.minute();
    assert_eq!(house.receivers.got("other").len(), 251);
}

#[test]
fn one_that_says_it_is_gone_is_disabled_at_once() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.receivers.answers_status("acme", 410);
    house.event("a");
    house.scene.advance(Span::minutes(1));
    let [report] = house.scene.tick(&JOBS, Asked::Job("deliver_outbox")).try_into().unwrap();
    assert_eq!(report.notes, ["the endpoint acme is disabled: gone"]);
    let endpoint = house.scene.rows("SELECT disabled_at, disabled_reason FROM webhook_endpoints");
    assert_eq!(endpoint, json!([{"disabled_at": house.scene.now().0, "disabled_reason": "gone"}]));
    assert_eq!(
        house.scene.rows("SELECT COUNT(*) AS told FROM outbox WHERE event_type = 'webhook.endpoint_disabled'"),
        json!([{"told": 1}])
    );
    for _ in 0..10 {
        house.minute();
    }
    assert_eq!(house.receivers.got("acme").len(), 1);
}

#[test]
fn a_receiver_s_wish_to_wait_is_heard() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.receivers.answers("acme", || {
        let headers = vec![("retry-after".to_string(), "3600".to_string())];
        Ok(Incoming { status: 429, headers, body: "x".repeat(5_000) })
    });
    house.event("a");
    house.minute();
    assert_eq!(house.scene.rows("SELECT LENGTH(response) AS kept FROM webhook_deliveries"), json!([{"kept": 1_000}]));
    for _ in 0..59 {
        house.minute();
    }
    assert_eq!(house.receivers.got("acme").len(), 1);
    house.minute();
    assert_eq!(house.receivers.got("acme").len(), 2);
}

#[test]
fn a_receiver_that_takes_its_time_takes_nobody_else_s() {
    // given: one that answers well, after four seconds
    let house = House::new();
    house.endpoint("slow", None);
    house.endpoint("quick", None);
    let scene = house.scene.clone();
    house.receivers.answers("slow", move || {
        scene.advance(Span::seconds(4));
        Ok(Incoming { status: 200, ..Incoming::default() })
    });
    let mut events: Vec<String> = (0..30).map(|number| house.event(&format!("{number:02}"))).collect();
    // when
    house.scene.tick_until_done(&JOBS, "deliver_outbox");
    // then: the other one has everything, and of the slow one the rest stands in line
    let sorted = |name| {
        let mut got = house.receivers.got(name);
        got.sort();
        got
    };
    events.sort();
    assert_eq!(sorted("quick"), events);
    assert!(house.receivers.got("slow").len() <= 2);
    assert_eq!(house.deliveries().as_array().unwrap().len(), 60);
    // It is slow and not at fault: minute by minute it gets all of it.
    for _ in 0..20 {
        house.minute();
    }
    assert_eq!(sorted("slow"), events);
    assert_eq!(
        house.scene.rows("SELECT DISTINCT failing_since, disabled_at FROM webhook_endpoints"),
        json!([{"failing_since": null, "disabled_at": null}])
    );
}

#[test]
fn an_event_that_comes_late_to_its_place_is_given_out_with_a_later_number() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.scene.advance(Span::seconds(90));
    let second = house.event("b");
    house.tick();
    // Its request began a minute before the other one, and was committed after it.
    house.scene.execute(&format!(
        "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at) VALUES ('{}late', 'acme', 'x', 't', {})",
        first_id_of(house.scene.now() - Span::minutes(1)),
        house.scene.now().0 - 60_000,
    ));
    house.minute();
    assert_eq!(house.receivers.got("acme").first(), Some(&second));
    assert_eq!(house.receivers.got("acme").len(), 2);
    let numbers = house.scene.rows("SELECT sequence FROM outbox ORDER BY id");
    assert_eq!(numbers, json!([{"sequence": 2}, {"sequence": 1}]));
    // What is settled is looked through no more.
    for _ in 0..5 {
        house.minute();
    }
    let settled = house.scene.rows(&format!("SELECT settled_to >= '{second}' AS is_settled FROM webhook_progress"));
    assert_eq!(settled, json!([{"is_settled": 1}]));
}

#[test]
fn many_events_are_delivered_within_the_ticks_that_the_pages_allow() {
    let house = House::new();
    house.scene.send_once();
    let count: usize = std::env::var("TALLYGATE_EVENTS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_000);
    for name in ["one", "two"] {
        house.endpoint(name, None);
    }
    house.endpoint("acme", Some("acme"));
    let mut events: Vec<String> = (0..count).map(|number| house.event(&format!("{number:06}"))).collect();
    // 40 steps of 100 deliveries, less one that looks for the first page.
    let ticks = (count * 3).div_ceil(39 * 100);
    for _ in 0..ticks {
        house.minute();
    }
    events.sort();
    for name in ["one", "two", "acme"] {
        let mut got = house.receivers.got(name);
        got.sort();
        assert_eq!(got, events, "{name}");
    }
}

#[test]
fn what_is_a_month_old_is_cleared_but_nothing_that_is_not_given_out() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.event("a");
    house.minute();
    house.scene.advance(Span::days(29));
    house.event("b");
    for _ in 0..4 {
        house.minute();
    }
    let cleared = || {
        for job in ["clear_deliveries", "clear_outbox"] {
            house.scene.tick_until_done(&JOBS, job);
        }
        house.scene.rows(
            "SELECT (SELECT COUNT(*) FROM outbox) AS events, (SELECT COUNT(*) FROM webhook_deliveries) AS deliveries",
        )
    };
    assert_eq!(cleared(), json!([{"events": 2, "deliveries": 2}]));
    house.scene.advance(Span::days(2));
    assert_eq!(cleared(), json!([{"events": 1, "deliveries": 1}]));
    house.event("c");
    house.scene.advance(Span::days(40));
    assert_eq!(cleared(), json!([{"events": 1, "deliveries": 0}]), "the scheduler stood still, and the event waits");
}

#[test]
fn what_is_left_of_a_removed_endpoint_is_cleared_and_nothing_else() {
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.endpoint("operator", None);
    house.endpoint("removed", Some("acme"));
    let sent = house.event("a");
    house.minute();
    house.endpoint_is(
        "removed",
        &format!("removed_at = {now}, paused_at = {now}, url = '', secret = ''", now = house.scene.now().0),
    );
    let left = || {
        for job in ["clear_deliveries", "clear_endpoints"] {
            house.scene.tick_until_done(&JOBS, job);
        }
        (
            house.scene.rows("SELECT id FROM webhook_endpoints ORDER BY id"),
            house.scene.rows("SELECT endpoint_id, event_id FROM webhook_deliveries ORDER BY endpoint_id"),
        )
    };
    let others = json!(["acme", "operator"].map(|endpoint| json!({"endpoint_id": endpoint, "event_id": sent})));
    // What was under way when it was removed may be recorded yet.
    assert_eq!(left(), (json!(["acme", "operator", "removed"].map(|id| json!({ "id": id }))), others.clone()));
    house.event("b");
    house.minute();
    assert_eq!(house.receivers.got("removed"), std::slice::from_ref(&sent), "it gets nothing more");
    house.scene.execute("DELETE FROM webhook_deliveries WHERE event_id LIKE '%b'");
    house.scene.advance(Span::minutes(61));
    assert_eq!(left(), (json!(["acme", "operator"].map(|id| json!({ "id": id }))), others));
}

#[test]
fn an_empty_house_costs_a_look() {
    let scene = Scene::new();
    scene.sign_up("ada");
    for job in ["deliver_outbox", "retry_deliveries", "probe_endpoints"] {
        let [report] = scene.tick(&JOBS, Asked::Job(job)).try_into().unwrap();
        assert_eq!((report.outcome, report.steps, report.changed), (Outcome::Done, 1, 0));
    }
    assert_eq!(
        scene.rows("SELECT COUNT(*) AS numbered FROM outbox WHERE sequence IS NOT NULL"),
        json!([{"numbered": 0}])
    );
}

#[test]
fn a_run_that_dies_loses_nothing_and_sends_nothing_again_that_it_has_recorded() {
    for job in ["deliver_outbox", "retry_deliveries"] {
        for (left, is_done_unheard) in (0..6).flat_map(|left| [(left, false), (left + 1, true)]) {
            // given: events for two endpoints, and for `retry_deliveries` such as stand in line
            let house = House::new();
            house.endpoint("acme", Some("acme"));
            house.endpoint("operator", None);
            let events: Vec<String> = (0..5).map(|number| house.event(&number.to_string())).collect();
            if job == "retry_deliveries" {
                house.endpoint_is("acme", &format!("deferred_until = {}", house.scene.now().0 + 1));
                house.endpoint_is("operator", &format!("deferred_until = {}", house.scene.now().0 + 1));
                house.scene.tick_until_done(&JOBS, "deliver_outbox");
                assert!(house.receivers.got.borrow().is_empty());
            }
            // when: it dies, and another one takes over
            house.scene.tick_through(
                &Killed::after(house.scene.store(), left, is_done_unheard),
                &JOBS,
                Asked::Job(job),
            );
            let recorded =
                house.scene.rows("SELECT endpoint_id, event_id FROM webhook_deliveries WHERE state = 'delivered'");
            let before = house.receivers.got.borrow().len();
            house.scene.advance(Span::seconds(61));
            house.scene.tick_until_done(&JOBS, job);
            // then
            for name in ["acme", "operator"] {
                let got = house.receivers.got(name);
                for event in &events {
                    let times = got.iter().filter(|id| *id == event).count();
                    assert!((1..=2).contains(&times), "{job} {left}: {name} got {event} {times} times");
                }
            }
            let again = house.receivers.got.borrow().iter().skip(before).cloned().collect::<Vec<_>>();
            for row in recorded.as_array().unwrap() {
                let is_row = |request: &&Outgoing| {
                    request.url == url(row["endpoint_id"].as_str().unwrap())
                        && header(request, "webhook-id") == row["event_id"].as_str().unwrap()
                };
                assert!(!again.iter().any(|request| is_row(&request)), "{job} {left}: {row} was sent again");
            }
            assert_eq!(house.deliveries().as_array().unwrap().len(), 10);
        }
    }
}

#[test]
fn one_that_comes_to_stand_before_a_page_that_is_half_given_out_pushes_none_out_of_it() {
    // given: a run died after it had given a page its numbers, and an event is committed whose request had read its clock before
    let house = House::new();
    house.endpoint("acme", Some("acme"));
    house.scene.advance(Span::seconds(2));
    let mut all = vec![house.event("late")];
    house.scene.advance(Span::seconds(1));
    all.extend((100..200).map(|name| house.event(&name.to_string())));
    house.scene.execute(
        "UPDATE outbox SET sequence = CAST(payload ->> '$.name' AS INTEGER) - 99 WHERE payload ->> '$.name' <> 'late';
         UPDATE webhook_progress SET last_sequence = 100",
    );
    // when
    for _ in 0..4 {
        house.minute();
    }
    // then
    let mut got = house.receivers.got("acme");
    got.sort();
    all.sort();
    assert_eq!(got, all);
}
