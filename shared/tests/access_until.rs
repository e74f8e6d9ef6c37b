//! The view `entitlements` and the rule in Rust say the same of when a subscription's access ends.

use serde_json::json;
use tallygate::{
    rules::{
        subscription::{Status, Subscription},
        time::Timestamp,
    },
    testing::{at, Scene},
};

#[test]
fn the_view_ends_access_when_the_rule_does() {
    let scene = Scene::new();
    scene.sign_up("ada");
    let moments = [None, Some(Timestamp(0)), Some(scene.now()), Some(at("2030-01-01T00:00:00.001Z"))];
    for status in Status::ALL {
        for trial_ends_at in moments {
            for past_due_since in moments {
                for grace_days in [0, 3, 90] {
                    // given
                    let subscription = Subscription { status, trial_ends_at, past_due_since, grace_days };
                    let sql = |moment: Option<Timestamp>| {
                        moment.map_or_else(|| "NULL".to_string(), |moment| moment.0.to_string())
                    };
                    let update = format!(
                        "UPDATE plans SET grace_days = {grace_days};
                         UPDATE org_subscriptions SET status = '{}', trial_ends_at = {}, past_due_since = {};",
                        status.as_str(),
                        sql(trial_ends_at),
                        sql(past_due_since)
                    );
                    // The schema has no trial without its end, and no arrears without their beginning.
                    let impossible = status == Status::Trialing && trial_ends_at.is_none()
                        || status == Status::PastDue && past_due_since.is_none();
                    if impossible {
                        assert!(scene.rejected(&update).contains("CHECK constraint failed"), "{subscription:?}");
                        assert_eq!(subscription.access_until(), Timestamp(0), "{subscription:?}");
                        continue;
                    }
                    // when
                    scene.execute(&update);
                    // then
                    let until = json!([{"access_until": subscription.access_until().0}]);
                    for view in ["entitlements", "memberships"] {
                        let viewed = scene.rows(&format!("SELECT access_until FROM {view}"));
                        assert_eq!(viewed, until, "{view}: {subscription:?}");
                    }
                }
            }
        }
    }
}
