//! The engine against a simple model, over random operations: what is counted, refused and charged.

use proptest::prelude::*;
use tallygate::rules::{
    limit::Limit,
    money::Cents,
    overage::{Allowance, Beyond, UnitPrice},
    period::Period,
    time::Timestamp,
};

use super::{stories::assert_ledger_agrees, *};

#[derive(Clone, Debug)]
enum Step {
    Track {
        quantity: i64,
        cap: bool,
    },
    Set(i64),
    Release(i64),
    /// Room is held for so long, in minutes.
    Reserve {
        quantity: i64,
        minutes: i64,
        cap: bool,
    },
    /// The reservation of this number, among those that were ever made, is confirmed; `None`: whole.
    Confirm {
        which: usize,
        quantity: Option<i64>,
        cap: bool,
    },
    GiveBack(usize),
    Wait(i64),
    /// The terms of all plans become others.
    Plan {
        limit: i64,
        price: Option<i64>,
        max: Option<i64>,
    },
    /// The organization changes to the other of two plans, whose terms are others by then.
    Move {
        limit: i64,
        price: Option<i64>,
        max: Option<i64>,
    },
    /// More of the meter, for so many minutes.
    Grant {
        quantity: i64,
        minutes: i64,
    },
    NextMonth,
    /// Into the first hours of the next month, in which what happened in this one is still told of.
    TurnOfMonth,
    /// Something that happened in the month before.
    Late {
        quantity: i64,
        cap: bool,
    },
}

/// A limit in units, a price in millionths, a cap in cents.
fn terms() -> impl Strategy<Value = (i64, Option<i64>, Option<i64>)> {
    (prop_oneof![Just(-1), 0_i64..100], prop::option::of(1_i64..3_000_000), prop::option::of(1_i64..500))
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_i64..4_000, any::<bool>()).prop_map(|(quantity, cap)| Step::Track { quantity, cap }),
        2 => (0_i64..5_000).prop_map(Step::Set),
        2 => (1_i64..3_000).prop_map(Step::Release),
        1 => terms().prop_map(|(limit, price, max)| Step::Plan { limit, price, max }),
        1 => terms().prop_map(|(limit, price, max)| Step::Move { limit, price, max }),
        1 => (1_i64..50, 1_i64..60_000).prop_map(|(quantity, minutes)| Step::Grant { quantity, minutes }),
        1 => Just(Step::TurnOfMonth),
        3 => (1_i64..4_000, any::<bool>()).prop_map(|(quantity, cap)| Step::Late { quantity, cap }),
        4 => (1_i64..2_000, 1_i64..60, any::<bool>())
            .prop_map(|(quantity, minutes, cap)| Step::Reserve { quantity, minutes, cap }),
        3 => (0_usize..6, prop::option::of(0_i64..2_500), any::<bool>())
            .prop_map(|(which, quantity, cap)| Step::Confirm { which, quantity, cap }),
        1 => (0_usize..6).prop_map(Step::GiveBack),
        1 => (1_i64..40).prop_map(Step::Wait),
        1 => Just(Step::NextMonth),
    ]
}

/// A meter as it should be.
struct Model {
    /// The terms of either plan, and which one the organization is on.
    plans: [Allowance; 2],
    plan: usize,
    used: i64,
    charged: Cents,
    before: Before,
    /// Units, from when and until when.
    grants: Vec<(i64, i64, i64)>,
    is_gauge: bool,
    /// Milliseconds.
    now: i64,
    reservations: Vec<Held>,
}

/// The month before: what was used and charged, on which plan it ended, and when.
struct Before {
    used: i64,
    charged: Cents,
    plan: usize,
    ended: i64,
}

struct Held {
    id: String,
    quantity: i64,
    until: i64,
    is_settled: bool,
}

impl Held {
    fn holds(&self, now: i64) -> i64 {
        if self.is_settled || self.until <= now {
            0
        } else {
            self.quantity
        }
    }
}

impl Model {
    fn reserved(&self) -> i64 {
        self.reservations.iter().map(|held| held.holds(self.now)).sum()
    }

    /// The terms of a plan with what was granted at a moment.
    fn terms(&self, plan: usize, moment: i64) -> Allowance {
        let terms = self.plans[plan];
        let held = |(_, from, until): &&(i64, i64, i64)| *from <= moment && moment < *until;
        let granted: i64 = self.grants.iter().filter(held).map(|(quantity, _, _)| quantity).sum();
        match terms.limit.is_unlimited() {
            true => terms,
            false => Allowance { limit: Limit::new(terms.limit.value() + granted), ..terms },
        }
    }

    fn allowance(&self) -> Allowance {
        self.terms(self.plan, self.now)
    }

    /// Ends the month, at a moment.
    fn turns(&mut self, ended: i64) {
        if self.is_gauge {
            return;
        }
        self.before = Before { used: self.used, charged: self.charged, plan: self.plan, ended };
        (self.used, self.charged) = (0, Cents::ZERO);
    }

    /// What is counted of something late, or `None` where it is refused. What is held is held of the month that goes on.
    fn late(&mut self, wish: i64, cap: bool) -> Option<i64> {
        let terms = self.terms(self.before.plan, self.before.ended - 1);
        let taken = match terms.room(self.before.used, self.before.charged) {
            Some(room) if wish > room && cap && room > 0 => room,
            Some(room) if wish > room => return None,
            _ => wish,
        };
        self.before.charged = terms.charged(self.before.used, taken, self.before.charged);
        self.before.used += taken;
        Some(taken)
    }

    /// What of a wish there is room for, where so much is held for it already; `None` where it is refused.
    fn taken(&self, wish: i64, cap: bool, held: i64) -> Option<i64> {
        let room = self.allowance().room(self.used, self.charged);
        let room = room.map(|room| (room - (self.reserved() - held)).max(held));
        match room {
            _ if wish <= 0 => Some(wish),
            Some(room) if wish > room && cap && room > 0 => Some(room),
            Some(room) if wish > room => None,
            _ => Some(wish),
        }
    }

    /// What is counted, or `None` where it is refused.
    fn change(&mut self, wish: i64, cap: bool, held: i64) -> Option<i64> {
        let taken = self.taken(wish, cap, held)?;
        self.charged = self.allowance().charged(self.used, taken, self.charged);
        self.used += taken;
        Some(taken)
    }
}

/// A day and a time of a month, counted from January 2026.
fn day_of(month: i64, rest: &str) -> String {
    format!("{}-{:02}-{rest}", 2026 + (month - 1) / 12, (month - 1) % 12 + 1)
}

fn run(steps: &[Step], size: i64, is_gauge: bool) {
    let scene = Scene::with_catalog(VOICE_TRAINING);
    scene.send_once();
    let ada = scene.sign_up("ada");
    let reset = if is_gauge { "gauge" } else { "calendar_month" };
    scene.execute(&format!(
        "UPDATE plan_features SET unit_size = {size}, reset = '{reset}', limit_value = 20 WHERE feature = 'training_sessions'"
    ));
    let limited = Allowance { limit: Limit::new(20), unit_size: size, overage: None };
    let mut model = Model {
        plans: [limited; 2],
        plan: 0,
        used: 0,
        charged: Cents::ZERO,
        before: Before {
            used: 0,
            charged: Cents::ZERO,
            plan: 0,
            ended: tallygate::testing::at("2026-03-01T00:00:00.000Z").0,
        },
        grants: Vec::new(),
        is_gauge,
        now: scene.now().0,
        reservations: Vec::new(),
    };
    let mut month = 3;
    for step in steps {
        let (action, body, wish, cap) = match step {
            Step::Track { quantity, cap } => {
                let mode = if *cap { "cap" } else { "reject" };
                ("track", json!({"feature": "training_sessions", "quantity": quantity, "mode": mode}), *quantity, *cap)
            }
            Step::Set(value) if model.is_gauge => {
                ("set", json!({"feature": "training_sessions", "value": value}), *value - model.used, false)
            }
            Step::Release(quantity) if model.is_gauge => {
                let body = json!({"feature": "training_sessions", "quantity": quantity});
                ("release", body, -(*quantity).min(model.used), false)
            }
            Step::Set(_) | Step::Release(_) => continue,
            Step::Reserve { quantity, minutes, cap } => {
                let mode = if *cap { "cap" } else { "reject" };
                let body = json!({"feature": "training_sessions", "quantity": quantity, "mode": mode, "expiresIn": minutes * 60});
                let reply = post(&scene, &ada, "reserve", body);
                match model.taken(*quantity, *cap, 0) {
                    Some(quantity) => {
                        assert_eq!(
                            (reply.status, &reply.body["reservation"]["quantity"]),
                            (200, &json!(quantity)),
                            "{step:?}: {reply:?}"
                        );
                        let id = reply.body["reservation"]["id"].as_str().unwrap().to_string();
                        let until = model.now + minutes * 60_000;
                        model.reservations.push(Held { id, quantity, until, is_settled: false });
                        let reserved = limited.units(model.used + model.reserved()) - limited.units(model.used);
                        assert_eq!(reply.body["reserved"], reserved, "{step:?}");
                    }
                    None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
                }
                continue;
            }
            Step::Confirm { which, .. } | Step::GiveBack(which) => {
                let Some(held) = model.reservations.get(*which) else { continue };
                let (id, quantity, holds, is_settled) =
                    (held.id.clone(), held.quantity, held.holds(model.now), held.is_settled);
                let (action, body, wish, cap) = match step {
                    Step::Confirm { quantity: Some(wish), cap, .. } => {
                        let mode = if *cap { "cap" } else { "reject" };
                        ("confirm", json!({"reservation": id, "quantity": wish, "mode": mode}), *wish, *cap)
                    }
                    Step::Confirm { .. } => ("confirm", json!({"reservation": id}), quantity, false),
                    _ => ("release", json!({"reservation": id}), 0, false),
                };
                let reply = post(&scene, &ada, action, body);
                if is_settled {
                    assert_eq!(reply.status, 409, "{step:?}: {reply:?}");
                    continue;
                }
                match model.change(wish, cap, holds) {
                    Some(taken) => {
                        assert_eq!(
                            (reply.status, &reply.body["event"]["counted"]),
                            (200, &json!(taken)),
                            "{step:?}: {reply:?}"
                        );
                        model.reservations[*which].is_settled = true;
                        assert_eq!(reply.body["used"], limited.units(model.used), "{step:?}");
                    }
                    None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
                }
                continue;
            }
            Step::Wait(minutes) => {
                model.now += minutes * 60_000;
                scene.set_clock(&Timestamp(model.now).iso());
                continue;
            }
            Step::Plan { limit, price, max } | Step::Move { limit, price, max } => {
                const PLANS: [&str; 2] = ["individual_free", "individual_pro"];
                let other = 1 - model.plan;
                let price = price.filter(|_| !model.is_gauge && *limit >= 0);
                let max = max.filter(|_| price.is_some());
                let text = |value: Option<i64>| value.map_or("NULL".to_string(), |value| value.to_string());
                scene.execute(&format!(
                    "UPDATE plan_features SET limit_value = {limit}, unit_price_micros = {}, cap_cents = {}
                     WHERE feature = 'training_sessions'{}",
                    text(price),
                    text(max),
                    if matches!(step, Step::Move { .. }) {
                        format!(" AND plan_id = '{}'", PLANS[other])
                    } else {
                        String::new()
                    }
                ));
                let beyond = |price| Beyond {
                    unit_price: UnitPrice::of_micros(price).unwrap(),
                    cap: max.map(Cents),
                    stops_at_cap: true,
                };
                let terms = Allowance { limit: Limit::new(*limit), unit_size: size, overage: price.map(beyond) };
                if matches!(step, Step::Move { .. }) {
                    scene.execute(&format!(
                        "UPDATE org_subscriptions SET plan_id = '{}', updated_at = {}",
                        PLANS[other], model.now
                    ));
                    (model.plans[other], model.plan) = (terms, other);
                } else {
                    model.plans = [terms; 2];
                }
                continue;
            }
            Step::Grant { quantity, minutes } => {
                let until = model.now + minutes * 60_000;
                scene.execute(&format!(
                    "INSERT INTO usage_grants (organization_id, id, feature, quantity, reason, starts_at, ends_at, created_at, request_id)
                     VALUES ('{}', 'g{}', 'training_sessions', {quantity}, 'more', {now}, {until}, {now}, 'r')",
                    ada.personal,
                    model.grants.len(),
                    now = model.now
                ));
                model.grants.push((*quantity, model.now, until));
                continue;
            }
            Step::TurnOfMonth => {
                month += 1;
                scene.set_clock(&day_of(month, "01T06:00:00.000Z"));
                model.now = scene.now().0;
                model.turns(tallygate::testing::at(&day_of(month, "01T00:00:00.000Z")).0);
                continue;
            }
            Step::Late { quantity, cap } => {
                if model.is_gauge {
                    continue;
                }
                let mode = if *cap { "cap" } else { "reject" };
                let occurred_at = Timestamp(model.before.ended - 1).iso();
                let body = json!({"feature": "training_sessions", "quantity": quantity, "mode": mode, "occurredAt": occurred_at});
                let reply = post(&scene, &ada, "track", body);
                if model.now >= model.before.ended + 86_400_000 {
                    assert_eq!(
                        (reply.status, &reply.body["field"]),
                        (400, &json!("occurredAt")),
                        "{step:?}: {reply:?}"
                    );
                    continue;
                }
                match model.late(*quantity, *cap) {
                    Some(taken) => {
                        assert_eq!(
                            (reply.status, &reply.body["event"]["counted"]),
                            (200, &json!(taken)),
                            "{step:?}: {reply:?}"
                        );
                        assert_eq!(reply.body["used"], limited.units(model.before.used), "{step:?}");
                        assert_eq!(charged(&reply.body), model.before.charged, "{step:?}: {reply:?}");
                    }
                    None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
                }
                continue;
            }
            Step::NextMonth => {
                month += 1;
                scene.set_clock(&day_of(month, "05T00:00:00.000Z"));
                model.now = scene.now().0;
                model.turns(tallygate::testing::at(&day_of(month, "01T00:00:00.000Z")).0);
                continue;
            }
        };
        let reply = post(&scene, &ada, action, body);
        match model.change(wish, cap, 0) {
            Some(taken) => {
                assert_eq!(reply.status, 200, "{step:?}: {reply:?}");
                assert_eq!(reply.body["event"]["counted"], taken, "{step:?}");
                assert_eq!(reply.body["used"], limited.units(model.used), "{step:?}");
                assert_eq!(charged(&reply.body), model.charged, "{step:?}: {reply:?}");
            }
            None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
        }
    }
    assert_ledger_agrees(&scene);
    assert_summary_agrees(&scene, &ada, &model, &limited);
}

/// What the period costs, as a meter shows it.
fn charged(meter: &Json) -> Cents {
    Cents(meter["overage"]["chargedCents"].as_i64().unwrap_or(0))
}

/// What the summary shows is what the model has: of this month and the one before, and the days of this one add up to it.
fn assert_summary_agrees(scene: &Scene, ada: &Person, model: &Model, limited: &Allowance) {
    let reply = get(scene, ada, "/summary");
    assert_eq!(reply.status, 200, "{reply:?}");
    let meters = reply.body["meters"].as_array().unwrap();
    let meter = meters.iter().find(|meter| meter["feature"] == "training_sessions").unwrap();
    let reserved = limited.units(model.used + model.reserved()) - limited.units(model.used);
    assert_eq!(
        (&meter["used"], &meter["reserved"]),
        (&json!(limited.units(model.used)), &json!(reserved)),
        "{reply:?}"
    );
    assert_eq!((charged(meter), &reply.body["overageCents"]), (model.charged, &json!(model.charged.0)), "{reply:?}");
    if model.is_gauge {
        return;
    }
    let start = Period::calendar_month(Timestamp(model.now)).start;
    let first = start.iso();
    let of_days = meter["series"].as_array().unwrap().iter().filter(|day| day["day"].as_str() >= Some(first.as_str()));
    assert_eq!(of_days.map(|day| day["quantity"].as_i64().unwrap()).sum::<i64>(), model.used, "{reply:?}");
    let before = Period::calendar_month(Timestamp(start.0 - 1)).start.iso();
    let earlier = meter["earlier"].as_array().unwrap().iter().find(|period| period["periodStart"] == before.as_str());
    let seen = earlier.map_or((0, Cents::ZERO), |period| {
        (period["quantity"].as_i64().unwrap(), Cents(period["overageCents"].as_i64().unwrap()))
    });
    assert_eq!(seen, (model.before.used, model.before.charged), "{reply:?}");
}

proptest! {
    // PROPTEST_CASES=3000 takes some minutes.
    #![proptest_config(ProptestConfig::with_cases(tallygate::testing::cases(60)))]

    #[test]
    fn counts_refuses_and_charges_as_the_rules_say(
        steps in prop::collection::vec(step(), 1..40), size in prop::sample::select(vec![1_i64, 60]), is_gauge in any::<bool>(),
    ) {
        run(&steps, size, is_gauge);
    }
}
