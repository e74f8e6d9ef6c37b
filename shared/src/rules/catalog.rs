//! Plan catalogs: the plans of one product, as data.

mod appearance;
mod meter;
mod packages;
mod place;
mod plan_questions;
mod preferences;
#[cfg(feature = "schema")]
mod schema;
mod sql;
#[cfg(test)]
mod tests;
mod versions;

use std::{collections::BTreeMap, fmt};

use serde::Deserialize;
use toml::{Spanned, Value};

use super::currency::is_charged_by_the_hundredth;
use super::language::Language;
use super::losses::OverSeats;

pub use appearance::Appearance;
pub use meter::{Alert, Meter, Overage, Unit};
pub use packages::Package;
pub use plan_questions::PlanLimits;

/// A catalog that was read and found sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalog {
    pub name: String,
    /// ISO 4217, in lower case.
    pub currency: String,
    /// Whether admins may act in billing, beside owners.
    pub admins_may_bill: bool,
    pub downgrade_over_seats: OverSeats,
    /// Whether what costs money or adds people needs a live session; else a session is looked at where it is sent.
    pub sessions_enforced: bool,
    pub appearance: Appearance,
    pub limits: Limits,
    pub plans: Vec<Plan>,
    /// What is counted, and against which meter.
    pub event_types: BTreeMap<String, EventType>,
    /// Content that plans open.
    pub packages: Vec<Package>,
    /// What people prefer who have not said so, where it is something else than everywhere: JSON by the preferences' names.
    pub preferences: BTreeMap<String, serde_json::Value>,
}

/// Something that is counted: so many of its kind weigh so much on a meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventType {
    pub meter: String,
    /// At least 1.
    pub weight: i64,
    /// How long a call of it lasts at most, in seconds, 1 to 86 400; `None`: it is no call.
    pub longest_call_seconds: Option<i64>,
}

/// What one customer may fill the house with, whatever their plan says; each at least 1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Of one person, where the plan itself says unlimited or more.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub live_sessions: i64,
    /// Teams that one person has founded and that are still there.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub founded_teams: i64,
    /// Of one organization.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub pending_invitations: i64,
    /// Invitations and resends of one organization within 24 hours.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub invitations_a_day: i64,
    /// The same, to one address.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub invitations_to_address_a_day: i64,
    /// Refused requests under an idempotency key that one organization may have remembered within a day (UTC).
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub refused_keys_a_day: i64,
    /// Requests under an idempotency key that one organization may make the ledger keep within a day (UTC).
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub keys_a_day: i64,
    /// Reservations of one meter that may hold room at once.
    pub open_reservations: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            live_sessions: 50,
            founded_teams: 20,
            pending_invitations: 500,
            invitations_a_day: 200,
            invitations_to_address_a_day: 5,
            refused_keys_a_day: 1_000,
            keys_a_day: 1_000_000,
            open_reservations: 1_000,
        }
    }
}

impl Limits {
    /// Each by the name that a catalog gives it.
    pub fn named(&self) -> [(&'static str, i64); 8] {
        [
            ("live_sessions", self.live_sessions),
            ("founded_teams", self.founded_teams),
            ("pending_invitations", self.pending_invitations),
            ("invitations_a_day", self.invitations_a_day),
            ("invitations_to_address_a_day", self.invitations_to_address_a_day),
            ("refused_keys_a_day", self.refused_keys_a_day),
            ("keys_a_day", self.keys_a_day),
            ("open_reservations", self.open_reservations),
        ]
    }
}

/// `sessions` of a catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum Sessions {
    #[default]
    Advisory,
    Enforced,
}

/// How Stripe sells a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripePrice {
    pub id: String,
    /// `month` or `year`.
    pub interval: &'static str,
    /// No longer offered, but still paid by somebody.
    pub former: bool,
}

/// One plan, or one version of it; the place in the catalog is the order of upgrades.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub id: String,
    pub name: String,
    pub audience: Audience,
    /// Cents; `None`: not sold by itself.
    pub price_month_cents: Option<i64>,
    pub price_year_cents: Option<i64>,
    /// -1 unlimited.
    pub seats: i64,
    /// -1 unlimited.
    pub concurrent_sessions: i64,
    pub starts: Option<Audience>,
    /// Whose ended trials and subscriptions fall to this plan.
    pub fallback: Option<Audience>,
    pub stripe_prices: Vec<StripePrice>,
    pub trial_days: i64,
    pub grace_days: i64,
    pub sales_contact: Option<String>,
    /// How long raw events are kept, in days; -1 for ever, `None` as long as the operator keeps them.
    pub retention_days: Option<i64>,
    pub features: BTreeMap<String, Feature>,
}

/// Which organizations a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Individual,
    Team,
    Any,
}

impl Audience {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Team => "team",
            Self::Any => "any",
        }
    }

    fn serves(self, other: Self) -> bool {
        self == Self::Any || self == other
    }
}

/// What a plan says of a feature.
#[derive(Clone, Debug, PartialEq)]
pub enum Feature {
    Flag(bool),
    /// JSON of the product's own.
    Config(String),
    Meter(Meter),
}

impl Feature {
    fn meter(&self) -> Option<&Meter> {
        match self {
            Self::Meter(meter) => Some(meter),
            Self::Flag(_) | Self::Config(_) => None,
        }
    }
}

/// When a meter begins anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename_all = "snake_case"))]
pub enum Reset {
    CalendarMonth,
    BillingPeriod,
    Once,
    Gauge,
}

impl Reset {
    pub const ALL: [Self; 4] = [Self::CalendarMonth, Self::BillingPeriod, Self::Once, Self::Gauge];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CalendarMonth => "calendar_month",
            Self::BillingPeriod => "billing_period",
            Self::Once => "once",
            Self::Gauge => "gauge",
        }
    }
}

/// What is wrong with a catalog, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    /// From 1.
    pub line: usize,
    /// `plans.starter.seats`; empty where no field could be told.
    pub field: String,
    pub problem: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, field, problem } = self;
        match field.is_empty() {
            true => write!(formatter, "line {line}: {problem}"),
            false => write!(formatter, "line {line}, {field}: {problem}"),
        }
    }
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Document {
    /// The product.
    catalog: Head,
    /// What one customer may have at most of what costs nothing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Limits>"))]
    limits: Option<Spanned<Limits>>,
    #[serde(default)]
    /// What is counted, and against which meter.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, EventEntry>"))]
    event_types: BTreeMap<Spanned<String>, Spanned<EventEntry>>,
    #[serde(default)]
    /// Content that plans open.
    packages: Vec<packages::Entry>,
    #[serde(default)]
    /// What people prefer who have not said so.
    #[cfg_attr(feature = "schema", schemars(with = "schema::PreferencesForm"))]
    preferences: BTreeMap<Spanned<String>, Spanned<Value>>,
    /// The plans, in the order of upgrades.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Entry>"))]
    plans: Spanned<Vec<Entry>>,
}

/// `step = "credits"`, or `step = { meter = "credits", weight = 5 }`, or `call = { meter = "minutes", longest_call_seconds = 3600 }`.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
enum EventEntry {
    Meter(String),
    Weighed {
        meter: String,
        #[serde(default = "one")]
        #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1_000_000)))]
        weight: i64,
        longest_call_seconds: Option<i64>,
    },
}

fn one() -> i64 {
    1
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Head {
    /// As people read it.
    name: String,
    /// Whom to write to for what is not sold here.
    sales_contact: Option<String>,
    /// ISO 4217, in lower case; `usd` unless said otherwise.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("pattern" = "^[a-z]{3}$")))]
    currency: Option<Spanned<String>>,
    #[serde(default)]
    /// Whether admins may pay, beside owners.
    admins_may_bill: bool,
    #[serde(default)]
    /// Whether a downgrade below the seats in use is refused, or waits with a warning.
    downgrade_over_seats: OverSeats,
    #[serde(default)]
    /// Whether what costs money or adds people needs a live session and its secret.
    sessions: Sessions,
    /// The language of mails to people who have chosen none: `en` unless said otherwise.
    #[serde(default)]
    language: Language,
    /// Of buttons in mails, as `#1a73e8`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("pattern" = "^#[0-9a-fA-F]{6}$")))]
    color: Option<Spanned<String>>,
    /// The logo above mails: an `https://` address of an image.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("pattern" = "^https://")))]
    logo_url: Option<Spanned<String>>,
    /// Where answers to mails go.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    support_email: Option<Spanned<String>>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Entry {
    /// `pro`; a later version of it is `pro@2`, behind it.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("pattern" = "^[a-z0-9_]+(@([2-9]|[1-9][0-9]{1,3}))?$")))]
    id: Spanned<String>,
    /// As people read it.
    name: String,
    /// An earlier plan, whose features are this one's too unless it says otherwise.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    extends: Option<Spanned<String>>,
    /// Whom it is for.
    audience: Audience,
    /// Cents; without a price it is not sold by itself.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = 0)))]
    price_month_cents: Option<Spanned<i64>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = 0)))]
    price_year_cents: Option<Spanned<i64>>,
    /// -1 is unlimited.
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = -1), extend("not" = { "const": 0 })))]
    seats: Spanned<i64>,
    /// Live sessions of one person; -1 is unlimited.
    #[cfg_attr(feature = "schema", schemars(with = "i64", range(min = -1), extend("not" = { "const": 0 })))]
    concurrent_sessions: Spanned<i64>,
    /// Whose new organizations start on it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Audience>"))]
    starts: Option<Spanned<Audience>>,
    /// Whose ended trials and subscriptions fall to it.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Audience>"))]
    fallback: Option<Spanned<Audience>>,
    /// What Stripe sells it by.
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("pattern" = "^(price|plan)_[A-Za-z0-9_]*$")))]
    stripe_price_month: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>", extend("pattern" = "^(price|plan)_[A-Za-z0-9_]*$")))]
    stripe_price_year: Option<Spanned<String>>,
    #[serde(default)]
    /// Prices that are offered no longer, but still paid by somebody.
    former_stripe_prices: FormerPrices,
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = 0, max = 365)))]
    trial_days: Option<Spanned<i64>>,
    /// How long its features outlive a failed payment.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = 0, max = 90)))]
    grace_days: Option<Spanned<i64>>,
    /// How long raw events are kept; -1 for ever.
    #[cfg_attr(feature = "schema", schemars(with = "Option<i64>", range(min = -1, max = 3650), extend("not" = { "const": 0 })))]
    retention_days: Option<Spanned<i64>>,
    #[serde(default)]
    /// What it holds.
    #[cfg_attr(feature = "schema", schemars(with = "BTreeMap<String, schema::FeatureForm>"))]
    features: BTreeMap<String, Spanned<Value>>,
}

#[derive(Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct FormerPrices {
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    month: Vec<Spanned<String>>,
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    year: Vec<Spanned<String>>,
}

impl Catalog {
    /// Reads a catalog's TOML.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line: what is no TOML, unknown or missing keys, wrong types, plans or
    /// starts twice, negative prices, limits below -1, a meter without a reset, an event type without a meter.
    pub fn parse(text: &str) -> Result<Self, CatalogError> {
        let document: Document = toml::from_str(text)
            .map_err(|error| CatalogError::at(text, error.span().map_or(0, |span| span.start), error.message()))?;
        Reader { text }.catalog(document)
    }

    /// What the product may go on with while the database cannot be reached: the meters of which every plan that has them says
    /// `on_outage = "allow"`, and the event types that count against them.
    pub fn allowed_on_outage(&self) -> Vec<&str> {
        let meters = |name: &str| -> Vec<&Meter> {
            self.plans.iter().filter_map(|plan| plan.features.get(name)).filter_map(Feature::meter).collect()
        };
        let allows = |name: &str| {
            let meters = meters(name);
            !meters.is_empty() && meters.iter().all(|meter| meter.allows_on_outage)
        };
        let names: std::collections::BTreeSet<&str> =
            self.plans.iter().flat_map(|plan| plan.features.keys()).map(String::as_str).collect();
        let event_types = self.event_types.iter().filter(|(_, event_type)| allows(&event_type.meter));
        let event_types = event_types.map(|(name, _)| name.as_str());
        names.into_iter().filter(|name| allows(name)).chain(event_types).collect()
    }

    /// The SQL that loads this catalog, one statement a line group; running it again changes nothing.
    pub fn sql(&self) -> String {
        sql::load(self)
    }
}

impl CatalogError {
    fn at(text: &str, offset: usize, problem: impl Into<String>) -> Self {
        let line = place::line_at(text, offset);
        Self { line, field: place::field_on(text, line), problem: problem.into() }
    }
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn error<T>(&self, place: &Spanned<T>, problem: impl Into<String>) -> CatalogError {
        CatalogError::at(self.text, place.span().start, problem)
    }

    fn catalog(&self, document: Document) -> Result<Catalog, CatalogError> {
        let mut plans: Vec<Plan> = Vec::new();
        for entry in document.plans.get_ref() {
            self.version(entry, document.plans.get_ref(), &plans)?;
            let plan = self.plan(entry, &document.catalog, &plans)?;
            if let (Some(starts), Some(place)) = (plan.starts, &entry.starts) {
                let overlaps = |other: Audience| starts.serves(other) || other.serves(starts);
                if plans.iter().filter_map(|plan| plan.starts).any(overlaps) {
                    return Err(self.error(place, format!("another plan starts `{}` already", starts.as_str())));
                }
            }
            if let (Some(fallback), Some(place)) = (plan.fallback, &entry.fallback) {
                let overlaps = |other: Audience| fallback.serves(other) || other.serves(fallback);
                if plans.iter().filter_map(|plan| plan.fallback).any(overlaps) {
                    let problem = format!("another plan is the fallback of `{}` already", fallback.as_str());
                    return Err(self.error(place, problem));
                }
            }
            plans.push(plan);
        }
        self.each_price_once(document.plans.get_ref())?;
        let individuals_start = plans.iter().filter_map(|plan| plan.starts).any(|a| a.serves(Audience::Individual));
        if !individuals_start {
            return Err(self.error(&document.plans, "no plan says `starts = \"individual\"`: new users need one"));
        }
        let mut event_types = BTreeMap::new();
        for (name, entry) in &document.event_types {
            let event_type = match entry.get_ref() {
                EventEntry::Meter(meter) => EventType { meter: meter.clone(), weight: 1, longest_call_seconds: None },
                EventEntry::Weighed { meter, weight, longest_call_seconds } => {
                    EventType { meter: meter.clone(), weight: *weight, longest_call_seconds: *longest_call_seconds }
                }
            };
            let counted = |plan: &Plan| matches!(plan.features.get(&event_type.meter), Some(Feature::Meter(_)));
            if !plans.iter().any(counted) {
                return Err(self.error(entry, format!("no plan has the meter `{}`", event_type.meter)));
            }
            if !(1..=meter::MOST_WEIGHT).contains(&event_type.weight) {
                return Err(self.error(entry, format!("a weight must be 1 to {}", meter::MOST_WEIGHT)));
            }
            if let Some(longest) = event_type.longest_call_seconds {
                if !(1..=meter::LONGEST_CALL_SECONDS).contains(&longest) {
                    let problem = format!("`longest_call_seconds` must be 1 to {}", meter::LONGEST_CALL_SECONDS);
                    return Err(self.error(entry, problem));
                }
                let holds_none = |meter: &Meter| meter.is_distinct || meter.reset == Reset::Gauge;
                let meters = plans.iter().filter_map(|plan| plan.features.get(&event_type.meter));
                if meters.filter_map(Feature::meter).any(holds_none) {
                    return Err(self.error(entry, "calls are counted by no gauge and no distinct meter"));
                }
            }
            event_types.insert(name.get_ref().clone(), event_type);
        }
        let packages = self.packages(document.packages, &plans)?;
        let preferences = self.preferences(&document.preferences)?;
        let limits = self.limits(document.limits)?;
        let head = document.catalog;
        let appearance = self.appearance(&head)?;
        let currency = self.currency(head.currency, &plans)?;
        Ok(Catalog {
            name: head.name,
            currency,
            admins_may_bill: head.admins_may_bill,
            downgrade_over_seats: head.downgrade_over_seats,
            sessions_enforced: head.sessions == Sessions::Enforced,
            appearance,
            limits,
            plans,
            event_types,
            packages,
            preferences,
        })
    }

    fn limits(&self, limits: Option<Spanned<Limits>>) -> Result<Limits, CatalogError> {
        let Some(limits) = limits else { return Ok(Limits::default()) };
        match limits.get_ref().named().into_iter().find(|(_, most)| *most < 1) {
            Some((name, _)) => Err(self.error(&limits, format!("the limit `{name}` must be at least 1"))),
            None => Ok(limits.into_inner()),
        }
    }

    /// The price of a unit is turned into hundredths of the currency (`rules::overage`), so only a currency that is charged by the
    /// hundredth can have `overage`.
    fn currency(&self, code: Option<Spanned<String>>, plans: &[Plan]) -> Result<String, CatalogError> {
        let Some(code) = code else { return Ok("usd".to_string()) };
        if !is_currency(code.get_ref()) {
            return Err(self.error(&code, "a currency is three letters a–z, as `usd`"));
        }
        let charges =
            |plan: &Plan| plan.features.values().filter_map(Feature::meter).any(|meter| meter.overage.is_some());
        if plans.iter().any(charges) && !is_charged_by_the_hundredth(code.get_ref()) {
            let problem = format!("`{}` is not charged by the hundredth, as `overage` is", code.get_ref());
            return Err(self.error(&code, problem));
        }
        Ok(code.into_inner())
    }

    /// A price of Stripe's leads to one plan.
    fn each_price_once(&self, entries: &[Entry]) -> Result<(), CatalogError> {
        let mut seen: Vec<&str> = Vec::new();
        for entry in entries {
            let former = entry.former_stripe_prices.month.iter().chain(&entry.former_stripe_prices.year);
            for price in entry.stripe_price_month.iter().chain(&entry.stripe_price_year).chain(former) {
                let id = price.get_ref().as_str();
                let fits = id.starts_with("price_") || id.starts_with("plan_");
                if !fits || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
                    return Err(
                        self.error(price, format!("`{id}` is no id of a Stripe price: they begin with `price_`"))
                    );
                }
                if seen.contains(&id) {
                    return Err(self.error(price, format!("the Stripe price `{id}` is there twice")));
                }
                seen.push(id);
            }
        }
        Ok(())
    }

    fn plan(&self, entry: &Entry, head: &Head, earlier: &[Plan]) -> Result<Plan, CatalogError> {
        let price = |price: &Option<Spanned<i64>>| match price {
            Some(cents) if *cents.get_ref() < 0 => Err(self.error(cents, "a price must not be negative")),
            price => Ok(price.as_ref().map(|cents| *cents.get_ref())),
        };
        let amount = |amount: &Spanned<i64>, what: &str| match *amount.get_ref() {
            value if value == -1 || value >= 1 => Ok(value),
            _ => Err(self.error(amount, format!("{what} must be -1 (unlimited) or at least 1"))),
        };
        let days = |days: &Option<Spanned<i64>>, most: i64| match days {
            Some(days) if !(0..=most).contains(days.get_ref()) => {
                Err(self.error(days, format!("must be 0 to {most} days")))
            }
            days => Ok(days.as_ref().map_or(0, |days| *days.get_ref())),
        };
        if let Some(starts) = &entry.starts {
            if !entry.audience.serves(*starts.get_ref()) {
                return Err(self.error(starts, "a plan cannot start an audience that it is not for"));
            }
        }
        if let Some(fallback) = &entry.fallback {
            if !entry.audience.serves(*fallback.get_ref()) {
                return Err(self.error(fallback, "a plan cannot be the fallback of an audience that it is not for"));
            }
            if entry.price_month_cents.as_ref().map(|cents| *cents.get_ref()) != Some(0) {
                return Err(
                    self.error(fallback, "a fallback is given to who does not pay: it needs `price_month_cents = 0`")
                );
            }
        }
        let mut features = match &entry.extends {
            Some(extended) => match earlier.iter().find(|plan| plan.id == *extended.get_ref()) {
                Some(plan) => plan.features.clone(),
                None => return Err(self.error(extended, format!("no earlier plan is `{}`", extended.get_ref()))),
            },
            None => BTreeMap::new(),
        };
        for (name, value) in &entry.features {
            features.insert(name.clone(), self.feature(name, value)?);
        }
        let retention_days = match &entry.retention_days {
            Some(days) if *days.get_ref() != -1 && !(1..=3_650).contains(days.get_ref()) => {
                return Err(self.error(days, "must be -1 (for ever) or 1 to 3650 days"));
            }
            days => days.as_ref().map(|days| *days.get_ref()),
        };
        Ok(Plan {
            id: entry.id.get_ref().clone(),
            name: entry.name.clone(),
            audience: entry.audience,
            price_month_cents: price(&entry.price_month_cents)?,
            price_year_cents: price(&entry.price_year_cents)?,
            seats: amount(&entry.seats, "seats")?,
            concurrent_sessions: amount(&entry.concurrent_sessions, "concurrent_sessions")?,
            starts: entry.starts.as_ref().map(|starts| *starts.get_ref()),
            fallback: entry.fallback.as_ref().map(|fallback| *fallback.get_ref()),
            stripe_prices: stripe_prices(entry),
            trial_days: days(&entry.trial_days, 365)?,
            grace_days: days(&entry.grace_days, 90)?,
            sales_contact: head.sales_contact.clone(),
            retention_days,
            features,
        })
    }

    fn feature(&self, name: &str, value: &Spanned<Value>) -> Result<Feature, CatalogError> {
        let error = |problem: String| self.error(value, format!("feature `{name}`: {problem}"));
        let table = match value.get_ref() {
            Value::Boolean(flag) => return Ok(Feature::Flag(*flag)),
            Value::Table(table) => table,
            _ => return Err(error("must be true, false, a meter or a config".to_string())),
        };
        if let Some(config) = table.get("config") {
            meter::only(table, &["config"]).map_err(error)?;
            let json = serde_json::to_string(config).map_err(|problem| error(problem.to_string()))?;
            return Ok(Feature::Config(json));
        }
        Meter::read(table).map(Feature::Meter).map_err(error)
    }
}

fn stripe_prices(entry: &Entry) -> Vec<StripePrice> {
    let former = &entry.former_stripe_prices;
    let offered = [(entry.stripe_price_month.iter(), "month"), (entry.stripe_price_year.iter(), "year")];
    let offered = offered.into_iter().flat_map(|(ids, interval)| ids.map(move |id| (id, interval, false)));
    let gone = [(former.month.iter(), "month"), (former.year.iter(), "year")];
    let gone = gone.into_iter().flat_map(|(ids, interval)| ids.map(move |id| (id, interval, true)));
    let price =
        |(id, interval, former): (&Spanned<String>, _, _)| StripePrice { id: id.get_ref().clone(), interval, former };
    offered.chain(gone).map(price).collect()
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase())
}
