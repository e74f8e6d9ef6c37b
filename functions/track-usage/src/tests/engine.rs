//! The engine against a simple model, over random operations: what is counted, refused and charged.

use proptest::prelude::*;
use tallygate::rules::{
    limit::Limit,
    money::Cents,
    overage::{Allowance, Beyond, UnitPrice},
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
    Plan {
        limit: i64,
        price: Option<i64>,
        max: Option<i64>,
    },
    NextMonth,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (1_i64..4_000, any::<bool>()).prop_map(|(quantity, cap)| Step::Track { quantity, cap }),
        2 => (0_i64..5_000).prop_map(Step::Set),
        2 => (1_i64..3_000).prop_map(Step::Release),
        1 => (prop_oneof![Just(-1), 0_i64..100], prop::option::of(1_i64..3_000_000), prop::option::of(1_i64..500))
            .prop_map(|(limit, price, max)| Step::Plan { limit, price, max }),
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
    allowance: Allowance,
    used: i64,
    charged: Cents,
    is_gauge: bool,
    /// Milliseconds.
    now: i64,
    reservations: Vec<Held>,
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

    /// What of a wish there is room for, where so much is held for it already; `None` where it is refused.
    fn taken(&self, wish: i64, cap: bool, held: i64) -> Option<i64> {
        let room = self.allowance.room(self.used, self.charged);
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
        self.charged = self.allowance.charged(self.used, taken, self.charged);
        self.used += taken;
        Some(taken)
    }
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
        allowance: limited,
        used: 0,
        charged: Cents::ZERO,
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
                        let reserved =
                            model.allowance.units(model.used + model.reserved()) - model.allowance.units(model.used);
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
                        assert_eq!(reply.body["used"], model.allowance.units(model.used), "{step:?}");
                    }
                    None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
                }
                continue;
            }
            Step::Wait(minutes) => {
                model.now += minutes * 60_000;
                scene.set_clock(&tallygate::rules::time::Timestamp(model.now).iso());
                continue;
            }
            Step::Plan { limit, price, max } => {
                let price = price.filter(|_| !model.is_gauge && *limit >= 0);
                let max = max.filter(|_| price.is_some());
                let text = |value: Option<i64>| value.map_or("NULL".to_string(), |value| value.to_string());
                scene.execute(&format!(
                    "UPDATE plan_features SET limit_value = {limit}, unit_price_micros = {}, cap_cents = {}
                     WHERE feature = 'training_sessions'",
                    text(price),
                    text(max)
                ));
                let beyond = |price| Beyond {
                    unit_price: UnitPrice::of_micros(price).unwrap(),
                    cap: max.map(Cents),
                    stops_at_cap: true,
                };
                model.allowance = Allowance { limit: Limit::new(*limit), unit_size: size, overage: price.map(beyond) };
                continue;
            }
            Step::NextMonth => {
                month += 1;
                scene.set_clock(&format!("{}-{:02}-05T00:00:00.000Z", 2026 + (month - 1) / 12, (month - 1) % 12 + 1));
                model.now = scene.now().0;
                if !model.is_gauge {
                    (model.used, model.charged) = (0, Cents::ZERO);
                }
                continue;
            }
        };
        let reply = post(&scene, &ada, action, body);
        match model.change(wish, cap, 0) {
            Some(taken) => {
                assert_eq!(reply.status, 200, "{step:?}: {reply:?}");
                assert_eq!(reply.body["event"]["counted"], taken, "{step:?}");
                assert_eq!(reply.body["used"], model.allowance.units(model.used), "{step:?}");
                if let Some(charged) = reply.body["overage"]["chargedCents"].as_i64() {
                    assert_eq!(Cents(charged), model.charged, "{step:?}");
                }
            }
            None => assert_eq!(reply.status, 429, "{step:?}: {reply:?}"),
        }
    }
    assert_ledger_agrees(&scene);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn counts_refuses_and_charges_as_the_rules_say(
        steps in prop::collection::vec(step(), 1..40), size in prop::sample::select(vec![1_i64, 60]), is_gauge in any::<bool>(),
    ) {
        run(&steps, size, is_gauge);
    }
}
