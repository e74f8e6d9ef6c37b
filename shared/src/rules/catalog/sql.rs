//! A catalog as SQL that D1 and Postgres both take.

use super::{Catalog, Feature, Package, Plan, StripePrice};

/// Upserts what the catalog holds and removes or retires what it no longer holds.
pub(super) fn load(catalog: &Catalog) -> String {
    let mut sql = format!("-- The plan catalog {}.\n", catalog.name.replace(['\n', '\r'], " "));
    sql.push_str(&upsert("catalog_settings", "id", &settings(catalog)));
    // Nothing is offered until it is said again, so that one price may take another's place.
    sql.push_str("UPDATE plan_prices SET offered = 0 WHERE offered = 1;\n");
    sql.push_str(&places(catalog));
    for plan in &catalog.plans {
        sql.push_str(&upsert_plan(catalog, plan));
        for price in &plan.stripe_prices {
            sql.push_str(&upsert_price(plan, price));
        }
        for (name, feature) in &plan.features {
            sql.push_str(&upsert_feature(plan, name, feature));
        }
        let names = plan.features.keys().map(|name| text(name)).collect::<Vec<_>>().join(", ");
        let kept = if names.is_empty() { String::new() } else { format!(" AND feature NOT IN ({names})") };
        sql.push_str(&format!("DELETE FROM plan_features WHERE plan_id = {}{kept};\n", text(&plan.id)));
        sql.push_str(&alerts(plan));
    }
    let plans = catalog.plans.iter().map(|plan| text(&plan.id)).collect::<Vec<_>>().join(", ");
    // A plan that is gone stays for the organizations on it, but starts nobody and is not offered.
    sql.push_str(&format!("UPDATE plans SET retired = 1, starts = NULL, fallback = NULL WHERE id NOT IN ({plans});\n"));
    for (name, event_type) in &catalog.event_types {
        let columns = [
            ("event_type", text(name)),
            ("feature", text(&event_type.meter)),
            ("weight", event_type.weight.to_string()),
            ("longest_call_seconds", number(event_type.longest_call_seconds)),
        ];
        sql.push_str(&upsert("event_types", "event_type", &columns));
    }
    let event_types = catalog.event_types.keys().map(|name| text(name)).collect::<Vec<_>>().join(", ");
    let kept = if event_types.is_empty() { String::new() } else { format!(" WHERE event_type NOT IN ({event_types})") };
    sql.push_str(&format!("DELETE FROM event_types{kept};\n"));
    for (position, package) in catalog.packages.iter().enumerate() {
        sql.push_str(&upsert_package(position, package));
    }
    let packages = catalog.packages.iter().map(|package| text(&package.id)).collect::<Vec<_>>().join(", ");
    let gone = if packages.is_empty() { String::new() } else { format!(" WHERE id NOT IN ({packages})") };
    // Who was granted it by name keeps it.
    sql.push_str(&format!("UPDATE packages SET retired = 1{gone};\n"));
    sql
}

/// The alerts of a plan's meters, in place of those that it had.
fn alerts(plan: &Plan) -> String {
    let mut sql = format!("DELETE FROM plan_alerts WHERE plan_id = {};\n", text(&plan.id));
    for (name, feature) in &plan.features {
        let Feature::Meter(meter) = feature else { continue };
        for alert in &meter.alerts {
            let columns = [
                ("plan_id", text(&plan.id)),
                ("feature", text(name)),
                ("name", text(&alert.name)),
                ("percent", alert.percent.to_string()),
            ];
            sql.push_str(&upsert("plan_alerts", "plan_id, feature, name", &columns));
        }
    }
    sql
}

fn upsert_package(position: usize, package: &Package) -> String {
    let columns = [
        ("id", text(&package.id)),
        ("name", text(&package.name)),
        ("category", text(&package.category)),
        ("minimum_plan_id", optional_text(package.minimum_plan.as_deref())),
        ("requires_subscription", i64::from(package.requires_subscription).to_string()),
        ("position", position.to_string()),
        ("retired", "0".to_string()),
    ];
    upsert("packages", "id", &columns)
}

fn settings(catalog: &Catalog) -> [(&'static str, String); 19] {
    [
        ("id", "1".to_string()),
        ("name", text(&catalog.name)),
        ("currency", text(&catalog.currency)),
        ("admins_may_bill", i64::from(catalog.admins_may_bill).to_string()),
        ("downgrade_over_seats", text(catalog.downgrade_over_seats.as_str())),
        ("sessions_enforced", i64::from(catalog.sessions_enforced).to_string()),
        ("most_live_sessions", catalog.limits.live_sessions.to_string()),
        ("most_founded_teams", catalog.limits.founded_teams.to_string()),
        ("most_pending_invitations", catalog.limits.pending_invitations.to_string()),
        ("most_invitations_a_day", catalog.limits.invitations_a_day.to_string()),
        ("most_invitations_to_address_a_day", catalog.limits.invitations_to_address_a_day.to_string()),
        ("most_refused_keys_a_day", catalog.limits.refused_keys_a_day.to_string()),
        ("most_keys_a_day", catalog.limits.keys_a_day.to_string()),
        ("most_open_reservations", catalog.limits.open_reservations.to_string()),
        ("language", text(catalog.appearance.language.as_str())),
        ("color", optional_text(catalog.appearance.color.as_deref())),
        ("logo_url", optional_text(catalog.appearance.logo_url.as_deref())),
        ("support_email", optional_text(catalog.appearance.support_email.as_deref())),
        ("preferences", text(&serde_json::to_string(&catalog.preferences).unwrap_or_default())),
    ]
}

fn upsert_price(plan: &Plan, price: &StripePrice) -> String {
    let columns = [
        ("stripe_price_id", text(&price.id)),
        ("plan_id", text(&plan.id)),
        ("billing_interval", text(price.interval)),
        ("offered", i64::from(!price.former).to_string()),
    ];
    upsert("plan_prices", "stripe_price_id", &columns)
}

/// A plan that is not in the catalog keeps its place among those that are: it shares that of the plan before it, since what
/// comes after it stays an upgrade, and opens what it did not. Said before the others get theirs.
fn places(catalog: &Catalog) -> String {
    let place =
        |plan: &Plan| format!("WHEN {} THEN {}", text(&plan.id), catalog.position(&plan.id).unwrap_or_default());
    let places = catalog.plans.iter().map(place).collect::<Vec<_>>().join(" ");
    let plans = catalog.plans.iter().map(|plan| text(&plan.id)).collect::<Vec<_>>().join(", ");
    format!(
        "UPDATE plans SET position = COALESCE((SELECT MAX(CASE earlier.id {places} END) FROM plans earlier \
         WHERE earlier.position <= plans.position AND earlier.id IN ({plans})), -1) WHERE id NOT IN ({plans});\n"
    )
}

fn upsert_plan(catalog: &Catalog, plan: &Plan) -> String {
    let position = catalog.position(&plan.id).unwrap_or_default();
    let columns = [
        ("id", text(&plan.id)),
        ("name", text(&plan.name)),
        ("audience", text(plan.audience.as_str())),
        ("position", position.to_string()),
        ("price_month_cents", number(plan.price_month_cents)),
        ("price_year_cents", number(plan.price_year_cents)),
        ("seats", plan.seats.to_string()),
        ("concurrent_sessions", plan.concurrent_sessions.to_string()),
        ("starts", optional_text(plan.starts.map(super::Audience::as_str))),
        ("fallback", optional_text(plan.fallback.map(super::Audience::as_str))),
        ("trial_days", plan.trial_days.to_string()),
        ("grace_days", plan.grace_days.to_string()),
        ("sales_contact", optional_text(plan.sales_contact.as_deref())),
        ("retention_days", number(plan.retention_days)),
        // An older version is kept up for those who are on it.
        ("retired", i64::from(!catalog.is_offered(plan)).to_string()),
    ];
    upsert("plans", "id", &columns)
}

fn upsert_feature(plan: &Plan, name: &str, feature: &Feature) -> String {
    let (kind, value, limit, reset) = match feature {
        Feature::Flag(flag) => ("flag", text(if *flag { "1" } else { "0" }), number(None), optional_text(None)),
        Feature::Config(json) => ("config", text(json), number(None), optional_text(None)),
        Feature::Meter(meter) => ("meter", optional_text(None), meter.limit.to_string(), text(meter.reset.as_str())),
    };
    let meter = feature.meter();
    let overage = meter.and_then(|meter| meter.overage);
    let columns = [
        ("plan_id", text(&plan.id)),
        ("feature", text(name)),
        ("kind", text(kind)),
        ("value", value),
        ("limit_value", limit),
        ("reset", reset),
        ("unit_size", meter.map_or(1, |meter| meter.unit.size()).to_string()),
        ("is_distinct", i64::from(meter.is_some_and(|meter| meter.is_distinct)).to_string()),
        ("unit_price_micros", number(overage.map(|overage| overage.unit_price.micros()))),
        ("cap_cents", number(overage.and_then(|overage| overage.cap_cents))),
        ("stops_at_cap", i64::from(overage.is_none_or(|overage| overage.stops_at_cap)).to_string()),
        ("allows_on_outage", i64::from(meter.is_some_and(|meter| meter.allows_on_outage)).to_string()),
    ];
    upsert("plan_features", "plan_id, feature", &columns)
}

fn upsert(table: &str, key: &str, columns: &[(&str, String)]) -> String {
    let names = columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let values = columns.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(", ");
    let updates = columns.iter().filter(|(name, _)| !key.split(", ").any(|part| part == *name));
    let updates = updates.map(|(name, _)| format!("{name} = excluded.{name}")).collect::<Vec<_>>().join(", ");
    format!("INSERT INTO {table} ({names}) VALUES ({values}) ON CONFLICT ({key}) DO UPDATE SET {updates};\n")
}

/// A catalog is the operator's own file, yet its texts are written as literals that nothing can break out of.
fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

fn optional_text(value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_string(), text)
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "NULL".to_string(), |value| value.to_string())
}
