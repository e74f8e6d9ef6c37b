//! Events that come through a queue: at least once and in any order, and each is counted once.

use proptest::prelude::*;
use serde_json::{json, Value as Json};
use tallygate::{
    rules::invitation::token_hash,
    testing::{Killed, Person, Scene},
    usage::queue::{Outcome, Report},
};

use super::VOICE_TRAINING;

const KEY: &str = "tg_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

fn scene() -> Scene {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    scene.execute(&format!(
        "INSERT INTO service_keys (id, name, key_hash, can_write_usage, can_read_usage, created_at)
         VALUES ('key_queue', 'The queue', '{}', 1, 0, 1)",
        token_hash(KEY)
    ));
    scene
}

fn message(of: &Person, key: &str) -> Json {
    json!({"organizationId": of.personal, "feature": "training_sessions", "idempotencyKey": key, "userId": "u1"})
}

fn used(scene: &Scene, of: &Person) -> Json {
    scene.rows(&format!(
        "SELECT COALESCE(SUM(quantity), 0) AS used, (SELECT COUNT(*) FROM usage_events event
           WHERE event.organization_id = '{0}' AND event.accepted = 1) AS events
         FROM usage_counters WHERE organization_id = '{0}'",
        of.personal
    ))
}

#[test]
fn messages_of_many_are_one_transaction_an_organization_and_each_is_counted_once() {
    let scene = scene();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let messages = [message(&ada, "a"), message(&bob, "a"), message(&ada, "b"), message(&ada, "a")];
    for _ in 0..3 {
        assert_eq!(scene.deliver(&messages, KEY), vec![Outcome::Written; 4]);
    }
    assert_eq!(used(&scene, &ada), json!([{"used": 2, "events": 2}]));
    assert_eq!(used(&scene, &bob), json!([{"used": 1, "events": 1}]));
    assert_eq!(
        scene.rows("SELECT DISTINCT key_id, subject, user_id FROM usage_events"),
        json!([{"key_id": "key_queue", "subject": "u1", "user_id": null}])
    );
}

#[test]
fn what_will_never_be_written_says_why_and_hinders_no_other() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let refused = |code: &'static str| move |outcome: &Outcome| matches!(outcome, Outcome::Refused { code: is, .. } if *is == code);
    let mut nowhere = message(&ada, "n");
    nowhere["organizationId"] = json!("nowhere");
    let mut keyless = message(&ada, "k");
    keyless["idempotencyKey"] = Json::Null;
    let mut many = message(&ada, "m");
    many["quantity"] = json!(11);
    let mut other = message(&ada, "a");
    other["quantity"] = json!(2);
    let outcomes = scene.deliver(&[json!("text"), nowhere, keyless, many, message(&ada, "a"), other], KEY);
    for (place, code) in [
        (0, "invalid_json"),
        (1, "organization_not_found"),
        (2, "invalid_field"),
        (3, "limit_reached"),
        (5, "idempotency_key_reused"),
    ] {
        assert!(refused(code)(&outcomes[place]), "{place}: {:?}", outcomes[place]);
    }
    assert_eq!(outcomes[4], Outcome::Written);
    let report = Report::of("usage-events", &outcomes);
    assert_eq!((report.messages, report.written, report.again, report.refused.values().sum::<usize>()), (6, 1, 0, 5));
    assert_eq!(used(&scene, &ada), json!([{"used": 1, "events": 1}]));
}

#[test]
fn a_key_that_is_good_for_nothing_is_the_operators_to_mend_and_loses_no_message() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let again = |key: &str| matches!(scene.deliver(&[message(&ada, "a")], key)[..], [Outcome::Again { .. }]);
    assert!(again("tg_short") && again(&KEY.replace('a', "b")));
    scene.execute("UPDATE service_keys SET can_write_usage = 0, can_read_usage = 1");
    assert!(again(KEY));
    scene.execute("UPDATE service_keys SET can_write_usage = 1, revoked_at = 1");
    assert!(again(KEY));
    scene.execute("UPDATE service_keys SET revoked_at = NULL");
    assert_eq!(scene.deliver(&[message(&ada, "a")], KEY), [Outcome::Written]);
}

#[test]
fn what_is_not_paid_for_may_be_before_the_next_delivery() {
    let scene = scene();
    let ada = scene.sign_up("ada");
    let pays = |status: &str| {
        scene.execute(&format!(
            "UPDATE org_subscriptions SET status = '{status}' WHERE organization_id = '{}'",
            ada.personal
        ));
    };
    assert_eq!(scene.deliver(&[message(&ada, "a")], KEY), [Outcome::Written]);
    pays("unpaid");
    // One that was written before, and one that waits.
    let outcomes = scene.deliver(&[message(&ada, "a"), message(&ada, "b")], KEY);
    assert!(matches!(outcomes[..], [Outcome::Written, Outcome::Again { .. }]), "{outcomes:?}");
    assert!(matches!(scene.deliver(&[message(&ada, "b")], KEY)[..], [Outcome::Again { .. }]));
    pays("active");
    assert_eq!(scene.deliver(&[message(&ada, "b")], KEY), [Outcome::Written]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(tallygate::testing::cases(40)))]

    /// Deliveries that repeat and come in any order, and a consumer that dies after any batch, heard or not: nothing is lost
    /// and nothing is there twice.
    #[test]
    fn whatever_is_delivered_how_often_and_dies_where(
        deliveries in prop::collection::vec((prop::collection::vec((0_usize..3, 0_u8..3), 1..6), prop::option::of((0_u32..4, any::<bool>()))), 1..6),
    ) {
        let scene = scene();
        let people = [scene.sign_up("ada"), scene.sign_up("bob"), scene.sign_up("cid")];
        let messages = |wanted: &[(usize, u8)]| -> Vec<Json> {
            wanted.iter().map(|(person, key)| message(&people[*person], &format!("key {key}"))).collect()
        };
        let mut sent: Vec<(usize, u8)> = Vec::new();
        for (wanted, dies) in &deliveries {
            let outcomes = match dies {
                Some((after, unheard)) => scene.deliver_through(&Killed::after(scene.store(), *after, *unheard), &messages(wanted), KEY),
                None => scene.deliver(&messages(wanted), KEY),
            };
            sent.extend(wanted);
            prop_assert!(outcomes.iter().all(|outcome| !matches!(outcome, Outcome::Refused { .. })), "{outcomes:?}");
        }
        // What was not acknowledged comes again, in the end to one that lives.
        sent.reverse();
        prop_assert_eq!(scene.deliver(&messages(&sent), KEY), vec![Outcome::Written; sent.len()]);
        sent.sort_unstable();
        sent.dedup();
        for (place, person) in people.iter().enumerate() {
            let count = sent.iter().filter(|(of, _)| *of == place).count();
            prop_assert_eq!(used(&scene, person), json!([{"used": count, "events": count}]));
        }
    }
}
