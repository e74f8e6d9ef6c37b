//! `feature`, `edit-feature`: what a plan gives, changed live. Whoever changes it names the version that they have seen, so that
//! of two nobody's change is lost unseen.

use serde_json::{json, Map, Value as Json};
use tallygate::{
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Staleness},
    staff_scoped,
    store::{Lock, Statement},
};

use crate::{
    act::{act_decided, act_is_decided, conflict, Act},
    columns::{
        object,
        Column::{self, Flag, Number, Text},
    },
};

/// Of a row `feature` of `plan_features`: one text for all that can be changed of it, by which two states are told apart.
macro_rules! version {
    () => {
        "COALESCE(feature.value, '-') || '|' || COALESCE(CAST(feature.limit_value AS TEXT), '-')
    || '|' || COALESCE(CAST(feature.unit_price_micros AS TEXT), '-') || '|' || COALESCE(CAST(feature.cap_cents AS TEXT), '-')
    || '|' || CAST(feature.stops_at_cap AS TEXT)"
    };
}

pub const FEATURE: [Column; 11] = [
    Text("plan_id"),
    Text("feature"),
    Text("kind"),
    Text("value"),
    Number("limit_value"),
    Text("reset"),
    Number("unit_price_micros"),
    Number("cap_cents"),
    Flag("stops_at_cap"),
    Text("version"),
    Number("organizations"),
];

/// The most organizations that are counted: beyond that the number says "at least".
const MOST_COUNTED: i64 = 10_000;

/// A plan's feature as it is, and how many organizations it meets.
fn as_is(plan: &str, feature: &str) -> Statement {
    Statement::new(
        "feature",
        staff_scoped!(
            "SELECT feature.plan_id, feature.feature, feature.kind, feature.value, feature.limit_value, feature.reset,
  feature.unit_price_micros, feature.cap_cents, feature.stops_at_cap, ",
            version!(),
            " AS version,
  (SELECT COUNT(*) FROM (
    SELECT 1 AS met FROM org_subscriptions held
    WHERE held.plan_id = feature.plan_id AND COALESCE(held.override_plan_id, held.plan_id) = feature.plan_id LIMIT :most) counted)
  + (SELECT COUNT(*) FROM org_subscriptions given
    WHERE given.override_ends_at IS NOT NULL AND given.override_plan_id = feature.plan_id AND given.plan_id <> feature.plan_id) AS organizations
FROM staff
JOIN plan_features feature ON feature.plan_id = :plan AND feature.feature = :feature"
        ),
    )
    .with("plan", plan)
    .with("feature", feature)
    .with("most", MOST_COUNTED)
}

fn not_found() -> Refusal {
    Refusal::invalid("feature", "must be a feature of the plan")
}

pub struct Feature {
    plan: String,
    feature: String,
}

impl Feature {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let [plan, feature] = [call.fields.required_id("plan")?, call.fields.required_id("feature")?];
        Ok(Box::new(Self { plan: plan.to_string(), feature: feature.to_string() }))
    }
}

impl Operation for Feature {
    fn staleness(&self, _context: &RequestContext) -> Option<Staleness> {
        Some(Staleness::ByRevocableAuthority)
    }

    fn statements(&self, _context: &RequestContext) -> Vec<Statement> {
        vec![as_is(&self.plan, &self.feature)]
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = found.first("feature")?.ok_or_else(not_found)?;
        Ok(Reply::ok("The feature as it is.", &json!({ "feature": found.stored(object(&FEATURE, row))? })))
    }
}

pub struct EditFeature {
    act: Act,
    plan: String,
    feature: String,
    /// The state that the change was decided on.
    version: String,
    /// Of a flag `0` or `1`, of a config its JSON.
    value: Option<String>,
    limit: Option<i64>,
    price: Option<i64>,
    cap: Option<i64>,
    stops_at_cap: Option<bool>,
    /// Only told what the change would meet.
    is_dry_run: bool,
}

impl EditFeature {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let fields = call.fields;
        let value = match fields.get("value") {
            Some(Json::Bool(flag)) => Some(i64::from(*flag).to_string()),
            _ => fields.document("value", 10_000)?,
        };
        let limit = fields.integer("limit", -1, 1_000_000_000_000)?;
        let price = fields.integer("unitPriceMicros", 1, 1_000_000_000_000)?;
        let cap = fields.integer("capCents", 1, 1_000_000_000_000)?;
        let stops_at_cap = fields.get("stopsAtCap").is_some().then(|| fields.flag("stopsAtCap")).transpose()?;
        let of_meter = limit.is_some() || price.is_some() || cap.is_some() || stops_at_cap.is_some();
        if value.is_none() && !of_meter {
            return Err(Refusal::invalid(
                "limit",
                "or `value`, `unitPriceMicros`, `capCents` or `stopsAtCap` is required",
            ));
        }
        if value.is_some() && of_meter {
            return Err(Refusal::invalid("value", "is of a flag or config, and the others are of a meter"));
        }
        let after = json!({
            "value": value, "limit": limit, "unitPriceMicros": price, "capCents": cap, "stopsAtCap": stops_at_cap,
        });
        let after = after.as_object().cloned().unwrap_or_default();
        let after: Map<String, Json> = after.into_iter().filter(|(_, value)| !value.is_null()).collect();
        Ok(Box::new(Self {
            act: Act::read(call, "plan.feature_changed", Json::Object(after))?,
            plan: fields.required_id("plan")?.to_string(),
            feature: fields.required_id("feature")?.to_string(),
            version: fields.required_text("version")?.to_string(),
            value,
            limit,
            price,
            cap,
            stops_at_cap,
            is_dry_run: fields.flag("dryRun")?,
        }))
    }
}

impl Operation for EditFeature {
    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        if self.is_dry_run {
            return Vec::new();
        }
        vec![Lock::Caller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        if self.is_dry_run {
            return vec![as_is(&self.plan, &self.feature)];
        }
        // Decides: the state that was seen, and what this kind of feature has. Postgres holds the row from here on.
        let held = Statement::new("held", "SELECT 1 AS held").on_postgres(
            "SELECT 1 AS held FROM plan_features WHERE plan_id = :plan AND feature = :feature FOR NO KEY UPDATE",
        );
        let decided = act_decided!(
            "plan",
            "feature.plan_id || '/' || feature.feature",
            "CAST(NULL AS TEXT)",
            "'{\"value\":' || CASE WHEN feature.kind = 'meter' THEN 'null' ELSE feature.value END
    || ',\"limit\":' || COALESCE(CAST(feature.limit_value AS TEXT), 'null')
    || ',\"unitPriceMicros\":' || COALESCE(CAST(feature.unit_price_micros AS TEXT), 'null')
    || ',\"capCents\":' || COALESCE(CAST(feature.cap_cents AS TEXT), 'null')
    || ',\"stopsAtCap\":' || CASE feature.stops_at_cap WHEN 1 THEN 'true' ELSE 'false' END || '}'",
            "
FROM staff
JOIN plan_features feature ON feature.plan_id = :plan AND feature.feature = :feature
WHERE ",
            version!(),
            " = :version
  AND (feature.kind = 'meter' AND :value IS NULL
    OR feature.kind = 'config' AND :value IS NOT NULL OR feature.kind = 'flag' AND :value IN ('0', '1'))"
        );
        let changed = concat!(
            "UPDATE plan_features SET
  value = COALESCE(:value, value), limit_value = COALESCE(:limit, limit_value),
  unit_price_micros = COALESCE(:price, unit_price_micros), cap_cents = COALESCE(:cap, cap_cents),
  stops_at_cap = COALESCE(:stops_at_cap, stops_at_cap)
WHERE plan_id = :plan AND feature = :feature AND ",
            act_is_decided!()
        );
        // A push of the catalog that was decided on the state before fails.
        let revised =
            concat!("UPDATE catalog_settings SET revision = revision + 1\nWHERE id = 1 AND ", act_is_decided!());
        let follows = vec![Statement::new("changed", changed), Statement::new("revised", revised)];
        let explains = vec![as_is(&self.plan, &self.feature)];
        let all = self.act.statements(context, Statement::new("decided", decided), follows, explains);
        std::iter::once(held)
            .chain(all)
            .map(|one| {
                one.with("plan", self.plan.as_str())
                    .with("feature", self.feature.as_str())
                    .with("version", self.version.as_str())
                    .with("value", self.value.as_deref())
                    .with("limit", self.limit)
                    .with("price", self.price)
                    .with("cap", self.cap)
                    .with("stops_at_cap", self.stops_at_cap.map(i64::from))
            })
            .collect()
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        let row = found.first("feature")?.ok_or_else(not_found)?;
        let feature = found.stored(object(&FEATURE, row))?;
        if !self.is_dry_run {
            if let Some(act) = Act::done(found)? {
                let message = "The plan's feature is changed, for whoever is on the plan.";
                return Ok(Reply::ok(message, &json!({ "act": act, "feature": feature })));
            }
        }
        if found.stored(row.text("version"))? != self.version {
            let mut details = Map::new();
            details.insert("feature".to_string(), feature);
            return Err(Refusal::PreconditionFailed {
                code: "feature_changed",
                message: "Somebody else has changed this feature; look again.".to_string(),
                details,
            });
        }
        let is_meter = found.stored(row.text("kind"))? == "meter";
        if is_meter != self.value.is_none() {
            return Err(conflict("wrong_kind", "A meter has a limit and a price, and every other feature a value."));
        }
        match self.is_dry_run {
            true => Ok(Reply::ok("Nothing is changed yet.", &json!({ "dryRun": true, "feature": feature }))),
            false => Err(Refusal::invalid("value", "must be true or false for a flag")),
        }
    }
}
