//! The same rows at the end, in whatever order and however often the messages come.

use serde_json::{json, Value as Json};
use tallygate::{
    http::{refreshed_address, Action, BatchRows, Function, Operation, Refusal, Reply, RequestContext, Routes, Scope},
    store::{Lock, Statement},
    testing::{Person, Scene, TOUCH},
};

use super::{ada, amounts, clerk, known, one_of_everything, scene, with, with_address};

type Step = fn(&Scene);

fn created(scene: &Scene) {
    assert_eq!(clerk(scene, "user.created", &ada(-30)).status, 200);
}

fn renamed(scene: &Scene) {
    let user = with(with_address(ada(-20), "new@example.com", "unverified"), "first_name", json!("Augusta"));
    assert_eq!(clerk(scene, "user.updated", &user).status, 200);
}

fn verified(scene: &Scene) {
    let user = with(with_address(ada(-10), "new@example.com", "verified"), "first_name", json!("Augusta"));
    assert_eq!(clerk(scene, "user.updated", &user).status, 200);
}

/// Clerk's own token: neither address nor name.
fn touched(scene: &Scene) {
    scene.call(&TOUCH, &Person::named("ada").with("email", json!(null)), json!({}));
}

/// A token that knows the address and vouches for it, of a time between two messages.
fn touched_with_address(scene: &Scene) {
    let person =
        Person::named("ada").with("email", json!("ada@example.com")).with("iat", json!(super::at(-25) / 1_000));
    scene.call(&TOUCH, &person, json!({}));
}

fn deleted(scene: &Scene) {
    assert_eq!(clerk(scene, "user.deleted", &json!({"id": "ada", "deleted": true})).status, 200);
}

/// Every order of the steps.
fn orders(steps: &[Step]) -> Vec<Vec<Step>> {
    let Some((first, rest)) = steps.split_first() else { return vec![vec![]] };
    let with_first_at = |order: &Vec<Step>, place: usize| {
        let mut order = order.clone();
        order.insert(place, *first);
        order
    };
    let of_rest = orders(rest);
    of_rest.iter().flat_map(|order| (0..=order.len()).map(move |place| with_first_at(order, place))).collect()
}

fn end_of(order: &[Step]) -> (Json, Json) {
    let scene = scene();
    for step in order {
        step(&scene);
        // Deliveries are repeated.
        step(&scene);
    }
    (known(&scene), amounts(&scene))
}

#[test]
fn messages_and_first_requests_in_every_order_end_alike() {
    let expected = json!([{
        "name": "Augusta Lovelace", "email": "new@example.com", "verified": 1, "workspace": "Augusta's Workspace",
    }]);
    let steps: [Step; 5] = [created, renamed, verified, touched, touched_with_address];
    let all = orders(&steps);
    assert_eq!(all.len(), 120);
    for order in all {
        assert_eq!(end_of(&order), (expected.clone(), one_of_everything()));
    }
}

#[test]
fn a_deletion_in_whatever_place_leaves_nobody() {
    let steps: [Step; 4] = [created, renamed, touched, deleted];
    for order in orders(&steps) {
        let scene = scene();
        order.iter().for_each(|step| step(&scene));
        order.iter().for_each(|step| step(&scene));
        let rows = scene.rows(
            "SELECT name, email, email_verified, current_organization_id FROM users WHERE deleted_at IS NOT NULL",
        );
        let nobody =
            json!([{"name": "Deleted user", "email": null, "email_verified": 0, "current_organization_id": null}]);
        assert_eq!(rows, nobody);
        assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM organizations WHERE archived_at IS NULL"), json!([{"n": 0}]));
        assert_eq!(scene.rows("SELECT COUNT(*) AS n FROM organization_members"), json!([{"n": 0}]));
        assert_eq!(scene.call(&TOUCH, &Person::named("ada"), json!({})).status, 403);
    }
}

#[test]
fn a_first_request_without_a_name_takes_it_from_the_message_that_comes_later() {
    let scene = scene();
    let anonymous = Person::named("ada").with("email", json!("countess@example.com")).with("role", Json::Null);
    scene.call(&TOUCH, &anonymous, json!({}));
    assert_eq!(
        known(&scene),
        json!([{"name": "countess", "email": "countess@example.com", "verified": 0, "workspace": "countess's Workspace"}])
    );
    // The message is older than the token, which vouched for nothing.
    created(&scene);
    assert_eq!(
        known(&scene),
        json!([{"name": "Ada Lovelace", "email": "ada@example.com", "verified": 1, "workspace": "Ada's Workspace"}])
    );
    assert_eq!(amounts(&scene), one_of_everything());
}

#[test]
fn an_address_that_a_newer_token_vouched_for_is_kept() {
    let scene = scene();
    scene.call(&TOUCH, &Person::named("ada").with("email", json!("newest@example.com")), json!({}));
    created(&scene);
    assert_eq!(
        known(&scene),
        json!([{"name": "Ada Lovelace", "email": "newest@example.com", "verified": 1, "workspace": "Ada's Workspace"}])
    );
}

/// What is told of the address `ada@example.com`, each by its way of coming.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    ClerkVerified,
    ClerkUnverified,
    SupabaseConfirmed,
    SupabaseNotYet,
    ClaimTrue,
    ClaimFalse,
    /// A token of Supabase's under `EMAIL_CONFIRMATION=required`.
    Session,
}

impl Told {
    const ALL: [Self; 7] = [
        Self::ClerkVerified,
        Self::ClerkUnverified,
        Self::SupabaseConfirmed,
        Self::SupabaseNotYet,
        Self::ClaimTrue,
        Self::ClaimFalse,
        Self::Session,
    ];

    fn is_said(self) -> bool {
        !matches!(self, Self::SupabaseNotYet | Self::Session)
    }

    fn verified(self) -> bool {
        matches!(self, Self::ClerkVerified | Self::SupabaseConfirmed | Self::ClaimTrue | Self::Session)
    }

    fn tell(self, scene: &Scene, seconds: i64) {
        let supabase = |confirmed: Json| {
            let moment = tallygate::rules::time::Timestamp(super::at(seconds)).iso();
            let row = json!({
                "id": "ada", "email": "ada@example.com", "email_confirmed_at": confirmed, "updated_at": moment,
                "created_at": moment, "raw_user_meta_data": {},
            });
            super::change(scene, "UPDATE", &row, &json!(null))
        };
        let token = |claim: Option<bool>| {
            let person = Person::named("ada").with("iat", json!(super::at(seconds) / 1_000));
            let person = match claim {
                Some(said) => person.with("email_verified", json!(said)),
                None => person,
            };
            scene.call(&REFRESH, &person, json!({}))
        };
        let clerk_says = |status| clerk(scene, "user.updated", &with_address(ada(seconds), "ada@example.com", status));
        let reply = match self {
            Self::ClerkVerified => clerk_says("verified"),
            Self::ClerkUnverified => clerk_says("unverified"),
            Self::SupabaseConfirmed => supabase(json!("2026-03-10T11:00:00Z")),
            Self::SupabaseNotYet => supabase(json!(null)),
            Self::ClaimTrue => token(Some(true)),
            Self::ClaimFalse => token(Some(false)),
            Self::Session => token(None),
        };
        assert_eq!(reply.status, 200, "{self:?}: {reply:?}");
    }
}

/// A function that brings the address up to the token, as those do that ask for it.
static REFRESH: Function = Function {
    name: "refresh",
    actions: &[Action::new("refresh", |_| Ok(Box::new(Refresh)))],
    routes: Routes::Body { default: "refresh", get: None },
};

struct Refresh;

impl Operation for Refresh {
    fn scope(&self) -> Scope {
        Scope::Organization
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        vec![refreshed_address(context)]
    }

    fn outcome(&self, _context: &RequestContext, _found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Ok(Reply::ok("Refreshed.", &json!({})))
    }
}

#[test]
fn of_two_that_tell_of_an_address_the_newer_one_counts_but_no_conclusion_against_a_denial() {
    for older in Told::ALL {
        for newer in Told::ALL {
            let denied_before = older.is_said() && !older.verified() && !newer.is_said();
            // Nor does a conclusion that was there first outlive what is said afterwards of an earlier time.
            let denied_late = newer.is_said() && !newer.verified() && !older.is_said();
            let expected = newer.verified() && !denied_before && !denied_late;
            for arrives_late in [false, true] {
                let scene = scene();
                scene.call(&TOUCH, &Person::named("ada").with("email", json!(null)), json!({}));
                let steps = [(older, -20), (newer, -10)];
                let order = if arrives_late { [1, 0] } else { [0, 1] };
                for (told, seconds) in order.map(|place| steps[place]) {
                    told.tell(&scene, seconds);
                    told.tell(&scene, seconds);
                }
                let verified = known(&scene)[0]["verified"].clone();
                assert_eq!(verified, i64::from(expected), "{older:?}, then {newer:?}; late: {arrives_late}");
            }
        }
    }
}
