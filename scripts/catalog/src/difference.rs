//! What a push would change, and whom each change meets.

use std::collections::{BTreeMap, BTreeSet};

use tallygate::rules::catalog::{Audience, Catalog, EventType, Feature, Package, Plan};

use crate::{
    loss,
    organizations::{Met, Organizations},
    shown,
    snapshot::Snapshot,
    table::table,
};

/// One thing that becomes another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub what: String,
    pub now: String,
    pub then: String,
    pub met: Met,
    /// Something that was allowed is refused, or costs more.
    pub takes: bool,
}

/// All that a push would change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub changes: Vec<Change>,
    /// The plans whose organizations lose something.
    pub takes_from: BTreeSet<String>,
    /// Why it cannot be pushed at all.
    pub impossible: Vec<String>,
}

impl Difference {
    /// Compares what a database holds (`None`: no catalog yet) with a file.
    pub fn between(now: Option<&Snapshot>, wanted: &Snapshot, organizations: &Organizations) -> Self {
        let Some(now) = now else {
            let plans = wanted.catalog.plans.iter();
            let new = |plan: &Plan| Change {
                what: format!("plan {}", plan.id),
                now: String::new(),
                then: introduced(wanted, plan),
                met: Met::default(),
                takes: false,
            };
            return Self { changes: plans.map(new).collect(), ..Self::default() };
        };
        let then = now.after(wanted);
        let mut comparison = Comparison { now, then: &then, organizations, found: Self::default() };
        comparison.settings();
        for plan in &then.catalog.plans {
            comparison.plan(plan);
        }
        comparison.event_types();
        comparison.packages();
        comparison.found
    }

    /// Whether somebody who pays loses something.
    pub fn takes_from_who_pays(&self) -> bool {
        self.changes.iter().any(|change| change.takes && change.met.paying > 0)
    }

    /// As people read it; empty where nothing changes.
    pub fn table(&self) -> String {
        shown_as_table(&self.changes)
    }
}

/// Changes with whom each meets; empty where there are none.
pub fn shown_as_table(changes: &[Change]) -> String {
    let rows = changes.iter().map(|change| {
        [
            change.what.clone(),
            change.now.clone(),
            change.then.clone(),
            change.met.organizations.to_string(),
            change.met.paying.to_string(),
            if change.takes { "yes" } else { "" }.to_string(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    match rows.is_empty() {
        true => String::new(),
        false => table(["what", "now", "then", "organizations", "paying", "takes away"], &rows),
    }
}

struct Comparison<'a> {
    now: &'a Snapshot,
    then: &'a Snapshot,
    organizations: &'a Organizations,
    found: Difference,
}

impl Comparison<'_> {
    /// Notes what is different for the organizations of these plans.
    fn note(&mut self, what: String, now: String, then: String, plans: &[&str], takes: bool) {
        if now == then {
            return;
        }
        let met = self.organizations.on(plans.iter().copied());
        if takes {
            self.found.takes_from.extend(plans.iter().map(|plan| (*plan).to_string()));
        }
        self.found.changes.push(Change { what, now, then, met, takes });
    }

    fn settings(&mut self) {
        let (now, then) = (&self.now.catalog, &self.then.catalog);
        let plans = ids(then);
        let sessions = |catalog: &Catalog| if catalog.sessions_enforced { "enforced" } else { "advisory" }.to_string();
        let optional = |text: &Option<String>| text.clone().unwrap_or_default();
        let (looks, will_look) = (&now.appearance, &then.appearance);
        let over_seats = |catalog: &Catalog| catalog.downgrade_over_seats.as_str().to_string();
        for (name, before, after, takes) in [
            ("name", now.name.clone(), then.name.clone(), false),
            // What was agreed in one currency is not the same in another.
            ("currency", now.currency.clone(), then.currency.clone(), true),
            ("admins_may_bill", shown::yes(now.admins_may_bill), shown::yes(then.admins_may_bill), now.admins_may_bill),
            ("downgrade_over_seats", over_seats(now), over_seats(then), false),
            ("sessions", sessions(now), sessions(then), then.sessions_enforced),
            ("language", looks.language.as_str().to_string(), will_look.language.as_str().to_string(), false),
            ("color", optional(&looks.color), optional(&will_look.color), false),
            ("logo_url", optional(&looks.logo_url), optional(&will_look.logo_url), false),
            ("support_email", optional(&looks.support_email), optional(&will_look.support_email), false),
        ] {
            self.note(format!("catalog, {name}"), before, after, &plans, takes);
        }
        let preferred =
            |catalog: &Catalog, name: &str| catalog.preferences.get(name).map_or(String::new(), ToString::to_string);
        for name in
            now.preferences.keys().chain(then.preferences.keys().filter(|name| !now.preferences.contains_key(*name)))
        {
            self.note(format!("preference {name}"), preferred(now, name), preferred(then, name), &plans, false);
        }
        for ((name, before), (_, after)) in now.limits.named().into_iter().zip(then.limits.named()) {
            let takes = loss::lowers(before, after);
            self.note(format!("limit {name}"), before.to_string(), after.to_string(), &plans, takes);
        }
    }

    fn plan(&mut self, then: &Plan) {
        let id = then.id.as_str();
        let standing = |snapshot: &Snapshot| match snapshot.is_offered(id) {
            true => "offered",
            false => "kept for who is on it",
        };
        let Some(now) = self.now.catalog.plan(id) else {
            let new = introduced(self.then, then);
            return self.note(format!("plan {id}"), String::new(), new, &[id], false);
        };
        self.note(format!("plan {id}"), standing(self.now).to_string(), standing(self.then).to_string(), &[id], false);
        if self.now.is_offered(id) && self.then.is_offered(id) {
            let place = |snapshot: &Snapshot| format!("number {}", self.place(snapshot, id));
            self.note(format!("plan {id}, place"), place(self.now), place(self.then), &[id], false);
        }
        for (name, before, after, takes) in plan_fields(now, then) {
            self.note(format!("plan {id}, {name}"), before, after, &[id], takes);
        }
        self.audience(now, then);
        for Term { name, now, then, takes } in feature_terms(now, then) {
            self.note(format!("{id}: {name}"), now, then, &[id], takes);
        }
    }

    /// A plan's number among those that are offered before and after, from 1: one that is new moves nobody.
    fn place(&self, snapshot: &Snapshot, id: &str) -> usize {
        let both = |plan: &&Plan| self.now.is_offered(&plan.id) && self.then.is_offered(&plan.id);
        let own = snapshot.position(id);
        let earlier = self.then.catalog.plans.iter().filter(both).filter(|plan| snapshot.position(&plan.id) < own);
        earlier.count() + 1
    }

    /// A plan that is no longer for who is on it: the database would refuse whatever they do next.
    fn audience(&mut self, now: &Plan, then: &Plan) {
        let stranded = match then.audience {
            Audience::Any => 0,
            Audience::Individual => self.organizations.teams_on(&then.id),
            Audience::Team => self.organizations.personal_on(&then.id),
        };
        if now.audience != then.audience && stranded > 0 {
            let (id, audience) = (&then.id, then.audience.as_str());
            self.found.impossible.push(format!(
                "The plan {id} cannot become `{audience}`: {stranded} of its organizations are of the other kind. \
                 Make it another plan, and move them first."
            ));
        }
    }

    fn event_types(&mut self) {
        let (now, then) = (&self.now.catalog.event_types, &self.then.catalog.event_types);
        let names: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
        for name in names {
            let (before, after) = (now.get(name), then.get(name));
            let takes = before.is_some_and(|before| {
                after.is_none_or(|after| before.meter != after.meter || after.weight > before.weight)
            });
            let meters: Vec<&str> = before.iter().chain(&after).map(|event_type| event_type.meter.as_str()).collect();
            let counts = |plan: &&Plan| meters.iter().any(|meter| plan.features.contains_key(*meter));
            let plans: Vec<&str> = self.then.catalog.plans.iter().filter(counts).map(|plan| plan.id.as_str()).collect();
            self.note(format!("event type {name}"), event_type(before), event_type(after), &plans, takes);
        }
    }

    fn packages(&mut self) {
        let by_id = |catalog: &Catalog| -> BTreeMap<String, Package> {
            catalog.packages.iter().map(|package| (package.id.clone(), package.clone())).collect()
        };
        let (now, then) = (by_id(&self.now.catalog), by_id(&self.then.catalog));
        let all = ids(&self.then.catalog);
        for id in now.keys().chain(then.keys()).collect::<BTreeSet<_>>() {
            let (before, after) = (now.get(id), then.get(id));
            let opened = |snapshot: &Snapshot, package: Option<&Package>| -> Vec<&str> {
                all.iter()
                    .copied()
                    .filter(|plan| package.is_some_and(|package| snapshot.opens(plan, package)))
                    .collect()
            };
            let (had, have) = (opened(self.now, before), opened(self.then, after));
            let lose: Vec<&str> = had.iter().copied().filter(|plan| !have.contains(plan)).collect();
            let gain: Vec<&str> = have.iter().copied().filter(|plan| !had.contains(plan)).collect();
            let met = if lose.is_empty() { &gain } else { &lose };
            let minimum = |package: &Package| package.minimum_plan.clone().unwrap_or_else(|| "any plan".to_string());
            let (Some(before), Some(after)) = (before, after) else {
                let standing = |package: Option<&Package>| match package {
                    None => String::new(),
                    Some(package) => format!("{}, opened by {}", package.category, minimum(package)),
                };
                let gone = if before.is_some() { "retired".to_string() } else { standing(after) };
                self.note(format!("package {id}"), standing(before), gone, met, !lose.is_empty());
                continue;
            };
            self.note(format!("package {id}, name"), before.name.clone(), after.name.clone(), &all, false);
            self.note(format!("package {id}, category"), before.category.clone(), after.category.clone(), &all, false);
            let (from, to) = (minimum(before), minimum(after));
            if from == to {
                // The plans changed their order.
                self.note(format!("package {id}, opened by"), had.join(", "), have.join(", "), met, !lose.is_empty());
            } else {
                self.note(format!("package {id}, minimum plan"), from, to, met, !lose.is_empty());
            }
            self.needs_subscription(id, before.requires_subscription, after.requires_subscription);
        }
    }

    /// It is taken from those alone whose plan does not run, and none of them pays.
    fn needs_subscription(&mut self, package: &str, now: bool, then: bool) {
        if now != then {
            let Met { organizations, paying, .. } = self.organizations.everywhere();
            self.found.changes.push(Change {
                what: format!("package {package}, requires a subscription"),
                now: shown::yes(now),
                then: shown::yes(then),
                met: Met { organizations: organizations - paying, ..Met::default() },
                takes: then,
            });
        }
    }
}

/// Something that both plans say, or one of them.
pub struct Term {
    pub name: String,
    pub now: String,
    pub then: String,
    pub takes: bool,
}

/// What two plans say of their features, the same or not.
pub fn feature_terms(now: &Plan, then: &Plan) -> Vec<Term> {
    let names: BTreeSet<&String> = now.features.keys().chain(then.features.keys()).collect();
    let terms = names.into_iter().flat_map(|name| feature(name, now.features.get(name), then.features.get(name)));
    terms.collect()
}

fn feature(name: &str, now: Option<&Feature>, then: Option<&Feature>) -> Vec<Term> {
    let (Some(Feature::Meter(before)), Some(Feature::Meter(after))) = (now, then) else {
        let whole = |feature: Option<&Feature>| {
            let parts = feature.map(shown::parts).unwrap_or_default();
            parts.first().map_or_else(|| "not there".to_string(), |part| part.text.clone())
        };
        let takes = loss::takes(now, then);
        return vec![Term { name: name.to_string(), now: whole(now), then: whole(then), takes }];
    };
    let parts = shown::meter_parts(before).into_iter().zip(shown::meter_parts(after));
    let term = |(from, to): (shown::Part, shown::Part)| Term {
        name: if from.name.is_empty() { name.to_string() } else { format!("{name}, {}", from.name) },
        takes: loss::meter_takes(from.name, before, after),
        now: from.text,
        then: to.text,
    };
    parts.map(term).collect()
}

/// What a plan says beside its features: the name of each field, both texts, and whether the change takes something.
pub fn plan_fields(now: &Plan, then: &Plan) -> Vec<(&'static str, String, String, bool)> {
    let contact = |plan: &Plan| plan.sales_contact.clone().unwrap_or_else(|| "none".to_string());
    let sold_by = |plan: &Plan, interval| shown::sold_by(&plan.stripe_prices, interval);
    let former = |plan: &Plan| {
        let former = plan.stripe_prices.iter().filter(|price| price.former);
        former.map(|price| price.id.as_str()).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    };
    // The file need not name every price that was ever offered: the database keeps them.
    let forgotten = then.stripe_prices.iter().all(|price| !price.former || now.stripe_prices.contains(price));
    let keeps = |days: Option<i64>| days.unwrap_or(-1);
    vec![
        ("name", now.name.clone(), then.name.clone(), false),
        ("audience", now.audience.as_str().to_string(), then.audience.as_str().to_string(), false),
        // Whoever pays already goes on paying what Stripe has agreed with them.
        ("price a month", shown::price(now.price_month_cents), shown::price(then.price_month_cents), false),
        ("price a year", shown::price(now.price_year_cents), shown::price(then.price_year_cents), false),
        ("Stripe price a month", sold_by(now, "month"), sold_by(then, "month"), false),
        ("Stripe price a year", sold_by(now, "year"), sold_by(then, "year"), false),
        ("former Stripe prices", former(now), if forgotten { former(now) } else { former(then) }, false),
        ("seats", shown::amount(now.seats), shown::amount(then.seats), loss::lowers(now.seats, then.seats)),
        (
            "concurrent sessions",
            shown::amount(now.concurrent_sessions),
            shown::amount(then.concurrent_sessions),
            loss::lowers(now.concurrent_sessions, then.concurrent_sessions),
        ),
        ("starts", shown::audience(now.starts), shown::audience(then.starts), false),
        ("fallback", shown::audience(now.fallback), shown::audience(then.fallback), false),
        ("trial days", now.trial_days.to_string(), then.trial_days.to_string(), false),
        ("grace days", now.grace_days.to_string(), then.grace_days.to_string(), then.grace_days < now.grace_days),
        (
            "retention",
            shown::days(now.retention_days),
            shown::days(then.retention_days),
            loss::lowers(keeps(now.retention_days), keeps(then.retention_days)),
        ),
        ("sales contact", contact(now), contact(then), false),
    ]
}

fn introduced(snapshot: &Snapshot, plan: &Plan) -> String {
    let version = if snapshot.is_offered(&plan.id) { "new" } else { "new, an older version" };
    let month = shown::price(plan.price_month_cents);
    let features = plan.features.len();
    format!("{version}: {}, {month} a month, {features} features", plan.audience.as_str())
}

fn event_type(event_type: Option<&EventType>) -> String {
    let Some(EventType { meter, weight, longest_call_seconds }) = event_type else { return "not counted".to_string() };
    let mut shown = meter.clone();
    if *weight != 1 {
        shown.push_str(&format!(", {weight} each"));
    }
    if let Some(seconds) = longest_call_seconds {
        shown.push_str(&format!(", calls of at most {seconds} s"));
    }
    shown
}

fn ids(catalog: &Catalog) -> Vec<&str> {
    catalog.plans.iter().map(|plan| plan.id.as_str()).collect()
}
