//! One test's world: a database, a clock, and requests that go the whole way.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
};

use jwt_compact::{
    alg::{Hs256, Hs256Key},
    AlgorithmExt, Claims, Header,
};
use serde_json::{json, Value as Json};

use super::{
    nowhere::Nowhere,
    twice::{everything, Overtaken, SentTwice},
    Person, TestReply, TOUCH,
};
use crate::{
    auth::{view_as_secret, AuthSettings},
    http::{handle, Body, Function, KeptReplies, Origins, Request, WorkerEnvironment},
    rules::{
        catalog::Catalog,
        invitation::token_hash,
        request_ids::RequestIds,
        time::{Span, Timestamp},
    },
    store::{sqlite::Sqlite, Store},
    transport::Transport,
};

/// When every scene begins.
pub const BEGIN: &str = "2026-03-10T12:00:00.000Z";
/// Where the product's pages are.
pub const APP_URL: &str = "https://app.example.com";
/// The one origin whose pages may call.
pub const ORIGIN: &str = "http://localhost:5173";
/// The secret that tokens are signed with.
pub const SECRET: &str = "the secret of native tests, long enough for HS256";

const VOIP: &str = include_str!("../../../catalogs/voip.toml");

/// A moment by its ISO 8601 text.
pub fn at(text: &str) -> Timestamp {
    Timestamp(chrono::DateTime::parse_from_rfc3339(text).expect("a moment").timestamp_millis())
}

/// One test's world.
pub struct Scene {
    store: Sqlite,
    settings: RefCell<BTreeMap<String, String>>,
    transport: RefCell<Rc<dyn Transport>>,
    now: Cell<Timestamp>,
    requests: Cell<u64>,
    sent_once: Cell<bool>,
    kept: KeptReplies,
}

impl Default for Scene {
    fn default() -> Self {
        Self::new()
    }
}

impl Scene {
    /// The VoIP catalog, at [`BEGIN`].
    pub fn new() -> Self {
        Self::with_catalog(VOIP)
    }

    /// The VoIP catalog with one figure changed.
    pub fn with_changed_catalog(from: &str, to: &str) -> Self {
        assert!(VOIP.contains(from), "{from} is not in the catalog");
        Self::with_catalog(&VOIP.replacen(from, to, 1))
    }

    pub fn with_catalog(catalog: &str) -> Self {
        let store = Sqlite::with_schema().expect("the schema");
        let scene = Self {
            store,
            settings: RefCell::new(BTreeMap::from([("SERVER_TIMING".to_string(), "rows".to_string())])),
            transport: RefCell::new(Rc::new(Nowhere)),
            now: Cell::new(at(BEGIN)),
            requests: Cell::new(0),
            sent_once: Cell::new(false),
            kept: KeptReplies::default(),
        };
        scene.load(catalog);
        scene
    }

    /// Loads another catalog, as the operator does.
    pub fn load(&self, catalog: &str) {
        self.execute(&Catalog::parse(catalog).expect("a sound catalog").sql());
    }

    /// From now on each batch is sent once: for tests that go through thousands of requests.
    pub fn send_once(&self) {
        self.sent_once.set(true);
    }

    pub(super) fn sends_once(&self) -> bool {
        self.sent_once.get()
    }

    /// A variable of the worker.
    pub fn set(&self, variable: &str, value: &str) {
        self.settings.borrow_mut().insert(variable.to_string(), value.to_string());
    }

    /// What answers the requests to other companies' systems.
    pub fn reach(&self, transport: Rc<dyn Transport>) {
        self.transport.replace(transport);
    }

    pub(super) fn transport(&self) -> Rc<dyn Transport> {
        self.transport.borrow().clone()
    }

    pub(super) fn variable(&self, name: &str) -> Option<String> {
        self.settings.borrow().get(name).cloned()
    }

    pub fn now(&self) -> Timestamp {
        self.now.get()
    }

    pub fn advance(&self, span: Span) {
        self.now.set(self.now() + span);
    }

    /// Sets the clock, also back.
    pub fn set_clock(&self, moment: &str) {
        self.now.set(at(moment));
    }

    /// What the next request will make its ids and its token from.
    pub fn upcoming(&self) -> RequestIds {
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&self.requests.get().to_be_bytes());
        let mut secret = seed;
        secret[31] = 1;
        RequestIds::new(self.now(), seed, secret)
    }

    /// The number of what comes now: ids follow from it.
    pub(super) fn count_request(&self) -> u64 {
        self.requests.replace(self.requests.get() + 1)
    }

    /// A signed token of that person, valid for an hour.
    pub fn token(&self, person: &Person) -> String {
        let seconds = self.now().0.div_euclid(1_000);
        let mut claims = person.claims.clone();
        claims.entry("iat").or_insert(seconds.into());
        claims.entry("exp").or_insert((seconds + 3_600).into());
        let key = Hs256Key::new(SECRET.as_bytes());
        Hs256.token(&Header::empty(), &Claims::new(Json::Object(claims)), &key).expect("a token")
    }

    /// A `POST` by that person.
    pub fn call(&self, function: &Function, person: &Person, body: Json) -> TestReply {
        self.call_with(function, person, &[], body)
    }

    /// A `POST` with further headers.
    pub fn call_with(&self, function: &Function, person: &Person, headers: &[(&str, &str)], body: Json) -> TestReply {
        self.send(function, &self.post(Some(person), headers, body.to_string().into_bytes()))
    }

    /// A `POST` about that organization.
    pub fn call_in(&self, function: &Function, organization: &str, person: &Person, body: Json) -> TestReply {
        self.call_with(function, person, &[("x-organization-id", organization)], body)
    }

    /// A `POST` without a token.
    pub fn call_unsigned(&self, function: &Function, body: Json) -> TestReply {
        self.send(function, &self.post(None, &[], body.to_string().into_bytes()))
    }

    /// A `GET` by that person.
    pub fn get(&self, function: &Function, person: &Person) -> TestReply {
        let headers = [("Authorization".to_string(), format!("Bearer {}", self.token(person)))];
        self.send(function, &Request::new("GET", "/", headers, Body::default()))
    }

    /// A call that must be refused and change nothing but when the address was last told of; gives its whole answer.
    pub fn refusal(&self, function: &Function, person: &Person, body: Json) -> (u16, Json) {
        self.refusal_with(function, person, &[], body)
    }

    pub fn refusal_with(
        &self,
        function: &Function,
        person: &Person,
        headers: &[(&str, &str)],
        body: Json,
    ) -> (u16, Json) {
        let before = self.all_but_when_told();
        let reply = self.call_with(function, person, headers, body);
        assert!(reply.status >= 400, "was not refused: {reply:?}");
        for (table, rows) in self.all_but_when_told() {
            assert_eq!(Some(&rows), before.get(&table), "the refused request changed the table {table}");
        }
        reply.answer()
    }

    /// Every row of every table, less when and by which request the users' addresses were told: a token tells of an address
    /// also where its request is refused.
    fn all_but_when_told(&self) -> BTreeMap<String, Json> {
        let mut everything = self.everything();
        let users = everything.get_mut("users").and_then(Json::as_array_mut);
        for user in users.into_iter().flatten().filter_map(Json::as_object_mut) {
            user.retain(|column, _| !["email_updated_at", "email_said_at", "request_id"].contains(&column.as_str()));
        }
        everything
    }

    pub fn post(&self, person: Option<&Person>, headers: &[(&str, &str)], body: Vec<u8>) -> Request {
        let mut all = vec![("Content-Type".to_string(), "application/json".to_string())];
        all.extend(person.map(|person| ("Authorization".to_string(), format!("Bearer {}", self.token(person)))));
        all.extend(headers.iter().map(|(name, value)| ((*name).to_string(), (*value).to_string())));
        Request::new("POST", "/", all, Body::Bytes(body))
    }

    /// The database itself.
    pub fn store(&self) -> &Sqlite {
        &self.store
    }

    /// Any request, through everything that a worker does.
    pub fn send(&self, function: &Function, request: &Request) -> TestReply {
        match self.sent_once.get() {
            true => self.send_through(&self.store, function, request),
            false => self.send_through(&SentTwice(&self.store), function, request),
        }
    }

    /// A request whose first answer is lost after the commit, and that comes again when others were there meanwhile: it must not
    /// change what they have left.
    pub fn send_overtaken(&self, function: &Function, request: &Request, meanwhile: &dyn Fn()) -> TestReply {
        self.send_overtaken_behind(0, function, request, meanwhile)
    }

    /// The same of the batch behind so many.
    pub fn send_overtaken_behind(
        &self,
        batches: usize,
        function: &Function,
        request: &Request,
        meanwhile: &dyn Fn(),
    ) -> TestReply {
        let store = Overtaken::new(&self.store, batches, meanwhile);
        let reply = self.send_through(&store, function, request);
        assert!(store.was_overtaken(), "there were fewer batches: {reply:?}");
        reply
    }

    /// The same through another store: one that fails, or that is overtaken.
    pub fn send_through<S: Store>(&self, store: &S, function: &Function, request: &Request) -> TestReply {
        let auth = AuthSettings {
            secret: Some(SECRET.to_string()),
            email_confirmation_required: true,
            view_as_secret: view_as_secret(|name| self.variable(name)),
            ..AuthSettings::default()
        };
        let ids = self.upcoming();
        self.count_request();
        let transport = self.transport();
        let environment = WorkerEnvironment {
            function,
            store,
            transport: transport.as_ref(),
            rate_limits: &crate::rate_limit::Unlimited,
            kept: &self.kept,
            variable: &|name| self.variable(name),
            auth: &auth,
            origins: &Origins::parse(Some(ORIGIN)),
            app_url: APP_URL,
            now: self.now(),
            clock: &|| self.now(),
            ids,
        };
        let (response, line) = pollster::block_on(handle(environment, request));
        let headers: BTreeMap<_, _> = response.headers.into_iter().collect();
        let batches = headers.get("server-timing").map_or(0, |timing| {
            let after = timing.split("batches=").nth(1).expect("the number of batches");
            after.split(' ').next().and_then(|number| number.parse().ok()).expect("a number of batches")
        });
        TestReply {
            status: response.status,
            body: match headers.contains_key("content-type") {
                _ if response.body.is_empty() => Json::Null,
                true => response.body.into(),
                false => serde_json::from_str(&response.body).unwrap(),
            },
            headers,
            batches,
            log: serde_json::from_str(&line).unwrap(),
        }
    }

    /// The first touch of `ada`, who is ada@example.com.
    pub fn sign_up(&self, id: &str) -> Person {
        self.first_touch(Person::named(id))
    }

    /// The first touch of a person whose claims are given.
    pub fn first_touch(&self, mut person: Person) -> Person {
        let reply = self.call(&TOUCH, &person, json!({}));
        assert_eq!(reply.status, 200, "{reply:?}");
        person.personal = reply.body["organizationId"].as_str().unwrap().to_string();
        person
    }

    /// A paid team on the catalog's plan `enterprise`, with its id for a name; the owner's current organization.
    pub fn team(&self, id: &str, owner: &Person) -> String {
        let now = self.now().0;
        self.execute(&format!(
            "INSERT INTO organizations (id, kind, org_type, name, slug, billing_email, founded_by, created_at)
             VALUES ('{id}', 'team', 'business', '{id}', '{id}', NULL, '{owner}', {now});
             INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end,
               updated_at) VALUES ('{id}', 'enterprise', 'active', {now}, {now} + 1, {now});",
            owner = owner.id
        ));
        self.member(id, owner, "owner");
        id.to_string()
    }

    /// Puts a person into a team, which becomes their current organization.
    pub fn member(&self, team: &str, person: &Person, role: &str) {
        let (user, now) = (&person.id, self.now().0);
        self.execute(&format!(
            "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
             VALUES ('{team}', '{user}', '{role}', {now}, 'scene');
             UPDATE users SET current_organization_id = '{team}' WHERE id = '{user}';"
        ));
    }

    /// A pending invitation, a week from expiring, whose token is `token of <id>`; gives the token.
    pub fn invitation(&self, team: &str, id: &str, email: &str, role: &str, inviter: &Person) -> String {
        let token = format!("token of {id}");
        let (hash, now, inviter) = (token_hash(&token), self.now().0, &inviter.id);
        let expires_at = now + Span::days(7).0;
        self.execute(&format!(
            "INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by,
               created_at, expires_at, request_id)
             VALUES ('{team}', '{id}', '{email}', '{role}', '{hash}', 'pending', '{inviter}', {now}, {expires_at},
               'scene');"
        ));
        token
    }

    /// SQL of the test's own: ageing rows, changing a subscription.
    pub fn execute(&self, sql: &str) {
        self.store.execute(sql).unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    }

    /// SQL that the schema must refuse; gives what it said.
    pub fn rejected(&self, sql: &str) -> String {
        format!("{:?}", self.store.execute(sql).expect_err(sql))
    }

    /// SQL as one transaction: all of it, or nothing and what the schema said.
    pub fn transaction(&self, sql: &str) -> Result<(), String> {
        self.store.mark().expect("a mark");
        let done = self.store.execute(sql);
        if done.is_err() {
            self.store.undo().expect("undone");
        }
        self.store.unmark().expect("no mark");
        done.map_err(|error| format!("{error:?}"))
    }

    /// Does what is undone afterwards: the rows, the clock, and the number of requests, which ids follow from.
    pub fn undone<T>(&self, work: impl FnOnce() -> T) -> T {
        let (now, requests) = (self.now(), self.requests.get());
        self.store.mark().expect("a mark");
        let done = work();
        self.store.undo().and_then(|()| self.store.unmark()).expect("undone");
        self.now.set(now);
        self.requests.set(requests);
        done
    }

    /// The rows of a query, as an array of objects.
    pub fn rows(&self, sql: &str) -> Json {
        let rows = self.store.query(sql).unwrap_or_else(|error| panic!("{error:?}: {sql}"));
        serde_json::to_value(rows).unwrap()
    }

    /// The audit events in order, less those of signing up.
    pub fn audit(&self) -> Json {
        self.rows(
            "SELECT organization_id AS organization, actor_id AS actor, action, target_id AS target, details
             FROM audit_events WHERE action <> 'user.registered' ORDER BY id",
        )
    }

    /// What the last event of a type carries when it is sent.
    pub fn sent(&self, event: &str) -> Json {
        let rows = self.rows(&format!(
            "SELECT event_payloads.payload FROM outbox JOIN event_payloads ON event_payloads.id = outbox.id
             WHERE event_type = '{event}' ORDER BY outbox.created_at DESC, outbox.id DESC LIMIT 1"
        ));
        let payload = rows[0]["payload"].as_str().unwrap_or_else(|| panic!("nothing was told of {event}"));
        serde_json::from_str(payload).unwrap()
    }

    /// The events to be delivered in order, less those of signing up. (`docs/EVENTS.md` says what each carries, and
    /// `tests/events.test.ts` holds it to that.)
    pub fn outbox(&self) -> Json {
        self.rows(
            "SELECT organization_id AS organization, event_type AS event, target_id AS target
             FROM outbox WHERE event_type <> 'user.registered' ORDER BY id",
        )
    }

    /// Every row of every table, to be compared later.
    pub fn everything(&self) -> BTreeMap<String, Json> {
        everything(&self.store)
    }

    /// Fails with the table that is no longer as it was.
    pub fn assert_unchanged(&self, before: &BTreeMap<String, Json>) {
        for (table, rows) in self.everything() {
            assert_eq!(Some(&rows), before.get(&table), "the table {table} was changed");
        }
    }
}
