//! Who gets which mail, once, and what becomes of those that the provider does not take.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    mails::{SignedLink, UNSUBSCRIBE_SECRET},
    rules::{
        invitation::{derived_token, token_hash, INVITATION_SECRET},
        request_ids::first_id_of,
        time::Span,
    },
    schedule::{Asked, Outcome, Rhythm},
    testing::{Person, Scene},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use crate::JOBS;

pub const SECRET: &str = "a secret of at least thirty-two bytes";

/// A stand-in for Resend: it takes each key once, and answers a repeated one as the first time.
#[derive(Default)]
pub struct Provider {
    taken: RefCell<BTreeMap<String, Json>>,
    asked: RefCell<Vec<Outgoing>>,
    /// What it answers in place of taking a mail.
    trouble: RefCell<Option<Result<Incoming, String>>>,
}

impl Transport for Provider {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        self.asked.borrow_mut().push(request.clone());
        let answer = self.trouble.borrow().clone().unwrap_or_else(|| Ok(self.takes(request)));
        Box::pin(std::future::ready(answer))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Provider {
    fn takes(&self, request: &Outgoing) -> Incoming {
        assert_eq!((request.method, request.url.as_str()), ("POST", "https://api.resend.com/emails"));
        let header =
            |name: &str| request.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(header("authorization"), Some("Bearer re_test"));
        let key = header("idempotency-key").filter(|key| (1..=256).contains(&key.len())).expect("a key").to_string();
        let mail: Json = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
        let mut taken = self.taken.borrow_mut();
        let id = format!("mail-{}", taken.len() + 1);
        match taken.get(&key) {
            Some(first) => assert_eq!(first, &mail, "one key, and two mails"),
            None => drop(taken.insert(key, mail)),
        }
        Incoming { status: 200, body: json!({ "id": id }).to_string(), ..Incoming::default() }
    }

    fn is_in_trouble(&self, status: u16, headers: &[(&str, &str)]) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())).collect();
        let body = json!({"statusCode": status, "name": "trouble", "message": "of ada@example.com"}).to_string();
        self.trouble.replace(Some(Ok(Incoming { status, headers, body })));
    }

    fn is_well(&self) {
        self.trouble.replace(None);
    }

    /// Who got what, in order of their addresses.
    fn got(&self) -> Vec<(String, String)> {
        let text = |mail: &Json, at: &str| mail.pointer(at).and_then(Json::as_str).unwrap().to_string();
        let mut got: Vec<_> =
            self.taken.borrow().values().map(|mail| (text(mail, "/to/0"), text(mail, "/subject"))).collect();
        got.sort();
        got
    }

    fn addresses(&self) -> Vec<String> {
        self.got().into_iter().map(|(address, _)| address).collect()
    }

    fn only(&self) -> Json {
        let taken = self.taken.borrow();
        assert_eq!(taken.len(), 1, "{taken:?}");
        taken.values().next().cloned().unwrap()
    }
}

pub fn switch_on(scene: &Scene) {
    for (name, value) in [
        ("RESEND_API_KEY", "re_test"),
        ("MAIL_FROM", "mail@example.com"),
        ("APP_URL", "https://app.example.com"),
        ("FUNCTIONS_URL", "https://api.example.com/functions/v1"),
        (INVITATION_SECRET, SECRET),
        (UNSUBSCRIBE_SECRET, SECRET),
    ] {
        scene.set(name, value);
    }
}

/// A team with an owner, an admin and a member, and mails that have been on for a while.
struct House {
    scene: Scene,
    provider: Rc<Provider>,
    ada: Person,
}

impl House {
    fn new() -> Self {
        let house = Self::off();
        switch_on(&house.scene);
        house.tick();
        house
    }

    fn off() -> Self {
        let scene = Scene::new();
        let provider = Rc::new(Provider::default());
        scene.reach(provider.clone());
        let people = ["ada", "bob", "cid"].map(|id| scene.sign_up(id));
        scene.team("acme", &people[0]);
        scene.member("acme", &people[1], "admin");
        scene.member("acme", &people[2], "member");
        scene.execute("UPDATE users SET email_verified = 1; UPDATE organizations SET name = 'Acme' WHERE id = 'acme'; DELETE FROM outbox");
        let [ada, ..] = people;
        Self { scene, provider, ada }
    }

    fn event(&self, event_type: &str, target: &str, name: &str) -> String {
        let (id, now) = (format!("{}{name}", first_id_of(self.scene.now())), self.scene.now().0);
        self.scene.execute(&format!(
            "INSERT INTO outbox (id, organization_id, event_type, target_id, created_at)
             VALUES ('{id}', 'acme', '{event_type}', '{target}', {now})"
        ));
        id
    }

    fn alert(&self, name: &str) {
        let event = if name == "100_percent" { "usage.limit_reached" } else { "usage.alert" };
        self.event(event, "uploads", &format!("e:{name}"));
        self.scene.execute(&format!(
            "INSERT INTO usage_alerts (organization_id, feature, period_start, name, used, limit_value, created_at, request_id)
             VALUES ('acme', 'uploads', 1, '{name}', 80, 100, {}, 'r')",
            self.scene.now().0
        ));
    }

    /// An invitation with a token of the secret, as `invite-user` makes it, and its event.
    fn invites(&self, id: &str, email: &str) -> String {
        self.scene.invitation("acme", id, email, "member", &self.ada);
        let token = derived_token(SECRET, id, self.scene.now() + Span::days(7)).unwrap();
        self.scene.execute(&format!(
            "UPDATE organization_invitations SET token_hash = '{}' WHERE id = '{id}'",
            token_hash(&token)
        ));
        self.event("invitation.created", id, &format!("i{id}"));
        token
    }

    fn tick(&self) {
        for report in self.scene.tick(&JOBS, Asked::Rhythm(Rhythm::Minute)) {
            assert_eq!(report.cause, None, "{report:?}");
        }
    }

    fn after(&self, span: Span) {
        self.scene.advance(span);
        self.tick();
    }

    fn minute(&self) {
        self.after(Span::minutes(1));
    }

    fn deliveries(&self) -> Json {
        self.scene
            .rows("SELECT kind, recipient, state, attempts, failure FROM mail_deliveries ORDER BY event_id, recipient")
    }
}

#[test]
fn what_happens_while_mails_are_off_leaves_no_trace_and_is_not_sent_later() {
    // given
    let house = House::off();
    house.alert("80_percent");
    let before = house.scene.everything();
    // when
    let [report] = house.scene.tick(&JOBS, Asked::Job("send_mails")).try_into().unwrap();
    // then
    assert_eq!((report.outcome, report.steps), (Outcome::Off, 0));
    house.scene.assert_unchanged(&before);
    // and with the key
    house.scene.advance(Span::minutes(1));
    switch_on(&house.scene);
    house.tick();
    house.minute();
    assert_eq!(house.provider.got(), []);
    house.alert("100_percent");
    house.minute();
    assert_eq!(house.provider.addresses(), ["ada@example.com", "bob@example.com"]);
}

#[test]
fn a_key_alone_is_not_enough_and_the_run_says_what_is_missing() {
    let house = House::off();
    house.scene.set("RESEND_API_KEY", "re_test");
    house.tick();
    house.alert("80_percent");
    house.scene.advance(Span::minutes(1));
    let [report] = house.scene.tick(&JOBS, Asked::Job("send_mails")).try_into().unwrap();
    assert_eq!(report.outcome, Outcome::Failed);
    assert!(report.cause.unwrap().contains("MAIL_FROM is not set"));
    switch_on(&house.scene);
    house.minute();
    assert_eq!(house.provider.got().len(), 2, "nothing is lost by it");
}

#[test]
fn each_mail_goes_once_to_whom_it_concerns() {
    let house = House::new();
    let subject =
        |at: &str| house.provider.got().into_iter().find(|(address, _)| address == at).map(|(_, subject)| subject);
    let token = house.invites("i1", "new@example.com");
    house.event("member.removed", "cid", "removed");
    house.minute();
    assert_eq!(house.provider.addresses(), ["cid@example.com", "new@example.com"]);
    assert_eq!(subject("cid@example.com").unwrap(), "You are no longer a member of Acme");
    let taken = house.provider.taken.borrow();
    let invitation = taken.values().find(|mail| mail["to"] == json!(["new@example.com"])).unwrap();
    let link = format!("https://app.example.com/accept-invitation?token={token}");
    assert!(invitation["text"].as_str().unwrap().contains(&link), "{invitation}");
    assert_eq!(invitation["from"], json!("\"VoIP Accelerator\" <mail@example.com>"));
    drop(taken);
    let readable = serde_json::to_string(&house.scene.everything()).unwrap();
    assert!(!readable.contains(&token), "the database holds no token");
    // and never again, whatever runs
    for _ in 0..5 {
        house.minute();
    }
    assert_eq!(house.provider.asked.borrow().len(), 2);
    assert_eq!(
        house.deliveries(),
        json!([
            {"kind": "invitation", "recipient": "invited:i1", "state": "sent", "attempts": 1, "failure": null},
            {"kind": "member_removed", "recipient": "user:cid", "state": "sent", "attempts": 1, "failure": null},
        ])
    );
}

#[test]
fn who_runs_the_organization_hears_of_limits_trials_payments_and_endpoints() {
    let house = House::new();
    house.scene.execute(&format!(
        "UPDATE organizations SET billing_email = 'books@example.com' WHERE id = 'acme';
         UPDATE users SET email_verified = 0 WHERE id = 'bob';
         INSERT INTO trial_warnings (organization_id, trial_ends_at, days, request_id, created_at) VALUES ('acme', {}, 3, 'r', {now});
         INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id, disabled_at, disabled_reason)
         VALUES ('w1', 'acme', 'https://hooks.example.com/a', 'whsec_x', 0, 0, 0, 'r', {now}, 'gone')",
        house.scene.now().0 + Span::days(3).0,
        now = house.scene.now().0
    ));
    house.alert("80_percent");
    house.alert("overage");
    house.event("trial.ending", "pro", "trial");
    house.event("invoice.payment_failed", "in_1", "paid");
    house.event("webhook.endpoint_disabled", "w1", "hook");
    house.scene.set("OPERATOR_EMAIL", "ops@example.com");
    house.minute();
    let ada = |subject: &str| ("ada@example.com".to_string(), subject.to_string());
    assert_eq!(
        house.provider.got(),
        [
            ada("A payment for Acme failed"),
            ada("A webhook endpoint was disabled"),
            ada("Acme has used 80 of 100 (uploads)"),
            ada("The trial of Acme ends on 13 March 2026"),
            ("books@example.com".to_string(), "A payment for Acme failed".to_string()),
            ("ops@example.com".to_string(), "A webhook endpoint was disabled".to_string()),
        ],
        "no address that nobody has confirmed, and overage is no limit"
    );
}

#[test]
fn an_invitation_that_was_revoked_resent_or_is_of_another_secret_is_not_sent() {
    let house = House::new();
    for id in ["revoked", "resent", "foreign", "demoted"] {
        house.invites(id, &format!("{id}@example.com"));
    }
    let another = derived_token("another secret of thirty-two bytes!", "foreign", house.scene.now() + Span::days(7));
    house.scene.execute(&format!(
        "UPDATE organization_invitations SET status = 'revoked', resolved_at = 1 WHERE id = 'revoked';
         UPDATE organization_invitations SET expires_at = expires_at + 1000, token_hash = '{}' WHERE id = 'resent';
         UPDATE organization_invitations SET token_hash = '{}' WHERE id = 'foreign';
         UPDATE organization_invitations SET invited_by = 'cid' WHERE id = 'demoted'",
        token_hash("x"),
        token_hash(&another.unwrap())
    ));
    house.minute();
    assert_eq!(house.provider.got(), []);
    assert_eq!(
        house.deliveries(),
        json!([{"kind": "invitation", "recipient": "invited:foreign", "state": "failed", "attempts": 1,
            "failure": "its token is not of the secret INVITATION_SECRET"}])
    );
}

#[test]
fn an_unanswered_invitation_is_told_of_once_more_after_three_days() {
    let house = House::new();
    let remind = || house.scene.tick_until_done(&JOBS, "remind_invitations");
    house.invites("i1", "new@example.com");
    house.invites("i2", "again@example.com");
    house.invites("i3", "answered@example.com");
    house.minute();
    house.scene.execute(
        "UPDATE organization_invitations SET resends = 1 WHERE id = 'i2';
         UPDATE organization_invitations SET status = 'declined', resolved_at = 1 WHERE id = 'i3'",
    );
    house.scene.advance(Span(Span::days(3).0 - Span::minutes(1).0 - 1));
    assert_eq!((remind(), house.provider.got().len()), (0, 3));
    house.scene.advance(Span(1));
    assert_eq!((remind(), remind()), (1, 0));
    let got = house.provider.got();
    let reminder = got.iter().find(|(_, subject)| subject.contains("still open")).unwrap();
    assert_eq!((reminder.0.as_str(), got.len()), ("new@example.com", 4));
    house.scene.advance(Span::days(1));
    assert_eq!(remind(), 0);
}

#[test]
fn a_provider_that_fails_is_asked_once_a_minute_and_waits_grow() {
    // given
    let house = House::new();
    house.alert("80_percent");
    house.provider.is_in_trouble(500, &[]);
    // when
    house.minute();
    // then
    assert_eq!(house.provider.asked.borrow().len(), 1, "where one is not taken the others are not either");
    house.tick();
    assert_eq!(house.provider.asked.borrow().len(), 1);
    assert_eq!(
        house.deliveries(),
        json!([{"kind": "limit_warning", "recipient": "user:ada", "state": "pending", "attempts": 1,
            "failure": "500 trouble of <the address>"}])
    );
    house.provider.is_well();
    house.minute();
    assert_eq!(house.provider.addresses(), ["ada@example.com", "bob@example.com"]);
    let keys: Vec<_> = house.provider.asked.borrow().iter().map(|asked| asked.headers[3].1.clone()).collect();
    assert!(keys[1..].contains(&keys[0]), "the same mail again has the same key");
}

#[test]
fn a_mail_that_is_never_taken_is_given_up_within_a_day_and_says_why() {
    let house = House::new();
    house.scene.send_once();
    house.event("member.removed", "cid", "removed");
    house.provider.trouble.replace(Some(Err("no connection".to_string())));
    let mut at = Vec::new();
    for _ in 0..(26 * 60) {
        house.scene.advance(Span::minutes(1));
        let [_] = house.scene.tick(&JOBS, Asked::Job("send_mails")).try_into().unwrap();
        if house.provider.asked.borrow().len() > at.len() {
            at.push(house.scene.now());
        }
    }
    let waits: Vec<_> = at.windows(2).map(|pair| (pair[1].0 - pair[0].0) / 60_000).collect();
    assert_eq!(waits, [1, 5, 30, 120, 300, 600]);
    assert_eq!(
        house.deliveries(),
        json!([{"kind": "member_removed", "recipient": "user:cid", "state": "failed", "attempts": 7, "failure": "no connection"}])
    );
}

#[test]
fn a_mail_that_is_refused_is_given_up_at_once_and_holds_up_nobody() {
    let house = House::new();
    house.event("member.removed", "cid", "removed");
    house.provider.is_in_trouble(422, &[]);
    house.minute();
    house.provider.is_well();
    house.minute();
    assert_eq!(house.deliveries()[0]["state"], json!("failed"));
    assert_eq!(house.provider.got(), []);
    let settled = house.scene.rows("SELECT settled_to FROM mail_progress");
    house.after(Span::minutes(2));
    assert_ne!(house.scene.rows("SELECT settled_to FROM mail_progress"), settled);
}

#[test]
fn too_much_at_once_is_heard() {
    let house = House::new();
    house.alert("80_percent");
    house.provider.is_in_trouble(429, &[("retry-after", "180")]);
    house.minute();
    house.provider.is_well();
    house.minute();
    house.minute();
    assert_eq!(house.provider.asked.borrow().len(), 1);
    house.minute();
    assert_eq!(house.provider.got().len(), 2);
}

#[test]
fn who_wants_none_and_whose_address_takes_none_gets_none() {
    let house = House::new();
    house.scene.execute(
        "INSERT INTO mail_preferences (user_id, limit_warning, updated_at, request_id) VALUES ('bob', 0, 1, 'r');
         INSERT INTO mail_suppressions (address, reason, created_at) VALUES ('cid@example.com', 'bounced', 1),
           ('new@example.com', 'unsubscribed', 1), ('ada@example.com', 'unsubscribed', 1)",
    );
    house.alert("80_percent");
    house.alert("100_percent");
    house.event("member.removed", "cid", "removed");
    house.invites("i1", "new@example.com");
    house.minute();
    assert_eq!(house.provider.addresses(), ["ada@example.com", "ada@example.com", "bob@example.com"]);
    let optional = house.provider.taken.borrow().values().next().cloned().unwrap();
    let link = optional["headers"]["List-Unsubscribe"].as_str().unwrap().trim_matches(['<', '>']).to_string();
    let query = link.strip_prefix("https://api.example.com/functions/v1/mails/unsubscribe?").unwrap();
    assert!(SignedLink::parse(query, SECRET).is_some(), "{link}");
    assert_eq!(optional["headers"]["List-Unsubscribe-Post"], json!("List-Unsubscribe=One-Click"));
}

#[test]
fn what_an_account_needs_has_no_such_link() {
    let house = House::new();
    house.event("member.removed", "cid", "removed");
    house.minute();
    assert_eq!(house.provider.only()["headers"], Json::Null);
}

#[test]
fn mails_are_in_the_person_s_language_or_the_product_s_and_look_like_the_product() {
    let house = House::new();
    house.scene.execute(
        "UPDATE catalog_settings SET language = 'de', color = '#00ff00', support_email = 'help@example.com', logo_url = 'https://cdn.example.com/l.png';
         INSERT INTO mail_preferences (user_id, language, updated_at, request_id) VALUES ('ada', 'en', 1, 'r')",
    );
    house.alert("100_percent");
    house.minute();
    assert_eq!(
        house.provider.got().into_iter().map(|(_, subject)| subject).collect::<Vec<_>>(),
        ["Acme has reached its limit (uploads)", "Acme hat die Grenze erreicht (uploads)"]
    );
    for mail in house.provider.taken.borrow().values() {
        assert_eq!(mail["reply_to"], json!("help@example.com"));
        let html = mail["html"].as_str().unwrap();
        assert!(html.contains("#00ff00") && html.contains("https://cdn.example.com/l.png"));
    }
}

#[test]
fn an_operator_without_an_address_is_seen_not_to_have_been_told() {
    let house = House::new();
    house.scene.execute(&format!(
        "UPDATE users SET email_verified = 0;
         INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id, disabled_at, disabled_reason)
         VALUES ('w1', 'acme', 'https://hooks.example.com/a', 'whsec_x', 0, 0, 0, 'r', {}, 'failing')",
        house.scene.now().0
    ));
    house.event("webhook.endpoint_disabled", "w1", "hook");
    house.minute();
    house.minute();
    assert_eq!(house.provider.got(), []);
    assert_eq!(
        house.deliveries(),
        json!([{"kind": "endpoint_disabled", "recipient": "operator", "state": "failed", "attempts": 1, "failure": "OPERATOR_EMAIL is not set"}])
    );
}

#[test]
fn the_operator_hears_of_an_endpoint_of_their_own_where_they_have_an_address() {
    let house = House::new();
    house.scene.execute(&format!(
        "INSERT INTO webhook_endpoints (id, organization_id, url, secret, listens_from, created_at, updated_at, request_id, disabled_at, disabled_reason)
         VALUES ('w1', NULL, 'https://hooks.example.com/a', 'whsec_x', 0, 0, 0, 'r', {}, 'failing')",
        house.scene.now().0
    ));
    house.minute();
    assert_eq!((house.provider.got(), house.deliveries()), (vec![], json!([])));
    house.scene.set("OPERATOR_EMAIL", "ops@example.com");
    house.minute();
    house.minute();
    assert_eq!(house.provider.addresses(), ["ops@example.com"]);
}

#[test]
fn many_mails_go_page_by_page_within_a_run_and_none_twice() {
    let house = House::new();
    house.scene.send_once();
    for number in 0..300 {
        house.event("member.removed", "cid", &format!("{number:04}"));
    }
    house.minute();
    assert_eq!(house.provider.asked.borrow().len(), 300);
    assert_eq!(house.provider.taken.borrow().len(), 300);
    house.after(Span::minutes(3));
    assert_eq!(house.provider.asked.borrow().len(), 300);
    let settled = house.scene.rows("SELECT settled_to FROM mail_progress");
    assert!(settled[0]["settled_to"].as_str().unwrap().ends_with("0299"), "{settled}");
}

#[test]
fn what_became_of_mails_is_forgotten_after_a_month() {
    let house = House::new();
    house.event("member.removed", "cid", "removed");
    house.minute();
    house.scene.advance(Span(Span::days(30).0 - 1));
    assert_eq!(house.scene.tick_until_done(&JOBS, "clear_mails"), 0);
    house.scene.advance(Span(1));
    assert_eq!(house.scene.tick_until_done(&JOBS, "clear_mails"), 1);
}

#[test]
fn of_what_became_of_mails_only_what_is_about_something_old_is_looked_at() {
    // given: of each kind of key as many old ones as two pages have and some, and young ones, also about what is old itself
    let house = House::new();
    let day = |days: i64| first_id_of(house.scene.now() - Span::days(days));
    let sent = |word: &str, about: &str, days: i64, count: i64| {
        let (at, name) = (house.scene.now() - Span::days(days), format!("{word}{about}"));
        house.scene.execute(&format!(
            "INSERT INTO mail_deliveries (event_id, kind, recipient, state, attempts, created_at, request_id)
             WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count})
             SELECT '{name}' || printf('%05d', n / 2), 'k', 'user:' || n, 'sent', 1, {}, 'r' FROM numbers",
            at.0
        ));
    };
    for word in ["", "reminder:"] {
        sent(word, &day(40), 37, 2_500);
        sent(word, &day(33), 29, 10);
        sent(word, &day(20), 20, 2_500);
    }
    sent("disabled:", &day(400), 37, 3);
    sent("disabled:", &day(300), 2, 4);
    // when
    let cleared = house.scene.tick_until_done(&JOBS, "clear_mails");
    // then
    assert_eq!(cleared, 2 * 2_500 + 3);
    let left = house.scene.rows(&format!(
        "SELECT COUNT(*) AS kept, SUM(CASE WHEN created_at <= {} THEN 1 ELSE 0 END) AS old FROM mail_deliveries",
        (house.scene.now() - Span::days(30)).0
    ));
    assert_eq!(left, json!([{"kept": 2 * (10 + 2_500) + 4, "old": 0}]));
}
