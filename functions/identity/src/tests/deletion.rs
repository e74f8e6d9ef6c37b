use std::{cell::RefCell, rc::Rc};

use serde_json::{json, Value as Json};
use tallygate::{
    rules::{request_ids::Purpose, time::Span},
    testing::{refused, Person, Scene, TestReply, TOUCH},
    transport::{Incoming, Outgoing, Pending, Transport},
};

use super::{ada, amounts, clerk, one_of_everything, scene, with_address};

fn delete(scene: &Scene, id: &str) -> TestReply {
    clerk(scene, "user.deleted", &json!({"id": id, "object": "user", "deleted": true}))
}

/// Ada with a personal organization, as Clerk told of her.
fn signed_up(scene: &Scene) -> Person {
    scene.sign_up("ada")
}

fn touch(scene: &Scene, person: &Person) -> TestReply {
    scene.call(&TOUCH, person, json!({}))
}

#[test]
fn a_deleted_user_cannot_be_recognised_and_is_refused_at_once() {
    // given
    let scene = scene();
    let ada = signed_up(&scene);
    scene.execute(
        "UPDATE users SET username = 'countess', onboarding_completed_at = 5, account_type = 'admin';
         UPDATE organizations SET billing_email = 'ada@example.com', slug = 'ada-lovelace';
         INSERT INTO active_sessions (user_id, id, user_agent, browser_info, ip_address, created_at, last_heartbeat_at,
           ended_at, end_reason, request_id)
         VALUES ('ada', 'one', 'Firefox', '{}', '198.51.100.1', 1, 2, NULL, NULL, 'r'),
                ('ada', 'two', 'Chrome', NULL, '198.51.100.2', 1, 2, 3, 'signed_in_elsewhere', 'r');
         INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES ((SELECT id FROM organizations), 'uploads', 0, 7);",
    );
    let upcoming = scene.upcoming();
    // when
    let reply = delete(&scene, "ada");
    // then
    let body = json!({
        "success": true, "message": "The account was deleted.", "userId": "ada", "deleted": true,
        "cancelledSubscriptions": 0,
    });
    assert_eq!((reply.answer(), reply.batches), ((200, body), 1));
    let (now, request) = (scene.now().0, upcoming.request_id());
    assert_eq!(
        scene.rows(
            "SELECT id, email, email_verified, name, username, onboarding_completed_at, account_type,
               current_organization_id, deleted_at, request_id FROM users"
        ),
        json!([{
            "id": "ada", "email": null, "email_verified": 0, "name": "Deleted user", "username": null,
            "onboarding_completed_at": null, "account_type": "user", "current_organization_id": null,
            "deleted_at": now, "request_id": request,
        }])
    );
    assert_eq!(
        scene.rows("SELECT id, user_agent, browser_info, ip_address, ended_at, end_reason FROM active_sessions"),
        json!([
            {"id": "one", "user_agent": null, "browser_info": null, "ip_address": null, "ended_at": now, "end_reason": "terminated"},
            {"id": "two", "user_agent": null, "browser_info": null, "ip_address": null, "ended_at": 3, "end_reason": "signed_in_elsewhere"},
        ])
    );
    assert_eq!(
        scene.rows("SELECT id, name, slug, billing_email, archived_at, archived_by FROM organizations"),
        json!([{
            "id": ada.personal, "name": "Deleted user's Workspace", "slug": format!("former_{}", ada.personal),
            "billing_email": null, "archived_at": now,
            "archived_by": "ada",
        }])
    );
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM organization_members"), json!([{"n": 0}]));
    assert_eq!(scene.rows("SELECT quantity FROM usage_counters"), json!([{"quantity": 7}]));
    assert_eq!(
        scene.rows("SELECT id, actor_id, action, target_id FROM audit_events WHERE action <> 'user.registered' ORDER BY action"),
        json!([
            {"id": upcoming.id(Purpose::ArchiveEvent), "actor_id": "ada", "action": "organization.archived", "target_id": ada.personal},
            {"id": upcoming.id(Purpose::AuditEvent), "actor_id": "ada", "action": "user.deleted", "target_id": "ada"},
        ])
    );
    assert_eq!(
        scene.rows("SELECT event_type, target_id, organization_id FROM outbox WHERE event_type <> 'user.registered' ORDER BY event_type"),
        json!([
            {"event_type": "organization.archived", "target_id": ada.personal, "organization_id": ada.personal},
            {"event_type": "user.deleted", "target_id": "ada", "organization_id": ada.personal},
        ])
    );
    assert_eq!(touch(&scene, &ada).answer(), refused(403, "account_disabled", "This account is no longer active."));
    // and again
    let before = scene.everything();
    scene.advance(Span::seconds(9));
    assert_eq!(delete(&scene, "ada").body["deleted"], false);
    scene.assert_unchanged(&before);
}

#[test]
fn nothing_is_left_of_what_somebody_has_said_of_themselves() {
    // given: two people with a profile and a step of their way in
    let scene = scene();
    signed_up(&scene);
    scene.sign_up("bob");
    for user in ["ada", "bob"] {
        scene.execute(&format!(
            "INSERT INTO user_profiles (user_id, first_name, bio, created_at, updated_at, request_id) VALUES ('{user}', 'A', 'B', 1, 1, 'r');
             INSERT INTO onboarding_steps (user_id, step, answers, saved_at, request_id) VALUES ('{user}', 'company', '{{}}', 1, 'r');
             INSERT INTO packages (id, name, category, requires_subscription, position) VALUES ('sleep', 'Sleep', 'sleep', 0, 1) ON CONFLICT DO NOTHING;
             INSERT INTO user_packages (user_id, package_id, uses, request_id) VALUES ('{user}', 'sleep', 1, 'r');
             INSERT INTO user_preferences (user_id, name, value, updated_at, request_id) VALUES ('{user}', 'audio.volume', '5', 1, 'r');
             INSERT INTO user_analytics_sessions (user_id, id, day, seconds, completed, occurred_at, request_id) VALUES ('{user}', 'x', 0, 60, 1, 1, 'r');"
        ));
    }
    scene.execute(
        "UPDATE organizations SET description = 'Mine', avatar_url = 'https://example.com/a', settings = '{}'",
    );
    // when
    delete(&scene, "ada");
    // then
    for table in ["user_profiles", "onboarding_steps", "user_packages", "user_preferences", "user_analytics_sessions"] {
        assert_eq!(scene.rows(&format!("SELECT user_id FROM {table}")), json!([{"user_id": "bob"}]), "{table}");
    }
    assert_eq!(
        scene.rows("SELECT personal_user_id AS user, description, avatar_url, settings FROM organizations ORDER BY 1"),
        json!([
            {"user": "ada", "description": null, "avatar_url": null, "settings": null},
            {"user": "bob", "description": "Mine", "avatar_url": "https://example.com/a", "settings": "{}"},
        ])
    );
}

#[test]
fn a_team_goes_to_its_oldest_admin_who_can_act() {
    // given: admins of different ages, the oldest of them banned
    let scene = scene();
    let ada = signed_up(&scene);
    let [bob, cid, dan, eve] = ["bob", "cid", "dan", "eve"].map(|id| scene.sign_up(id));
    let team = scene.team("team", &ada);
    for (person, role, joined) in [(&bob, "admin", 10), (&cid, "admin", 30), (&dan, "admin", 20), (&eve, "member", 1)] {
        scene.member(&team, person, role);
        scene.execute(&format!("UPDATE organization_members SET joined_at = {joined} WHERE user_id = '{person}' AND organization_id = 'team'", person = person.id));
    }
    scene.execute("UPDATE users SET banned_at = 1 WHERE id = 'bob'");
    // when
    delete(&scene, "ada");
    // then
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'team' ORDER BY user_id"),
        json!([
            {"user_id": "bob", "role": "admin"}, {"user_id": "cid", "role": "admin"},
            {"user_id": "dan", "role": "owner"}, {"user_id": "eve", "role": "member"},
        ])
    );
    assert_eq!(scene.rows("SELECT archived_at FROM organizations WHERE id = 'team'"), json!([{"archived_at": null}]));
    assert_eq!(
        scene.rows(
            "SELECT actor_id, action, target_id FROM audit_events WHERE organization_id = 'team' ORDER BY action"
        ),
        json!([
            {"actor_id": "ada", "action": "ownership.transferred", "target_id": "dan"},
            {"actor_id": "ada", "action": "user.deleted", "target_id": "ada"},
        ])
    );
    assert_eq!(
        scene.rows("SELECT event_type FROM outbox WHERE organization_id = 'team' ORDER BY event_type"),
        json!([{"event_type": "member.removed"}, {"event_type": "member.role_changed"}])
    );
    assert_eq!(touch(&scene, &dan).body["role"], "owner");
}

#[test]
fn of_admins_who_joined_together_the_first_by_id_inherits() {
    let scene = scene();
    let ada = signed_up(&scene);
    let [zoe, bob] = ["zoe", "bob"].map(|id| scene.sign_up(id));
    let team = scene.team("team", &ada);
    scene.member(&team, &zoe, "admin");
    scene.member(&team, &bob, "admin");
    delete(&scene, "ada");
    assert_eq!(
        scene.rows("SELECT user_id FROM organization_members WHERE organization_id = 'team' AND role = 'owner'"),
        json!([{"user_id": "bob"}])
    );
}

#[test]
fn a_team_with_another_owner_goes_on() {
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    let team = scene.team("team", &ada);
    scene.member(&team, &bob, "owner");
    delete(&scene, "ada");
    assert_eq!(
        scene.rows("SELECT action FROM audit_events WHERE organization_id = 'team'"),
        json!([{"action": "user.deleted"}])
    );
    assert_eq!(touch(&scene, &bob).body["organizationId"], "team");
}

#[test]
fn a_team_that_nobody_inherits_is_archived_and_its_members_are_at_home_again() {
    // given
    let scene = scene();
    let (ada, bob, cid) = (signed_up(&scene), scene.sign_up("bob"), scene.sign_up("cid"));
    let team = scene.team("team", &ada);
    scene.member(&team, &bob, "member");
    scene.member(&team, &cid, "viewer");
    let elsewhere = scene.team("elsewhere", &cid);
    scene.invitation(&team, "invited", "new@example.com", "member", &ada);
    scene.invitation(&elsewhere, "kept", "new@example.com", "member", &cid);
    // when
    delete(&scene, "ada");
    // then
    let now = scene.now().0;
    assert_eq!(
        scene.rows("SELECT archived_at, archived_by, name FROM organizations WHERE id = 'team'"),
        json!([{"archived_at": now, "archived_by": "ada", "name": "team"}])
    );
    assert_eq!(
        scene.rows("SELECT id, status, resolved_at FROM organization_invitations ORDER BY id"),
        json!([
            {"id": "invited", "status": "revoked", "resolved_at": now},
            {"id": "kept", "status": "pending", "resolved_at": null},
        ])
    );
    let reply = touch(&scene, &bob);
    assert_eq!((reply.status, reply.body["organizationId"].clone()), (200, json!(bob.personal)));
    assert_eq!(touch(&scene, &cid).body["organizationId"], json!(elsewhere));
}

#[test]
fn somebody_who_was_never_seen_leaves_a_mark_that_stops_what_comes_late() {
    let scene = scene();
    assert_eq!(delete(&scene, "ada").body["deleted"], true);
    let only_a_user =
        json!([{"users": 1, "organizations": 0, "members": 0, "subscriptions": 0, "audit": 0, "outbox": 0}]);
    assert_eq!(amounts(&scene), only_a_user);
    let reply = clerk(&scene, "user.created", &ada(0));
    let body = json!({
        "success": true, "message": "The account was deleted before; nothing was changed.", "userId": "ada",
        "registered": false, "updated": false,
    });
    assert_eq!(reply.answer(), (200, body));
    assert_eq!(touch(&scene, &Person::named("ada")).status, 403);
    assert_eq!(amounts(&scene), only_a_user);
}

#[test]
fn an_address_that_comes_back_under_a_new_id_has_nothing_of_the_old_one() {
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    delete(&scene, "ada");
    let again = super::with(ada(5), "id", json!("ada2"));
    assert_eq!(clerk(&scene, "user.created", &again).body["registered"], true);
    assert_eq!(
        scene.rows(
            "SELECT user_id, archived_at FROM organization_members m JOIN organizations o ON o.id = m.organization_id"
        ),
        json!([{"user_id": "ada2", "archived_at": null}])
    );
    let new = Person::named("ada2").with("email", json!("ada@example.com"));
    assert_eq!(touch(&scene, &new).status, 200);
    assert_ne!(amounts(&scene), one_of_everything());
}

/// Stripe, which answers with a status and remembers what it was asked.
struct Answering {
    status: u16,
    asked: RefCell<Vec<String>>,
}

impl Answering {
    fn with(status: u16) -> Rc<Self> {
        Rc::new(Self { status, asked: RefCell::default() })
    }
}

impl Transport for Answering {
    fn send<'a>(&'a self, request: &'a Outgoing) -> Pending<'a, Result<Incoming, String>> {
        let body = request.body.as_ref().map_or(String::new(), |body| format!(" {body}"));
        self.asked.borrow_mut().push(format!("{} {}{body}", request.method, request.url));
        let body = json!({"error": {"message": "no", "type": "invalid_request_error"}}).to_string();
        Box::pin(std::future::ready(Ok(Incoming { status: self.status, headers: vec![], body })))
    }

    fn wait_up_to(&self, _milliseconds: u32) -> Pending<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// Ada alone in a team that pays, with an older subscription that is over; and in another one that goes on.
fn paying(scene: &Scene) {
    let (ada, bob) = (signed_up(scene), scene.sign_up("bob"));
    scene.team("team", &ada);
    scene.team("kept", &ada);
    scene.member("kept", &bob, "owner");
    for (team, id, status) in
        [("team", "sub_live", "past_due"), ("team", "sub_over", "canceled"), ("kept", "sub_kept", "active")]
    {
        scene.execute(&format!(
            "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id,
               status, amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at,
               observed_at, request_id)
             VALUES ('{team}', '{id}', 'si_1', 'price_1', '{status}', 1, 'usd', 'month', 1, 2, 1, 1, 'r')"
        ));
    }
}

#[test]
fn what_nobody_can_use_any_more_is_not_paid_for_any_more() {
    // given
    let scene = scene();
    paying(&scene);
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    let stripe = Answering::with(500);
    scene.reach(stripe.clone());
    // when Stripe cannot do it
    let reply = delete(&scene, "ada");
    // then Clerk is told to come again, and the account is gone all the same
    assert_eq!((reply.status, reply.body["code"].clone()), (503, json!("provider_unavailable")));
    assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM users WHERE deleted_at IS NOT NULL"), json!([{"n": 1}]));
    // when it can
    let before = scene.everything();
    let stripe = Answering::with(404);
    scene.reach(stripe.clone());
    let reply = delete(&scene, "ada");
    // then
    assert_eq!(
        (reply.status, reply.body["deleted"].clone(), reply.body["cancelledSubscriptions"].clone()),
        (200, json!(false), json!(1))
    );
    assert_eq!(*stripe.asked.borrow(), ["DELETE https://api.stripe.com/v1/subscriptions/sub_live"]);
    scene.assert_unchanged(&before);
}

#[test]
fn whoever_owes_something_is_not_forgotten_at_stripe_before_it_is_billed() {
    // given: what they have used beyond their plan, of a period that goes on
    let scene = scene();
    let ada = signed_up(&scene);
    let stripe = with_stripe(&scene);
    scene.execute(&format!(
        "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{0}', 'cus_ada', 1);
         INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, period_end)
         VALUES ('{0}', 'calls', 1, 9, 5000, {1})",
        ada.personal,
        (scene.now() + Span::days(9)).0
    ));
    // when
    assert_eq!(delete(&scene, "ada").status, 200);
    // then
    assert_eq!(*stripe.asked.borrow(), Vec::<String>::new());
    assert_eq!(
        scene.rows("SELECT stripe_customer_id FROM billing_customers"),
        json!([{"stripe_customer_id": "cus_ada"}])
    );
}

#[test]
fn without_a_key_nobody_forgets_that_something_is_still_paid_for() {
    let scene = scene();
    paying(&scene);
    assert_eq!(delete(&scene, "ada").answer(), refused(503, "not_configured", "This is not set up yet."));
    let rows: Json = scene.rows("SELECT COUNT(*) AS n FROM users WHERE deleted_at IS NOT NULL");
    assert_eq!(rows, json!([{"n": 1}]));
}

/// Everything that a database holds as text.
fn texts(scene: &Scene) -> String {
    serde_json::to_string(&scene.everything()).unwrap()
}

#[test]
fn nothing_that_names_them_is_left_in_any_column() {
    // given: Ada with her address wherever it may stand
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    let [alone, shared] = ["alone", "shared"].map(|team| scene.team(team, &ada));
    scene.member(&shared, &bob, "admin");
    let other = scene.team("other", &bob);
    scene.invitation(&other, "waiting", "ada@example.com", "member", &bob);
    scene.invitation(&shared, "theirs", "guest@example.com", "member", &ada);
    scene.execute(
        "UPDATE users SET username = 'lovelace', concluded_email = 'ada@example.com', concluded_verified = 1, concluded_at = 3
           WHERE id = 'ada';
         UPDATE organizations SET billing_email = 'ada@example.com' WHERE id IN ('alone', 'shared');
         UPDATE organization_invitations SET status = 'accepted', resolved_at = 5 WHERE id = 'theirs';
         INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at,
           expires_at, resolved_at, request_id)
         VALUES ('other', 'declined', 'ada@example.com', 'member', printf('%064d', 1), 'declined', 'bob', 1, 2, 2, 'r');
         INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at,
           expires_at, resolved_at, answered_by, request_id)
         VALUES ('other', 'earlier', 'countess@example.com', 'member', printf('%064d', 2), 'accepted', 'bob', 1, 2, 2, 'ada', 'r');
         INSERT INTO organization_invitations (organization_id, id, email, role, token_hash, status, invited_by, created_at,
           expires_at, request_id)
         VALUES ('other', 'unanswered', 'lovelace@example.com', 'member', printf('%064d', 3), 'pending', 'bob', 1, 2, 'r');
         UPDATE users SET email = 'lovelace@example.com' WHERE id = 'ada';
         UPDATE users SET email = 'ada@example.com' WHERE id = 'ada';
         INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
         VALUES ('converted', 'team', 'business', 'Ada''s Workspace', 'converted', 'ada', 1);
         INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
         VALUES ('converted', 'ada', 'owner', 1, 'r');
         INSERT INTO mail_preferences (user_id, language, updated_at, request_id) VALUES ('ada', 'de', 1, 'r'), ('bob', 'de', 1, 'r');
         INSERT INTO mail_suppressions (address, reason, created_at)
         VALUES ('ada@example.com', 'bounced', 1), ('countess@example.com', 'complained', 1),
           ('lovelace@example.com', 'unsubscribed', 1), ('bob@example.com', 'bounced', 1);
         INSERT INTO active_sessions (user_id, id, user_agent, browser_info, ip_address, provider_session, secret_hash,
           created_at, last_heartbeat_at, request_id)
         VALUES ('ada', 'desk', 'Lovelace browser', 'Lovelace', '198.51.100.1', 'sess_lovelace', 'hash', 1, 2, 'r');",
    );
    assert!(texts(&scene).contains("ada@example.com") && texts(&scene).to_lowercase().contains("lovelace"));
    // when
    assert_eq!(delete(&scene, "ada").status, 200);
    // then: neither address, name, browser nor session; what was sent to others stays
    let left = texts(&scene).to_lowercase();
    for personal in ["ada@example.com", "countess", "lovelace", "198.51.100.1", "ada's"] {
        let place = left.find(personal).map(|at| left[at.saturating_sub(200)..at].to_string());
        assert_eq!(place, None, "{personal}");
    }
    assert_eq!(scene.rows("SELECT user_id FROM mail_preferences"), json!([{"user_id": "bob"}]));
    assert_eq!(scene.rows("SELECT address FROM mail_suppressions"), json!([{"address": "bob@example.com"}]));
    assert_eq!(
        scene.rows("SELECT id, email, status FROM organization_invitations ORDER BY id"),
        json!([
            {"id": "declined", "email": "erased", "status": "declined"},
            {"id": "earlier", "email": "erased", "status": "accepted"},
            {"id": "theirs", "email": "guest@example.com", "status": "accepted"},
            {"id": "unanswered", "email": "erased", "status": "revoked"},
            {"id": "waiting", "email": "erased", "status": "revoked"},
        ])
    );
    assert_eq!(
        scene.rows("SELECT id, billing_email FROM organizations WHERE id IN ('alone', 'shared') ORDER BY id"),
        json!([{"id": alone, "billing_email": null}, {"id": shared, "billing_email": "bob@example.com"}])
    );
}

#[test]
fn what_was_sent_to_an_address_that_they_only_claimed_stays() {
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    let team = scene.team("team", &bob);
    scene.invitation(&team, "waiting", "ada@example.com", "member", &bob);
    // An account with the address of somebody else, which it has not verified; and one more that has.
    let liar = Person::named("liar").with("email", json!("ada@example.com")).with("email_verified", json!(false));
    scene.first_touch(liar);
    delete(&scene, "liar");
    let waiting = json!([{"email": "ada@example.com", "status": "pending"}]);
    assert_eq!(scene.rows("SELECT email, status FROM organization_invitations"), waiting);
    let twin = Person::named("twin").with("email", json!("ada@example.com"));
    scene.first_touch(twin);
    delete(&scene, "twin");
    assert_eq!(scene.rows("SELECT email, status FROM organization_invitations"), waiting);
    delete(&scene, &ada.id);
    assert_eq!(
        scene.rows("SELECT email, status FROM organization_invitations"),
        json!([{"email": "erased", "status": "revoked"}])
    );
}

#[test]
fn stripe_forgets_whose_it_was_and_is_told_where_the_invoices_of_a_team_that_goes_on_are_sent() {
    // given: a personal customer, one of a team that ends, one of a team that goes on
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    scene.team("ends", &ada);
    scene.team("goes_on", &ada);
    scene.member("goes_on", &bob, "owner");
    for (organization, customer) in
        [(ada.personal.as_str(), "cus_ada"), ("ends", "cus_ends"), ("goes_on", "cus_goes_on")]
    {
        scene.execute(&format!(
            "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{organization}', '{customer}', 1)"
        ));
    }
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    // when Stripe is away
    let stripe = Answering::with(500);
    scene.reach(stripe);
    assert_eq!(delete(&scene, "ada").status, 503);
    assert_eq!(
        scene.rows("SELECT stripe_customer_id FROM billing_customers WHERE email_is_stale = 1"),
        json!([{"stripe_customer_id": "cus_ends"}, {"stripe_customer_id": "cus_goes_on"}])
    );
    // and when it is back: 404 is as good as done
    let stripe = Answering::with(404);
    scene.reach(stripe.clone());
    let reply = delete(&scene, "ada");
    assert_eq!((reply.status, reply.batches), (200, 2));
    assert_eq!(
        *stripe.asked.borrow(),
        [
            "DELETE https://api.stripe.com/v1/customers/cus_ada",
            "DELETE https://api.stripe.com/v1/customers/cus_ends",
            "POST https://api.stripe.com/v1/customers/cus_goes_on email=bob%40example.com",
        ]
    );
    // What is deleted is let go when Stripe's message says so.
    assert_eq!(
        scene.rows("SELECT stripe_customer_id FROM billing_customers WHERE email_is_stale = 1"),
        json!([{"stripe_customer_id": "cus_ends"}])
    );
}

#[test]
fn whoever_only_claims_an_address_takes_nothing_from_whose_it_is() {
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    let team = scene.team("team", &bob);
    scene.execute("UPDATE organizations SET billing_email = 'ada@example.com' WHERE id = 'team'");
    // A member with Ada's address, which nobody has confirmed.
    let liar = Person::named("liar").with("email", json!("ada@example.com")).with("email_verified", json!(false));
    let liar = scene.first_touch(liar);
    scene.member(&team, &liar, "member");
    let billed = || scene.rows("SELECT billing_email FROM organizations WHERE id = 'team'")[0]["billing_email"].clone();
    delete(&scene, "liar");
    assert_eq!(billed(), "ada@example.com");
    // And a claim keeps nothing from being forgotten.
    let other = Person::named("other").with("email", json!("ada@example.com")).with("email_verified", json!(false));
    scene.first_touch(other);
    scene.member(&team, &ada, "member");
    scene.invitation(&team, "waiting", "ada@example.com", "member", &bob);
    delete(&scene, "ada");
    assert_eq!(billed(), "bob@example.com");
    assert_eq!(scene.rows("SELECT email FROM organization_invitations"), json!([{"email": "erased"}]));
}

#[test]
fn a_founder_who_has_left_is_forgotten_by_what_they_founded() {
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    let team = scene.team("team", &ada);
    scene.member(&team, &bob, "owner");
    scene.execute(
        "DELETE FROM organization_members WHERE user_id = 'ada' AND organization_id = 'team';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('team', 'cus_team', 1)",
    );
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    let stripe = Answering::with(404);
    scene.reach(stripe.clone());
    assert_eq!(delete(&scene, &ada.id).status, 200);
    assert_eq!(*stripe.asked.borrow(), ["POST https://api.stripe.com/v1/customers/cus_team email=bob%40example.com"]);
    let now = scene.now().0;
    assert_eq!(
        scene.rows("SELECT email_is_stale, observed_at FROM billing_customers"),
        json!([{"email_is_stale": 0, "observed_at": now}])
    );
}

#[test]
fn another_owner_who_is_banned_keeps_nothing() {
    // given: two teams whose other owner is banned, one of them with an admin; Ada pays for the other one
    let scene = scene();
    let (ada, bob, cid) = (signed_up(&scene), scene.sign_up("bob"), scene.sign_up("cid"));
    for team in ["staffed", "alone"] {
        scene.team(team, &ada);
        scene.member(team, &bob, "owner");
    }
    scene.member("staffed", &cid, "admin");
    scene.execute(
        "UPDATE users SET banned_at = 1 WHERE id = 'bob';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('alone', 'cus_alone', 1);
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('alone', 'sub_alone', 'si_1', 'price_1', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')",
    );
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    let stripe = Answering::with(404);
    scene.reach(stripe.clone());
    // when
    assert_eq!(delete(&scene, "ada").body["cancelledSubscriptions"], 1);
    // then: the admin runs the one, and nobody pays for the other
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'staffed' ORDER BY user_id"),
        json!([{"user_id": "bob", "role": "owner"}, {"user_id": "cid", "role": "owner"}])
    );
    assert_eq!(touch(&scene, &cid).body["role"], "owner");
    assert_eq!(
        scene.rows("SELECT id, archived_by FROM organizations WHERE kind = 'team' ORDER BY id"),
        json!([{"id": "alone", "archived_by": "ada"}, {"id": "staffed", "archived_by": null}])
    );
    assert_eq!(
        *stripe.asked.borrow(),
        [
            "DELETE https://api.stripe.com/v1/subscriptions/sub_alone",
            "DELETE https://api.stripe.com/v1/customers/cus_alone",
        ]
    );
}

/// Ada's team with a customer and a subscription at Stripe, which somebody archived so many days ago.
fn archived(scene: &Scene, team: &str, owner: &Person, by: &str, days: i64) {
    scene.team(team, owner);
    let at = (scene.now() - Span::days(days)).0;
    scene.execute(&format!(
        "UPDATE organizations SET archived_at = {at}, archived_by = '{by}', billing_email = 'ada@example.com',
           name = 'Ada''s Workspace' WHERE id = '{team}';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{team}', 'cus_{team}', 1);
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status,
           amount_cents, currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('{team}', 'sub_{team}', 'si_1', 'price_1', 'active', 1, 'usd', 'month', 1, 2, 1, 1, 'r')"
    ));
}

/// What is kept of the archived team.
fn kept(scene: &Scene) -> Json {
    scene.rows("SELECT name, billing_email, archived_at, archived_by FROM organizations WHERE id = 'team'")
}

fn with_stripe(scene: &Scene) -> Rc<Answering> {
    scene.set("STRIPE_SECRET_KEY", "sk_test");
    let stripe = Answering::with(404);
    scene.reach(stripe.clone());
    stripe
}

const TOLD: &str = "POST https://api.stripe.com/v1/customers/cus_team email=bob%40example.com";
const ENDED: [&str; 2] =
    ["DELETE https://api.stripe.com/v1/subscriptions/sub_team", "DELETE https://api.stripe.com/v1/customers/cus_team"];

#[test]
fn an_archived_team_with_another_owner_keeps_its_customer_and_has_that_owners_address() {
    for by in ["ada", "bob"] {
        // given
        let scene = scene();
        let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
        archived(&scene, "team", &ada, by, 29);
        scene.member("team", &bob, "owner");
        let (before, stripe) = (kept(&scene), with_stripe(&scene));
        // when
        assert_eq!(delete(&scene, "ada").body["cancelledSubscriptions"], 0);
        // then
        let row = json!([{
            "name": "Ada's Workspace", "billing_email": "bob@example.com", "archived_at": before[0]["archived_at"],
            "archived_by": by,
        }]);
        assert_eq!((kept(&scene), stripe.asked.borrow().clone()), (row, vec![TOLD.to_string()]), "{by}");
        // and again
        assert_eq!(delete(&scene, "ada").status, 200);
        assert_eq!(stripe.asked.borrow().len(), 1);
    }
}

#[test]
fn an_archived_team_that_may_be_had_back_is_inherited() {
    // given: the oldest admin is banned
    let scene = scene();
    let (ada, bob, cid, eve) = (signed_up(&scene), scene.sign_up("bob"), scene.sign_up("cid"), scene.sign_up("eve"));
    archived(&scene, "team", &ada, "ada", 29);
    for (person, joined) in [(&eve, 1), (&bob, 2), (&cid, 3)] {
        scene.member("team", person, "admin");
        scene.execute(&format!("UPDATE organization_members SET joined_at = {joined} WHERE user_id = '{}'", person.id));
    }
    scene.execute("UPDATE users SET banned_at = 1 WHERE id = 'eve'");
    let (before, stripe) = (kept(&scene), with_stripe(&scene));
    // when
    delete(&scene, "ada");
    // then
    assert_eq!(
        scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'team' ORDER BY user_id"),
        json!([
            {"user_id": "bob", "role": "owner"}, {"user_id": "cid", "role": "admin"}, {"user_id": "eve", "role": "admin"},
        ])
    );
    assert_eq!(kept(&scene)[0]["archived_at"], before[0]["archived_at"]);
    assert_eq!(kept(&scene)[0]["billing_email"], "bob@example.com");
    assert_eq!(*stripe.asked.borrow(), [TOLD]);
    assert_eq!(
        scene.rows("SELECT action FROM audit_events WHERE organization_id = 'team' ORDER BY action"),
        json!([{"action": "ownership.transferred"}, {"action": "user.deleted"}])
    );
}

#[test]
fn an_archived_team_that_nobody_may_have_back_is_ended_and_not_archived_again() {
    // given: nobody but a member; or the 30 days are over, whoever else is there; archived by her or by somebody else
    for (role, by, days) in [("member", "ada", 1), ("member", "bob", 1), ("admin", "ada", 30), ("owner", "bob", 30)] {
        let scene = scene();
        let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
        archived(&scene, "team", &ada, by, days);
        scene.member("team", &bob, role);
        let (before, stripe) = (kept(&scene), with_stripe(&scene));
        // when
        assert_eq!(delete(&scene, "ada").body["cancelledSubscriptions"], 1, "{role} {by}");
        // then
        let row = json!([{
            "name": "Deleted user's Workspace", "billing_email": null, "archived_at": before[0]["archived_at"],
            "archived_by": "ada",
        }]);
        assert_eq!(
            (kept(&scene), stripe.asked.borrow().clone()),
            (row, ENDED.map(String::from).to_vec()),
            "{role} {by}"
        );
        assert_eq!(
            scene.rows("SELECT user_id, role FROM organization_members WHERE organization_id = 'team'"),
            json!([{"user_id": "bob", "role": role}])
        );
        assert_eq!(
            scene.rows("SELECT action FROM audit_events WHERE organization_id = 'team'"),
            json!([{"action": "user.deleted"}])
        );
    }
}

#[test]
fn an_archived_team_that_is_billed_to_its_founder_is_billed_to_its_next_owner() {
    let scene = scene();
    let (ada, bob) = (signed_up(&scene), scene.sign_up("bob"));
    archived(&scene, "team", &ada, "bob", 1);
    scene.member("team", &bob, "owner");
    scene.execute("UPDATE organizations SET billing_email = NULL WHERE id = 'team'");
    let stripe = with_stripe(&scene);
    delete(&scene, "ada");
    assert_eq!(kept(&scene)[0]["billing_email"], "bob@example.com");
    assert_eq!(*stripe.asked.borrow(), [TOLD]);
}

#[test]
fn nothing_is_left_of_an_address_that_they_had_before() {
    // given: teams that are billed to Ada's address: one with a customer, an archived one, and one that she has left; one that
    // is billed to somebody else's
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    let (herself, bob) = (Person::named("ada"), scene.sign_up("bob"));
    for team in ["team", "archived", "left", "others"] {
        scene.team(team, &herself);
        scene.member(team, &bob, "owner");
    }
    let archived_at = scene.now().0;
    scene.execute(&format!(
        "UPDATE organizations SET billing_email = 'ada@example.com' WHERE kind = 'team';
         UPDATE organizations SET billing_email = 'books@example.com' WHERE id = 'others';
         UPDATE organizations SET archived_at = {archived_at}, archived_by = 'bob' WHERE id = 'archived';
         DELETE FROM organization_members WHERE organization_id = 'left' AND user_id = 'ada';
         INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('team', 'cus_team', 1);
         INSERT INTO mail_suppressions (address, reason, created_at) VALUES ('ada@example.com', 'bounced', 1);",
    ));
    let billed = || {
        let rows = scene.rows("SELECT billing_email FROM organizations WHERE kind = 'team' ORDER BY id");
        rows.as_array().unwrap().iter().map(|row| row["billing_email"].clone()).collect::<Vec<_>>()
    };
    // when she has another one
    assert_eq!(clerk(&scene, "user.updated", &with_address(ada(1), "countess@example.com", "verified")).status, 200);
    // then the invoices follow her
    let new = json!("countess@example.com");
    assert_eq!(billed(), [new.clone(), new.clone(), json!("books@example.com"), new.clone()]);
    assert_eq!(scene.rows("SELECT address FROM mail_suppressions"), json!([]));
    // and when she goes, neither address is left, nor at Stripe
    let stripe = with_stripe(&scene);
    assert_eq!(delete(&scene, "ada").status, 200);
    let heir = json!("bob@example.com");
    assert_eq!(billed(), [heir.clone(), heir.clone(), json!("books@example.com"), heir]);
    assert_eq!(*stripe.asked.borrow(), [TOLD]);
    let left = texts(&scene).to_lowercase();
    assert!(!left.contains("ada@example.com") && !left.contains("countess"));
}

#[test]
fn an_address_that_is_left_keeps_what_is_not_theirs() {
    // given: an address that came back from an invitation, one that another account has too, and one that is only claimed
    let scene = scene();
    clerk(&scene, "user.created", &ada(0));
    let bob = scene.sign_up("bob");
    let team = scene.team("team", &bob);
    scene.invitation(&team, "waiting", "ada@example.com", "member", &bob);
    scene.execute(
        "UPDATE organizations SET billing_email = 'ada@example.com' WHERE id = 'team';
         INSERT INTO mail_suppressions (address, reason, created_at) VALUES ('ada@example.com', 'unsubscribed', 1);",
    );
    // when
    clerk(&scene, "user.updated", &with_address(ada(1), "countess@example.com", "unverified"));
    // then: she is no member of that team; what nobody is to send there any more is remembered until she goes
    let suppressed = || scene.rows("SELECT address FROM mail_suppressions");
    assert_eq!(
        scene.rows("SELECT billing_email FROM organizations WHERE id = 'team'")[0]["billing_email"],
        "ada@example.com"
    );
    assert_eq!(suppressed(), json!([{"address": "ada@example.com"}]));
    delete(&scene, "ada");
    assert_eq!(suppressed(), json!([]));
}
