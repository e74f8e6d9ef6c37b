//! Jobs on real SQLite, every batch sent twice.

mod addresses;
mod aggregate;
mod calls;
mod clearing;
mod closing;
mod delivering;
mod faults;
mod figures;
mod forgetting;
mod mailing;
mod overage;
mod overage_faults;
mod payer;
mod queue;
mod reconcile;
mod stripe;
mod telling;
mod turns;

use tallygate::{
    rules::{request_ids::first_id_of, time::Timestamp},
    testing::{Person, Scene},
};

const VOICE_TRAINING: &str = include_str!("../../../catalogs/voice-training.toml");

/// An event of the ledger as `track` writes it.
#[derive(Clone, Copy)]
struct Event<'a> {
    feature: &'a str,
    /// Under a key; else with an id of our own. One name is one event.
    keyed: bool,
    name: u32,
    written_at: Timestamp,
    /// Where it was told when it happened.
    occurred_at: Option<Timestamp>,
    accepted: bool,
    counted: i64,
    attributes: Option<&'a str>,
}

impl Event<'_> {
    fn at(written_at: Timestamp, name: u32) -> Self {
        Self {
            feature: "training_sessions",
            keyed: name.is_multiple_of(2),
            name,
            written_at,
            occurred_at: None,
            accepted: true,
            counted: 1,
            attributes: None,
        }
    }

    fn write(&self, scene: &Scene, person: &Person) {
        let Self { feature, name, counted, .. } = self;
        let written = self.written_at.0;
        let text = |value: Option<String>| value.map_or("NULL".to_string(), |value| format!("'{value}'"));
        let number = |value: Option<i64>| value.map_or("NULL".to_string(), |value| value.to_string());
        let id = if self.keyed { format!("key:{name}") } else { format!("{}{name:06}", first_id_of(self.written_at)) };
        scene.execute(&format!(
            "INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
               period_start, period_end, period_total, lifetime_total, request_hash, request_id, created_at, kind, counted,
               attributes, occurred_at, keyed_at)
             VALUES ('{}', '{id}', '{}', '{feature}', '{feature}', {}, {}, 'individual_free', 10, 1772323200000, 1775001600000, 0, 0, 'h',
               'r{name}', {written}, '{}', {counted}, {}, {}, {})",
            person.personal,
            person.id,
            counted.abs(),
            i64::from(self.accepted),
            if *counted < 0 { "release" } else { "track" },
            text(self.attributes.map(str::to_string)),
            number(self.occurred_at.map(|moment| moment.0)),
            number(self.keyed.then_some(written)),
        ));
    }
}
