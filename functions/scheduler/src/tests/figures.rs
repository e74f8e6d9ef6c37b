//! The operator's figures: each day's own, whatever the job's own days were.

use serde_json::{json, Value as Json};
use tallygate::{
    rules::time::{Span, Timestamp},
    testing::{at, Person, Scene},
};

use super::{Event, VOICE_TRAINING};
use crate::JOBS;

const DAY: Span = Span::days(1);

/// The days that are complete by now, less what was not.
fn rolled_up(scene: &Scene) -> i64 {
    scene.tick_until_done(&JOBS, "aggregate_usage");
    scene.tick_until_done(&JOBS, "roll_up_figures")
}

/// The night behind this day, when it is complete.
fn night(scene: &Scene) {
    scene.set_clock(&(scene.now().start_of_day() + DAY + Span::minutes(150)).iso());
}

fn noon(scene: &Scene) {
    scene.set_clock(&(scene.now().start_of_day() + Span::minutes(12 * 60)).iso());
}

/// A day or month, less what is nothing.
fn figures_of(scene: &Scene, span: &str, day: &str) -> Json {
    let starts_at = at(&format!("{day}T00:00:00Z")).0;
    let rows = scene
        .rows(&format!("SELECT * FROM figures WHERE span = '{span}' AND starts_at = {starts_at} AND rolled_up_to > 0"));
    let Some(Json::Object(mut row)) = rows.as_array().unwrap().first().cloned() else { return Json::Null };
    for name in ["span", "starts_at", "rolled_up_to", "request_id"] {
        row.remove(name);
    }
    row.retain(|_, value| value != &json!(0));
    Json::Object(row)
}

fn day(scene: &Scene, day: &str) -> Json {
    figures_of(scene, "day", day)
}

/// Some of a day's figures.
fn some<const N: usize>(scene: &Scene, name: &str, of: [&str; N]) -> [i64; N] {
    let day = day(scene, name);
    of.map(|figure| day[figure].as_i64().unwrap_or_default())
}

const MOVEMENTS: [&str; 5] = ["new_cents", "expansion_cents", "reactivation_cents", "contraction_cents", "churn_cents"];

/// What has moved in a day, by name.
fn moved(scene: &Scene, name: &str) -> Json {
    let mut day = day(scene, name);
    day.as_object_mut().unwrap().retain(|figure, _| MOVEMENTS.contains(&figure.as_str()));
    day
}

/// What Stripe has told of a subscription, and what follows for its organization.
#[derive(Clone, Copy)]
struct Told<'a> {
    organization: &'a str,
    id: &'a str,
    status: &'a str,
    cents: i64,
    interval: &'a str,
    started_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl<'a> Told<'a> {
    fn active(scene: &Scene, organization: &'a str, cents: i64) -> Self {
        Self {
            organization,
            id: "sub_1",
            status: "active",
            cents,
            interval: "month",
            started_at: scene.now(),
            ended_at: None,
        }
    }

    fn write(self, scene: &Scene) -> Self {
        let Self { organization, id, status, cents, interval, started_at, ended_at } = self;
        let (now, started, ended) =
            (scene.now().0, started_at.0, ended_at.map_or("NULL".to_string(), |at| at.0.to_string()));
        let plan_status = if status == "trialing" { "active" } else { status };
        scene.execute(&format!(
            "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
               currency, billing_interval, current_period_start, current_period_end, started_at, ended_at, observed_at, request_id)
             VALUES ('{organization}', '{id}', 'si', 'price_1', '{status}', {cents}, 'usd', '{interval}', 1, 2, {started}, {ended}, {now}, 'r')
             ON CONFLICT (organization_id, stripe_subscription_id) DO UPDATE SET status = excluded.status, amount_cents = excluded.amount_cents,
               billing_interval = excluded.billing_interval, ended_at = excluded.ended_at, observed_at = excluded.observed_at;
             UPDATE org_subscriptions SET status = '{plan_status}', trial_ends_at = NULL, past_due_since = {now}, updated_at = {now}
             WHERE organization_id = '{organization}'"
        ));
        self
    }

    fn ended(self, scene: &Scene) {
        Self { status: "canceled", ended_at: Some(scene.now()), ..self }.write(scene);
    }
}

/// A scene whose first day is rolled up, at noon of the next one.
fn after_the_first_day() -> Scene {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    night(&scene);
    assert_eq!(rolled_up(&scene), 1);
    noon(&scene);
    scene
}

#[test]
fn the_first_day_says_how_it_is_and_that_nothing_has_moved() {
    // given: a customer of before, who is paying, and one on trial
    let scene = Scene::new();
    let (ada, _bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    Told::active(&scene, &ada.personal, 9_900).write(&scene);
    // when
    night(&scene);
    assert_eq!((rolled_up(&scene), rolled_up(&scene)), (1, 0));
    // then
    let first = json!({"people": 2, "signed_up": 2, "personal_organizations": 2, "paying_personal": 1, "trials_running": 1, "mrr_cents": 9_900});
    assert_eq!(day(&scene, "2026-03-10"), first);
    assert_eq!(figures_of(&scene, "month", "2026-03-01"), first);
    assert_eq!(
        scene.rows(
            "SELECT mrr_cents, has_paid, trial_ends_at IS NOT NULL AS tries FROM figure_states ORDER BY mrr_cents"
        ),
        json!([{"mrr_cents": 0, "has_paid": 0, "tries": 1}, {"mrr_cents": 9_900, "has_paid": 1, "tries": 0}])
    );
}

#[test]
fn a_day_is_complete_two_hours_after_its_end_and_when_what_was_used_is_summed() {
    let scene = Scene::new();
    scene.sign_up("ada");
    let tick = |moment: &str| {
        scene.set_clock(moment);
        scene.tick_until_done(&JOBS, "roll_up_figures")
    };
    assert_eq!(tick("2026-03-11T02:00:00Z"), 0, "nothing is summed yet");
    scene.set_clock("2026-03-11T01:59:59.999Z");
    scene.tick_until_done(&JOBS, "aggregate_usage");
    assert_eq!(tick("2026-03-11T02:00:00Z"), 0, "it was summed too early");
    scene.tick_until_done(&JOBS, "aggregate_usage");
    assert_eq!(tick("2026-03-11T01:59:59.999Z"), 0, "of what began so late not all is written");
    assert_eq!(tick("2026-03-11T02:00:00Z"), 1);
    assert_eq!(day(&scene, "2026-03-10")["people"], 1);
}

#[test]
fn revenue_moves_by_what_is_new_grows_shrinks_ends_and_comes_back() {
    // given
    let scene = after_the_first_day();
    let ada = scene.sign_up("ada");
    let mut expected = Vec::new();
    let mut next = |mrr: i64, movement: Json| {
        let name = scene.now().iso()[..10].to_string();
        night(&scene);
        assert_eq!(rolled_up(&scene), 1, "{name}");
        noon(&scene);
        expected.push((name, mrr, movement));
    };
    // when
    let paid = Told::active(&scene, &ada.personal, 2_900).write(&scene);
    next(2_900, json!({"new_cents": 2_900}));
    let team = Told { cents: 9_900, ..paid }.write(&scene);
    next(9_900, json!({"expansion_cents": 7_000}));
    // 1 090.07 by the year is 90.839… a month.
    let yearly = Told { cents: 109_007, interval: "year", ..team }.write(&scene);
    next(9_084, json!({"contraction_cents": -816}));
    next(9_084, json!({}));
    yearly.ended(&scene);
    next(0, json!({"churn_cents": -9_084}));
    Told { id: "sub_2", ..Told::active(&scene, &ada.personal, 2_900) }.write(&scene);
    next(2_900, json!({"reactivation_cents": 2_900}));
    // then
    for (name, mrr, movement) in expected {
        assert_eq!((some(&scene, &name, ["mrr_cents"]), moved(&scene, &name)), ([mrr], movement), "{name}");
    }
    let month = figures_of(&scene, "month", "2026-03-01");
    assert_eq!(
        MOVEMENTS.map(|name| month[name].as_i64().unwrap()),
        [2_900, 7_000, 2_900, -816, -9_084],
        "the month has the days' sum"
    );
    assert_eq!((&month["mrr_cents"], &month["became_paying"]), (&json!(2_900), &json!(1)));
}

#[test]
fn half_a_cent_of_a_month_is_rounded_up() {
    let scene = after_the_first_day();
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    for (person, cents) in people.iter().zip([100_005, 100_006, 100_007]) {
        Told { interval: "year", ..Told::active(&scene, &person.personal, cents) }.write(&scene);
    }
    night(&scene);
    rolled_up(&scene);
    // 8 333.75, 8 333.83, 8 333.92: and of six cents a year half a cent a month
    assert_eq!(some(&scene, "2026-03-11", ["mrr_cents", "new_cents"]), [25_002, 25_002]);
    noon(&scene);
    for (person, cents) in people.iter().zip([5, 6, 17]) {
        Told { interval: "year", ..Told::active(&scene, &person.personal, cents) }.write(&scene);
    }
    night(&scene);
    rolled_up(&scene);
    assert_eq!(some(&scene, "2026-03-12", ["mrr_cents"]), [2]);
}

#[test]
fn whoever_is_late_with_a_payment_counts_and_whoever_does_not_pay_at_all_does_not() {
    let scene = after_the_first_day();
    let people = ["active", "past_due", "unpaid", "paused", "incomplete", "trialing", "canceled"].map(|status| {
        let person = scene.sign_up(status);
        let told = Told { status, ..Told::active(&scene, &person.personal, 1_000) };
        Told { ended_at: (status == "canceled").then(|| scene.now()), ..told }.write(&scene);
        person
    });
    // What is cancelled for the period's end runs until then; what is in another currency is in no sum.
    let [active, past_due, ..] = &people;
    scene.execute(&format!(
        "UPDATE billing_subscriptions SET cancel_at = 9000000000000 WHERE organization_id = '{}';
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
           currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         VALUES ('{}', 'sub_eur', 'si', 'price_1', 'active', 77, 'eur', 'month', 1, 2, 1, 1, 'r')",
        active.personal, past_due.personal
    ));
    night(&scene);
    rolled_up(&scene);
    assert_eq!(some(&scene, "2026-03-11", ["mrr_cents", "new_cents", "paying_personal"]), [2_000, 2_000, 2]);
}

#[test]
fn days_that_were_missed_have_what_happened_in_them() {
    // given: nobody rolls up for five days
    let scene = after_the_first_day();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    let ada_s = Told::active(&scene, &ada.personal, 2_900).write(&scene);
    scene.advance(DAY);
    ada_s.ended(&scene);
    let bob_s = Told::active(&scene, &bob.personal, 1_000).write(&scene);
    scene.sign_up("cid");
    scene.advance(DAY);
    scene.execute("UPDATE users SET deleted_at = created_at + 86400000 WHERE id = 'cid'");
    scene.advance(DAY);
    Told { cents: 3_000, ..bob_s }.write(&scene);
    scene.advance(DAY);
    // when
    night(&scene);
    assert_eq!(rolled_up(&scene), 5);
    // then
    let all = ["2026-03-11", "2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15"].map(|name| {
        (some(&scene, name, ["mrr_cents", "people", "signed_up", "accounts_deleted"]), moved(&scene, name))
    });
    assert_eq!(
        all,
        [
            ([2_900, 2, 2, 0], json!({"new_cents": 2_900})),
            // What bob's cost at first is not known any more when it is looked at: what it costs now is booked with its begin.
            ([3_000, 3, 1, 0], json!({"new_cents": 3_000, "churn_cents": -2_900})),
            ([3_000, 2, 0, 1], json!({})),
            ([3_000, 2, 0, 0], json!({})),
            ([3_000, 2, 0, 0], json!({})),
        ]
    );
}

#[test]
fn what_changes_between_midnight_and_the_run_is_of_the_next_day() {
    // given
    let scene = after_the_first_day();
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    let [ada, bob, cid] = people.each_ref().map(|person| Told::active(&scene, &person.personal, 1_000));
    for told in [ada, bob] {
        told.write(&scene);
    }
    scene.advance(DAY);
    night(&scene);
    assert_eq!(rolled_up(&scene), 2);
    // when: an hour after midnight
    scene.set_clock("2026-03-14T01:00:00Z");
    Told { cents: 5_000, ..ada }.write(&scene);
    bob.ended(&scene);
    Told { started_at: scene.now(), ..cid }.write(&scene);
    scene.sign_up("dan");
    scene.execute("UPDATE users SET deleted_at = 1 + created_at WHERE id = 'dan'");
    scene.set_clock("2026-03-14T02:30:00Z");
    assert_eq!(rolled_up(&scene), 1);
    // then
    assert_eq!(
        (some(&scene, "2026-03-13", ["mrr_cents", "people"]), moved(&scene, "2026-03-13")),
        ([2_000, 3], json!({}))
    );
    night(&scene);
    rolled_up(&scene);
    assert_eq!(
        (
            some(&scene, "2026-03-14", ["mrr_cents", "people", "signed_up", "accounts_deleted"]),
            moved(&scene, "2026-03-14")
        ),
        ([6_000, 3, 1, 1], json!({"new_cents": 1_000, "expansion_cents": 4_000, "churn_cents": -1_000}))
    );
}

const TRIALS: [&str; 4] = ["trials_running", "trials_begun", "trials_converted", "trials_ended"];

#[test]
fn a_trial_is_begun_and_converted_or_ended_once_on_its_own_day() {
    // given: the VoIP catalog, whose trial of seven days falls back to nothing
    let scene = Scene::new();
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    // when: one pays at once, one after two days, one never
    let (ada, bob, _cid) = (scene.sign_up("ada"), scene.sign_up("bob"), scene.sign_up("cid"));
    Told::active(&scene, &ada.personal, 9_900).write(&scene);
    // and one gets none, because nobody vouches for their address
    let dan = scene.first_touch(Person::named("dan").with("email_verified", json!(false)));
    let status = format!("SELECT status FROM org_subscriptions WHERE organization_id = '{}'", dan.personal);
    assert_eq!(scene.rows(&status), json!([{"status": "incomplete"}]));
    scene.advance(DAY);
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    Told::active(&scene, &bob.personal, 9_900).write(&scene);
    // and the trial that nobody paid for is over by itself on the 18th, which is seen only days later
    scene.advance(Span::days(8));
    rolled_up(&scene);
    // then
    assert_eq!(some(&scene, "2026-03-11", TRIALS), [2, 3, 1, 0]);
    assert_eq!(some(&scene, "2026-03-12", TRIALS), [2, 0, 0, 0]);
    assert_eq!(some(&scene, "2026-03-13", TRIALS), [1, 0, 1, 0]);
    assert_eq!(some(&scene, "2026-03-17", TRIALS), [1, 0, 0, 0]);
    assert_eq!(some(&scene, "2026-03-18", TRIALS), [0, 0, 0, 1]);
    assert_eq!(some(&scene, "2026-03-20", TRIALS), [0, 0, 0, 0]);
    assert_eq!(some(&scene, "2026-03-11", ["became_paying", "paying_personal"]), [1, 1]);
}

#[test]
fn a_trial_that_goes_on_at_stripe_is_converted_with_its_end() {
    // given: somebody who has paid early for the plan of their trial
    let scene = Scene::new();
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    let ada = scene.sign_up("ada");
    let ends = scene.now() + Span::days(2);
    let early = Told { status: "trialing", ..Told::active(&scene, &ada.personal, 9_900) }.write(&scene);
    scene.execute(&format!(
        "UPDATE billing_subscriptions SET trial_ends_at = {0}; UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = {0}",
        ends.0
    ));
    // when: it ends, and nobody looks for days
    scene.advance(Span::days(2));
    Told { status: "active", ..early }.write(&scene);
    scene.advance(Span::days(2));
    rolled_up(&scene);
    // then
    assert_eq!((some(&scene, "2026-03-11", TRIALS), moved(&scene, "2026-03-11")), ([1, 1, 0, 0], json!({})));
    assert_eq!((some(&scene, "2026-03-12", TRIALS), moved(&scene, "2026-03-12")), ([1, 0, 0, 0], json!({})));
    assert_eq!(some(&scene, "2026-03-13", TRIALS), [0, 0, 1, 0]);
    assert_eq!(moved(&scene, "2026-03-13"), json!({"new_cents": 9_900}));
}

#[test]
fn whoever_pays_the_night_after_they_signed_up_began_a_trial_and_converts_it_with_the_payment() {
    let scene = Scene::new();
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    let ada = scene.sign_up("ada");
    scene.set_clock("2026-03-12T01:00:00Z");
    Told::active(&scene, &ada.personal, 9_900).write(&scene);
    scene.set_clock("2026-03-12T02:30:00Z");
    rolled_up(&scene);
    assert_eq!(some(&scene, "2026-03-11", TRIALS), [1, 1, 0, 0]);
    assert_eq!(moved(&scene, "2026-03-11"), json!({}));
    night(&scene);
    rolled_up(&scene);
    assert_eq!(some(&scene, "2026-03-12", TRIALS), [0, 0, 1, 0]);
    assert_eq!(moved(&scene, "2026-03-12"), json!({"new_cents": 9_900}));
}

#[test]
fn a_conversion_is_no_loss_and_what_gives_way_is_no_team() {
    // given: somebody who pays becomes a team, which is seen a day late, and somebody's workspace gives way to another one
    let scene = after_the_first_day();
    let (ada, bob) = (scene.sign_up("ada"), scene.sign_up("bob"));
    Told::active(&scene, &ada.personal, 2_900).write(&scene);
    night(&scene);
    rolled_up(&scene);
    scene.set_clock("2026-03-13T12:00:00Z");
    let converted = |kind: &str, org_type: &str, person: &str| {
        scene.execute(&format!(
            "UPDATE organizations SET kind = '{kind}', org_type = '{org_type}', personal_user_id = {person} WHERE id = '{0}';
             INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
             VALUES ('{0}', '{kind}', 'ada', 'organization.converted', '{0}', 'r', {1})",
            ada.personal,
            scene.now().0
        ));
    };
    converted("team", "business", "NULL");
    scene.execute(&format!(
        "UPDATE organizations SET kind = 'team', org_type = 'other', personal_user_id = NULL, archived_at = {} WHERE id = '{}'",
        scene.now().0,
        bob.personal
    ));
    // when
    night(&scene);
    rolled_up(&scene);
    // then
    let levels = [
        "personal_organizations",
        "teams",
        "paying_personal",
        "paying_teams",
        "became_teams",
        "became_personal",
        "mrr_cents",
    ];
    assert_eq!(some(&scene, "2026-03-12", levels), [2, 0, 1, 0, 0, 0, 2_900]);
    assert_eq!(some(&scene, "2026-03-13", levels), [0, 1, 0, 1, 1, 0, 2_900]);
    assert_eq!(moved(&scene, "2026-03-13"), json!({}));
    // and back
    noon(&scene);
    converted("personal", "personal", "'ada'");
    night(&scene);
    rolled_up(&scene);
    assert_eq!(some(&scene, "2026-03-14", levels), [1, 0, 1, 0, 0, 1, 2_900]);
    assert_eq!(moved(&scene, "2026-03-14"), json!({}));
}

#[test]
fn an_organization_that_is_archived_is_in_no_count_but_in_the_revenue_while_it_is_charged() {
    let scene = after_the_first_day();
    let ada = scene.sign_up("ada");
    let paid = Told::active(&scene, &ada.personal, 2_900).write(&scene);
    scene.execute(&format!("UPDATE organizations SET archived_at = {}", scene.now().0));
    night(&scene);
    rolled_up(&scene);
    let figures = ["personal_organizations", "mrr_cents"];
    assert_eq!(some(&scene, "2026-03-11", figures), [0, 2_900]);
    noon(&scene);
    paid.ended(&scene);
    night(&scene);
    rolled_up(&scene);
    assert_eq!(
        (some(&scene, "2026-03-12", figures), moved(&scene, "2026-03-12")),
        ([0, 0], json!({"churn_cents": -2_900}))
    );
}

#[test]
fn whoever_paid_before_the_figures_began_comes_back() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    let ada = scene.sign_up("ada");
    scene.execute(&format!(
        "INSERT INTO billing_invoices (organization_id, stripe_invoice_id, status, currency, subtotal_cents, total_cents, due_cents, paid_cents, attempts,
           period_start, period_end, created_at, paid_at, observed_at, request_id)
         VALUES ('{}', 'in_1', 'paid', 'usd', 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 'r')",
        ada.personal
    ));
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    Told::active(&scene, &ada.personal, 2_900).write(&scene);
    night(&scene);
    rolled_up(&scene);
    assert_eq!(moved(&scene, "2026-03-11"), json!({"reactivation_cents": 2_900}));
    assert_eq!(some(&scene, "2026-03-11", ["became_paying"]), [0]);
}

fn meters(scene: &Scene, span: &str) -> Json {
    scene.rows(&format!(
        "SELECT starts_at / 86400000 - {} AS day, feature, events, quantity, overage_cents FROM meter_figures WHERE span = '{span}' ORDER BY 1, 2",
        at("2026-03-10T00:00:00Z").0 / DAY.0
    ))
}

#[test]
fn what_was_used_of_each_meter_is_known_a_day_later_with_what_was_told_late() {
    // given
    let scene = after_the_first_day();
    let people = ["ada", "bob"].map(|name| scene.sign_up(name));
    for (place, person) in people.iter().enumerate() {
        let name = u32::try_from(place).unwrap() * 100;
        Event { counted: 3, ..Event::at(scene.now(), name + 1) }.write(&scene, person);
        Event { feature: "scenarios", ..Event::at(scene.now(), name + 2) }.write(&scene, person);
        Event { accepted: false, ..Event::at(scene.now(), name + 4) }.write(&scene, person);
    }
    night(&scene);
    assert_eq!(rolled_up(&scene), 1);
    assert_eq!(meters(&scene, "day"), json!([]), "it may still be told of");
    // when: late, and of a period that was closed in that day
    scene.set_clock("2026-03-12T11:00:00Z");
    Event { occurred_at: Some(at("2026-03-11T13:00:00Z")), ..Event::at(scene.now(), 6) }.write(&scene, &people[0]);
    for (correction, closed, state, cents) in [
        (0, "2026-03-11T23:00:00Z", "closed", 100),
        (1, "2026-03-11T23:30:00Z", "closed", 20),
        (2, "2026-03-12T00:00:00Z", "closed", 3),
        (3, "2026-03-11T01:00:00Z", "not_billed", 5),
    ] {
        scene.execute(&format!(
            "INSERT INTO usage_summaries (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units, overage_cents,
               currency, state, is_open, closed_at, request_id)
             VALUES ('{}', {}, 'training_sessions', {correction}, 2, 'p', 1, 1, 1, {cents}, 'usd', '{state}', 0, {}, 'r')",
            people[1].personal,
            at("2026-02-01T00:00:00Z").0,
            at(closed).0
        ));
    }
    night(&scene);
    assert_eq!(rolled_up(&scene), 1);
    // then
    let meter = |day: i64, feature: &str, figures: [i64; 3]| json!({"day": day, "feature": feature, "events": figures[0], "quantity": figures[1], "overage_cents": figures[2]});
    let used = json!([meter(1, "scenarios", [2, 2, 0]), meter(1, "training_sessions", [3, 7, 120])]);
    assert_eq!(meters(&scene, "day"), used);
    night(&scene);
    rolled_up(&scene);
    assert_eq!(meters(&scene, "day")[2], meter(2, "training_sessions", [0, 0, 3]));
    assert_eq!(
        meters(&scene, "month"),
        json!([meter(-9, "scenarios", [2, 2, 0]), meter(-9, "training_sessions", [3, 7, 123])])
    );
}

#[test]
fn people_seats_sessions_and_what_waits() {
    // given
    let scene = Scene::new();
    night(&scene);
    rolled_up(&scene);
    noon(&scene);
    let people = ["ada", "bob", "cid"].map(|name| scene.sign_up(name));
    let (team, boundless) = (scene.team("team", &people[0]), scene.team("boundless", &people[0]));
    for team in [&team, &boundless] {
        scene.member(team, &people[1], "member");
    }
    let now = scene.now().0;
    scene.execute(&format!(
        "INSERT INTO plans (id, name, audience, position, seats, concurrent_sessions) VALUES ('boundless', 'Boundless', 'team', 90, -1, -1);
         UPDATE org_subscriptions SET plan_id = 'boundless' WHERE organization_id = 'boundless';
         UPDATE users SET deleted_at = {now} WHERE id = 'cid';
         INSERT INTO active_sessions (user_id, id, created_at, last_heartbeat_at, ended_at, end_reason, request_id) VALUES
           ('ada', 's1', 1, 1, {now}, 'signed_in_elsewhere', 'r'), ('ada', 's2', 1, 1, {now} - 86400000, 'signed_in_elsewhere', 'r'),
           ('bob', 's1', 1, 1, {now} + 1, 'signed_in_elsewhere', 'r'), ('bob', 's2', 1, 1, {now}, 'terminated', 'r');
         INSERT INTO webhook_inbox (provider, event_id, event_type, outcome, payload, happened_at, received_at, request_id) VALUES
           ('stripe', 'e1', 't', 'unknown_price', '{{}}', 1, 1, 'r'), ('stripe', 'e2', 't', 'applied', NULL, 1, 1, 'r');
         INSERT INTO webhook_endpoints (id, url, secret, listens_from, created_at, updated_at, request_id) VALUES ('w', 'https://x', 's', 1, 1, 1, 'r');
         INSERT INTO webhook_deliveries (endpoint_id, event_id, state, attempts, next_attempt_at, created_at, request_id) VALUES
           ('w', 'o1', 'pending', 1, 1, 1, 'r'), ('w', 'o2', 'pending', 1, 1, 1, 'r'), ('w', 'o3', 'delivered', 1, NULL, 1, 'r')"
    ));
    // when
    night(&scene);
    rolled_up(&scene);
    // then
    let found = day(&scene, "2026-03-11");
    assert_eq!(
        found,
        json!({
            "people": 2, "signed_up": 3, "accounts_deleted": 1, "personal_organizations": 3, "teams": 2, "trials_running": 3, "trials_begun": 3,
            "seats_used": 2, "seats_offered": 10, "unlimited_seats_used": 2, "sessions_replaced": 2, "undelivered_events": 2, "kept_messages": 1,
        })
    );
}

#[test]
fn a_month_has_the_last_day_s_state_and_all_days_events() {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    scene.set_clock("2026-03-30T12:00:00Z");
    for name in ["ada", "bob", "cid"] {
        scene.sign_up(name);
        night(&scene);
        rolled_up(&scene);
        noon(&scene);
    }
    let of_month = |month: &str| {
        let month = figures_of(&scene, "month", month);
        (month["people"].clone(), month["signed_up"].clone())
    };
    assert_eq!(of_month("2026-03-01"), (json!(2), json!(2)));
    assert_eq!(of_month("2026-04-01"), (json!(3), json!(1)));
    assert_eq!(
        scene.rows("SELECT rolled_up_to FROM figures WHERE span = 'month' ORDER BY starts_at"),
        json!([{"rolled_up_to": at("2026-04-01T00:00:00Z").0}, {"rolled_up_to": at("2026-04-02T00:00:00Z").0}])
    );
}

#[test]
fn many_organizations_are_gone_through_page_by_page() {
    let scene = after_the_first_day();
    scene.send_once();
    let ada = scene.sign_up("ada");
    let now = scene.now().0;
    scene.execute(&format!(
        "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1234)
         INSERT INTO organizations (id, kind, org_type, name, slug, founded_by, created_at)
         SELECT 'o' || n, 'team', 'business', 'o' || n, 'o' || n, '{}', {now} FROM numbers;
         INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start, current_period_end, updated_at)
         SELECT id, (SELECT id FROM plans WHERE audience = 'team' LIMIT 1), 'active', 1, 2, {now} FROM organizations WHERE kind = 'team';
         INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
           currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
         SELECT id, 'sub_1', 'si', 'price_1', 'active', 100, 'usd', 'month', 1, 2, {now}, {now}, 'r' FROM organizations WHERE kind = 'team';
         WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1234)
         INSERT INTO users (id, email_updated_at, name, created_at, request_id) SELECT 'p' || n, 1, 'p', {now}, 'r' FROM numbers",
        ada.id
    ));
    night(&scene);
    rolled_up(&scene);
    assert_eq!(
        some(&scene, "2026-03-11", ["teams", "people", "mrr_cents", "new_cents"]),
        [1_234, 1_235, 123_400, 123_400]
    );
}

/// A sequence of numbers that is the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from((self.0 >> 33) % sides).unwrap()
    }
}

#[test]
fn the_sum_of_what_has_moved_is_what_the_revenue_has_changed_by_each_day_however_it_went() {
    for seed in 0..4 {
        // given: customers who begin, change, end, pay late and come back, in days of which some are missed
        let mut dice = Dice(seed);
        let scene = after_the_first_day();
        scene.send_once();
        let people: Vec<_> = (0..12).map(|number| scene.sign_up(&format!("p{number}"))).collect();
        let names: Vec<String> = (0..400).map(|number| format!("sub_{number}")).collect();
        let mut held: Vec<Option<Told<'_>>> = vec![None; people.len()];
        let mut next_name = names.iter();
        for _ in 0..50 {
            for _ in 0..dice.below(5) {
                scene.advance(Span::minutes(dice.below(120)));
                let place = usize::try_from(dice.below(12)).unwrap();
                let cents = dice.below(20_000) + 1;
                let interval = if dice.below(2) == 0 { "month" } else { "year" };
                let status =
                    ["active", "active", "past_due", "unpaid", "paused"][usize::try_from(dice.below(5)).unwrap()];
                held[place] = match held[place] {
                    Some(told) if dice.below(4) == 0 => {
                        told.ended(&scene);
                        None
                    }
                    Some(told) => Some(Told { cents, interval, status, ..told }.write(&scene)),
                    None => {
                        let told = Told::active(&scene, &people[place].personal, cents);
                        Some(Told { id: next_name.next().unwrap(), interval, ..told }.write(&scene))
                    }
                };
            }
            scene.set_clock(&(scene.now().start_of_day() + DAY + Span::minutes(dice.below(6) * 60)).iso());
            if dice.below(3) > 0 {
                rolled_up(&scene);
            }
        }
        scene.advance(DAY);
        rolled_up(&scene);
        // then
        let wrong = scene.rows(
            "SELECT later.starts_at FROM figures later JOIN figures before ON before.span = 'day' AND before.starts_at = later.starts_at - 86400000
             WHERE later.span = 'day' AND later.mrr_cents - before.mrr_cents
               <> later.new_cents + later.expansion_cents + later.reactivation_cents + later.contraction_cents + later.churn_cents",
        );
        assert_eq!(wrong, json!([]), "{seed}");
        let months = scene.rows(
            "SELECT SUM(new_cents) AS new, SUM(expansion_cents) AS more, SUM(reactivation_cents) AS again, SUM(contraction_cents) AS less, SUM(churn_cents) AS gone
             FROM figures GROUP BY span",
        );
        assert_eq!(months[0], months[1], "{seed}");
        assert!(
            months[0].as_object().unwrap().values().all(|sum| sum != &json!(0)),
            "{seed}: there was something of everything"
        );
        // and the last day, after which nothing has changed, has what the subscriptions come to
        let last = scene.rows("SELECT mrr_cents, (SELECT SUM(mrr_cents) FROM figure_states) AS known FROM figures WHERE span = 'day' ORDER BY starts_at DESC LIMIT 1");
        let truth: i64 = held
            .iter()
            .flatten()
            .filter(|told| ["active", "past_due"].contains(&told.status))
            .map(|told| if told.interval == "year" { (told.cents + 6) / 12 } else { told.cents })
            .sum();
        assert_eq!(last, json!([{"mrr_cents": truth, "known": truth}]), "{seed}");
    }
}
