//! Somebody who pays for a plan of the coaching catalog, and what they have used.

use std::rc::Rc;

use serde_json::Value as Json;
use tallygate::{
    schedule::{Asked, Report},
    testing::{at, Person, Scene},
};

use super::stripe::FakeStripe;
use crate::JOBS;

const COACHING: &str = include_str!("../../../../catalogs/coaching.toml");
pub const START: &str = "2026-03-05T10:00:00Z";
pub const END: &str = "2026-04-05T10:00:00Z";
/// A day and two minutes after the end.
pub const CLOSES: &str = "2026-04-06T10:02:00Z";

/// A person on a plan that is paid by the month, and a Stripe that knows them.
pub struct Payer {
    pub scene: Rc<Scene>,
    pub stripe: Rc<FakeStripe>,
    pub ada: Person,
}

impl Payer {
    pub fn on(plan: &str) -> Self {
        let scene = Scene::with_catalog(COACHING);
        let stripe = FakeStripe::behind(&scene);
        let ada = scene.sign_up("ada");
        let payer = Self { scene: Rc::new(scene), stripe, ada };
        payer.is_on(plan, START, END);
        payer.customer("cus_ada");
        payer.subscription("active", "month");
        payer
    }

    pub fn is_on(&self, plan: &str, start: &str, end: &str) {
        self.scene.execute(&format!(
            "UPDATE org_subscriptions SET plan_id = '{plan}', status = 'active', current_period_start = {}, current_period_end = {}
             WHERE organization_id = '{}'",
            at(start).0,
            at(end).0,
            self.ada.personal
        ));
    }

    pub fn customer(&self, id: &str) {
        self.scene.execute(&format!(
            "INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at) VALUES ('{}', '{id}', 1)",
            self.ada.personal
        ));
    }

    pub fn subscription(&self, status: &str, interval: &str) {
        self.scene.execute(&format!(
            "INSERT INTO billing_subscriptions (organization_id, stripe_subscription_id, stripe_item_id, stripe_price_id, status, amount_cents,
               currency, billing_interval, current_period_start, current_period_end, started_at, observed_at, request_id)
             VALUES ('{}', 'sub_1', 'si_1', 'price_1', '{status}', 2900, 'usd', '{interval}', {}, {}, 1, 1, 'r')
             ON CONFLICT (organization_id, stripe_subscription_id) DO UPDATE SET status = excluded.status, billing_interval = excluded.billing_interval",
            self.ada.personal,
            at(START).0,
            at(END).0
        ));
    }

    /// What `track` leaves of a period's use.
    pub fn used(&self, feature: &str, start: &str, end: &str, plan: &str, quantity: i64, cents: i64) {
        self.scene.execute(&format!(
            "INSERT INTO usage_counters (organization_id, feature, period_start, quantity, overage_cents, changes, period_end, plan_id)
             VALUES ('{}', '{feature}', {}, {quantity}, {cents}, 1, {}, '{plan}')
             ON CONFLICT (organization_id, feature, period_start) DO UPDATE SET quantity = excluded.quantity, overage_cents = excluded.overage_cents",
            self.ada.personal,
            at(start).0,
            at(end).0
        ));
    }

    pub fn run(&self, job: &str) -> i64 {
        self.scene.tick_until_done(&JOBS, job)
    }

    /// Closes and bills what is over at that moment.
    pub fn closes(&self, moment: &str) {
        self.scene.set_clock(moment);
        self.run("close_periods");
        self.run("bill_overage");
    }

    pub fn report(&self, job: &str) -> Report {
        let [report] = self.scene.tick(&JOBS, Asked::Job(job)).try_into().unwrap();
        report
    }

    pub fn lines(&self, columns: &str) -> Json {
        self.scene.rows(&format!("SELECT {columns} FROM usage_summaries ORDER BY period_start, feature, correction"))
    }

    pub fn states(&self) -> Json {
        self.lines("feature, correction, overage_cents, state, reason, stripe_invoice_item_id AS item, stripe_invoice_id AS invoice")
    }
}

pub fn growth() -> Payer {
    let payer = Payer::on("growth");
    // 350 minutes and 3 calls: 4.00 + 50.00, as the catalog's worked cases have it.
    payer.used("ai_voice_minutes", START, END, "growth", 350 * 60, 400);
    payer.used("human_coach_calls", START, END, "growth", 3, 5_000);
    payer.used("ai_text_messages", START, END, "growth", 77, 0);
    payer
}
