//! The catalog as a database holds it, and as a file says it: two of the same kind, to be compared.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use tallygate::{
    rules::{
        catalog::{
            Alert, Appearance, Audience, Catalog, EventType, Feature, Limits, Meter, Overage, Package, Plan, Reset,
            StripePrice, Unit,
        },
        language::Language,
        losses::OverSeats,
        overage::UnitPrice,
    },
    store::{Row, StoreError},
};

use crate::organizations;

/// What has to be asked of a database, and under which name its rows are handed in.
pub const QUESTIONS: [(&str, &str); 8] = [
    ("settings", "SELECT * FROM catalog_settings"),
    ("plans", "SELECT * FROM plans ORDER BY position, id"),
    ("features", "SELECT * FROM plan_features ORDER BY plan_id, feature"),
    ("alerts", "SELECT * FROM plan_alerts ORDER BY plan_id, feature, percent, name"),
    ("prices", "SELECT * FROM plan_prices ORDER BY plan_id, stripe_price_id"),
    ("event_types", "SELECT * FROM event_types ORDER BY event_type"),
    ("packages", "SELECT * FROM packages WHERE retired = 0 ORDER BY position, id"),
    ("organizations", organizations::QUESTION),
];

/// The rows of each question.
pub type Rows = BTreeMap<String, Vec<Row>>;

/// Reads the rows as they are handed in: one JSON object, each question's name with a list of rows.
///
/// # Errors
/// What is no such object.
pub fn rows(text: &str) -> Result<Rows, StoreError> {
    let answers: BTreeMap<String, Vec<Map<String, Json>>> =
        serde_json::from_str(text).map_err(|error| StoreError::Broken(format!("no rows: {error}")))?;
    Ok(answers.into_iter().map(|(name, rows)| (name, rows.into_iter().map(Row::new).collect())).collect())
}

/// A catalog with what follows from its order.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    pub catalog: Catalog,
    places: BTreeMap<String, Place>,
    /// How often a catalog was pushed; 0 for a file.
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    position: i64,
    is_offered: bool,
}

impl Snapshot {
    /// What loading the catalog into an empty database makes.
    pub fn of_file(catalog: &Catalog) -> Self {
        let place = |plan: &Plan| {
            let position = catalog.position(&plan.id).and_then(|position| i64::try_from(position).ok());
            (plan.id.clone(), Place { position: position.unwrap_or_default(), is_offered: catalog.is_offered(plan) })
        };
        let places = catalog.plans.iter().map(place).collect();
        Self { catalog: sorted(catalog.clone()), places, revision: 0 }
    }

    /// Reads what a database holds; `None` while no catalog was ever loaded.
    ///
    /// # Errors
    /// A row that the tables' own checks forbid, or a table that lacks a migration.
    pub fn of_database(rows: &Rows) -> Result<Option<Self>, StoreError> {
        let of = |name: &str| rows.get(name).map(Vec::as_slice).unwrap_or_default();
        let Some(settings) = of("settings").first() else { return Ok(None) };
        let (mut plans, mut places) = (Vec::new(), BTreeMap::new());
        for row in of("plans") {
            let plan = plan(row, of("features"), of("alerts"), of("prices"))?;
            let place = Place { position: row.integer("position")?, is_offered: !row.flag("retired")? };
            places.insert(plan.id.clone(), place);
            plans.push(plan);
        }
        let mut event_types = BTreeMap::new();
        for row in of("event_types") {
            let event_type = EventType {
                meter: row.text("feature")?.to_string(),
                weight: row.integer("weight")?,
                longest_call_seconds: row.optional_integer("longest_call_seconds")?,
            };
            event_types.insert(row.text("event_type")?.to_string(), event_type);
        }
        let packages = of("packages").iter().map(package).collect::<Result<_, _>>()?;
        let over_seats = settings.text("downgrade_over_seats")?;
        let catalog = Catalog {
            name: settings.text("name")?.to_string(),
            currency: settings.text("currency")?.to_string(),
            admins_may_bill: settings.flag("admins_may_bill")?,
            downgrade_over_seats: OverSeats::parse(over_seats).ok_or_else(|| unknown("downgrade_over_seats"))?,
            sessions_enforced: settings.flag("sessions_enforced")?,
            appearance: appearance(settings)?,
            limits: limits(settings)?,
            plans,
            event_types,
            packages,
            preferences: serde_json::from_str(settings.text("preferences")?).map_err(|_| unknown("preferences"))?,
        };
        Ok(Some(Self { catalog: sorted(catalog), places, revision: settings.integer("revision")? }))
    }

    /// Whether new customers may have the plan.
    pub fn is_offered(&self, plan: &str) -> bool {
        self.places.get(plan).is_some_and(|place| place.is_offered)
    }

    /// Its place in the order of upgrades.
    pub fn position(&self, plan: &str) -> Option<i64> {
        self.places.get(plan).map(|place| place.position)
    }

    /// Whether a plan opens a package.
    pub fn opens(&self, plan: &str, package: &Package) -> bool {
        let Some(least) = &package.minimum_plan else { return true };
        self.position(least).zip(self.position(plan)).is_some_and(|(least, own)| least <= own)
    }

    /// This database after a push of `wanted`: what the file does not name stays, is offered to nobody, and keeps its place
    /// behind the plan before it.
    pub fn after(&self, wanted: &Self) -> Self {
        let mut after = wanted.clone();
        for plan in &self.catalog.plans {
            if wanted.places.contains_key(&plan.id) {
                continue;
            }
            let own = self.position(&plan.id).unwrap_or_default();
            let earlier = wanted.places.iter().filter(|(id, _)| self.position(id).is_some_and(|place| place <= own));
            let position = earlier.map(|(_, place)| place.position).max().unwrap_or(-1);
            after.places.insert(plan.id.clone(), Place { position, is_offered: false });
            after.catalog.plans.push(Plan { starts: None, fallback: None, ..plan.clone() });
        }
        after
    }
}

/// Lists whose order says nothing, in one order.
fn sorted(mut catalog: Catalog) -> Catalog {
    for plan in &mut catalog.plans {
        plan.stripe_prices.sort_by(|one, other| one.id.cmp(&other.id));
        for feature in plan.features.values_mut() {
            if let Feature::Meter(meter) = feature {
                meter.alerts.sort_by(|one, other| (one.percent, &one.name).cmp(&(other.percent, &other.name)));
            }
        }
    }
    catalog
}

fn plan(row: &Row, features: &[Row], alerts: &[Row], prices: &[Row]) -> Result<Plan, StoreError> {
    let id = row.text("id")?;
    let own = |row: &&Row| row.text("plan_id").is_ok_and(|plan| plan == id);
    let mut held = BTreeMap::new();
    for row in features.iter().filter(own) {
        let name = row.text("feature")?;
        let of_feature = |row: &&Row| own(row) && row.text("feature").is_ok_and(|feature| feature == name);
        held.insert(name.to_string(), feature(row, alerts.iter().filter(of_feature))?);
    }
    let stripe_prices = prices.iter().filter(own).map(|row| {
        let interval = match row.text("billing_interval")? {
            "year" => "year",
            _ => "month",
        };
        Ok(StripePrice { id: row.text("stripe_price_id")?.to_string(), interval, former: !row.flag("offered")? })
    });
    let audience = |column: &str| match row.optional_text(column)? {
        None => Ok(None),
        Some(text) => audience_of(text).map(Some).ok_or_else(|| unknown(column)),
    };
    Ok(Plan {
        id: id.to_string(),
        name: row.text("name")?.to_string(),
        audience: audience("audience")?.ok_or_else(|| unknown("audience"))?,
        price_month_cents: row.optional_integer("price_month_cents")?,
        price_year_cents: row.optional_integer("price_year_cents")?,
        seats: row.integer("seats")?,
        concurrent_sessions: row.integer("concurrent_sessions")?,
        starts: audience("starts")?,
        fallback: audience("fallback")?,
        stripe_prices: stripe_prices.collect::<Result<_, StoreError>>()?,
        trial_days: row.integer("trial_days")?,
        grace_days: row.integer("grace_days")?,
        sales_contact: row.optional_text("sales_contact")?.map(str::to_string),
        retention_days: row.optional_integer("retention_days")?,
        features: held,
    })
}

fn feature<'a>(row: &Row, alerts: impl Iterator<Item = &'a Row>) -> Result<Feature, StoreError> {
    match row.text("kind")? {
        "flag" => Ok(Feature::Flag(row.text("value")? == "1")),
        "config" => Ok(Feature::Config(row.text("value")?.to_string())),
        _ => {
            let reset = row.text("reset")?;
            let overage = match row.optional_integer("unit_price_micros")?.and_then(UnitPrice::of_micros) {
                None => None,
                Some(unit_price) => Some(Overage {
                    unit_price,
                    cap_cents: row.optional_integer("cap_cents")?,
                    stops_at_cap: row.flag("stops_at_cap")?,
                }),
            };
            let alert = |row: &Row| Ok(Alert { name: row.text("name")?.to_string(), percent: row.integer("percent")? });
            Ok(Feature::Meter(Meter {
                limit: row.integer("limit_value")?,
                reset: Reset::ALL.into_iter().find(|known| known.as_str() == reset).ok_or_else(|| unknown("reset"))?,
                unit: Unit::of_size(row.integer("unit_size")?).ok_or_else(|| unknown("unit_size"))?,
                is_distinct: row.flag("is_distinct")?,
                overage,
                alerts: alerts.map(alert).collect::<Result<_, StoreError>>()?,
                allows_on_outage: row.flag("allows_on_outage")?,
            }))
        }
    }
}

fn package(row: &Row) -> Result<Package, StoreError> {
    Ok(Package {
        id: row.text("id")?.to_string(),
        name: row.text("name")?.to_string(),
        category: row.text("category")?.to_string(),
        minimum_plan: row.optional_text("minimum_plan_id")?.map(str::to_string),
        requires_subscription: row.flag("requires_subscription")?,
    })
}

fn appearance(row: &Row) -> Result<Appearance, StoreError> {
    let optional = |column| Ok::<_, StoreError>(row.optional_text(column)?.map(str::to_string));
    Ok(Appearance {
        language: Language::parse(row.text("language")?).ok_or_else(|| unknown("language"))?,
        color: optional("color")?,
        logo_url: optional("logo_url")?,
        support_email: optional("support_email")?,
    })
}

fn limits(row: &Row) -> Result<Limits, StoreError> {
    Ok(Limits {
        live_sessions: row.integer("most_live_sessions")?,
        founded_teams: row.integer("most_founded_teams")?,
        pending_invitations: row.integer("most_pending_invitations")?,
        invitations_a_day: row.integer("most_invitations_a_day")?,
        invitations_to_address_a_day: row.integer("most_invitations_to_address_a_day")?,
        refused_keys_a_day: row.integer("most_refused_keys_a_day")?,
        keys_a_day: row.integer("most_keys_a_day")?,
        open_reservations: row.integer("most_open_reservations")?,
    })
}

fn audience_of(text: &str) -> Option<Audience> {
    [Audience::Individual, Audience::Team, Audience::Any].into_iter().find(|known| known.as_str() == text)
}

fn unknown(column: &str) -> StoreError {
    StoreError::Broken(format!("column {column} holds what this version does not know"))
}
