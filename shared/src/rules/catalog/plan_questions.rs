//! What a product asks of its plans: to show them, and to say what would help. Who may do what is decided by the rows in the
//! database and never here.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Audience, Catalog, Feature, Plan};
use crate::rules::{
    limit::Limit, money::Cents, period::Interval, plan_change::annual_savings, plan_version::PlanVersion,
};

/// How much a plan holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanLimits {
    pub seats: Limit,
    pub concurrent_sessions: Limit,
    /// Each meter's limit, in units.
    pub meters: BTreeMap<String, Limit>,
}

impl Catalog {
    /// Whether the plan is for single persons alone; `false` for one that serves teams as well, or is not there.
    pub fn is_individual_plan(&self, plan: &str) -> bool {
        self.plan(plan).is_some_and(|plan| plan.audience == Audience::Individual)
    }

    /// `None` for a plan that is not there.
    pub fn plan_limits(&self, plan: &str) -> Option<PlanLimits> {
        let plan = self.plan(plan)?;
        let meters = plan.features.iter().filter_map(|(name, feature)| match feature {
            Feature::Meter(meter) => Some((name.clone(), Limit::new(meter.limit))),
            Feature::Flag(_) | Feature::Config(_) => None,
        });
        Some(PlanLimits {
            seats: Limit::new(plan.seats),
            concurrent_sessions: Limit::new(plan.concurrent_sessions),
            meters: meters.collect(),
        })
    }

    /// Whether the plan gives anything of a feature: a flag that is on, a config that says anything but no, a meter with a limit
    /// above nothing or with use beyond it. `features.sso` asks for the member `sso` of the config `features`.
    pub fn plan_has_feature(&self, plan: &str, feature: &str) -> bool {
        let Some(plan) = self.plan(plan) else { return false };
        if let Some(feature) = plan.features.get(feature) {
            return match feature {
                Feature::Flag(flag) => *flag,
                Feature::Config(json) => says_yes(&json_of(json)),
                Feature::Meter(meter) => meter.limit != 0 || meter.overage.is_some(),
            };
        }
        let Some((config, path)) = feature.split_once('.') else { return false };
        match plan.features.get(config) {
            Some(Feature::Config(json)) => {
                json_of(json).pointer(&format!("/{}", path.replace('.', "/"))).is_some_and(says_yes)
            }
            _ => false,
        }
    }

    /// Whether so much of a meter, in units, is within the plan's limit, overage aside; `false` where the plan does not have it.
    pub fn is_within_limit(&self, plan: &str, meter: &str, quantity: i64) -> bool {
        let limit = self.plan_limits(plan).and_then(|limits| limits.meters.get(meter).copied());
        limit.is_some_and(|limit| limit.is_unlimited() || quantity <= limit.value())
    }

    /// A plan's price as a pricing page shows it: `$99`, `€29.50`, `Free`, and `Contact sales` for what is not sold by itself.
    /// `None` for a plan that is not there, and where there is nobody to contact.
    pub fn display_price(&self, plan: &str, interval: Interval) -> Option<String> {
        let plan = self.plan(plan)?;
        match plan.price(interval) {
            Some(Cents::ZERO) => Some("Free".to_string()),
            Some(price) => Some(price.display(&self.currency)),
            None => plan.sales_contact.as_ref().map(|_| "Contact sales".to_string()),
        }
    }

    /// What a year of the plan costs less than twelve months; `None` unless both are sold and the year is cheaper.
    pub fn annual_savings(&self, plan: &str) -> Option<Cents> {
        let plan = self.plan(plan)?;
        annual_savings(plan.price(Interval::Month), plan.price(Interval::Year))
    }

    /// The plans that an organization could go up to, each in its newest version, in the order of the catalog. `organization` is
    /// [`Audience::Individual`] for a personal one and [`Audience::Team`] for a team.
    pub fn upgrade_options(&self, plan: &str, organization: Audience) -> Vec<&Plan> {
        let later = |other: &&Plan| {
            self.position(&other.id) > self.position(plan)
                && self.is_offered(other)
                && other.audience.serves(organization)
        };
        match self.plan(plan) {
            Some(_) => self.plans.iter().filter(later).collect(),
            None => Vec::new(),
        }
    }

    /// Whether one of them is the plan `to`.
    pub fn can_upgrade(&self, from: &str, to: &str, organization: Audience) -> bool {
        self.upgrade_options(from, organization).iter().any(|plan| plan.id == to)
    }

    /// The plan that has to be bought at least to open a package, in the version that is offered; `None` where any plan opens
    /// it, or no package is called so.
    pub fn minimum_plan(&self, package: &str) -> Option<&Plan> {
        let package = self.packages.iter().find(|known| known.id == package)?;
        let family = PlanVersion::family_of(package.minimum_plan.as_deref()?);
        self.plans.iter().find(|plan| PlanVersion::family_of(&plan.id) == family && self.is_offered(plan))
    }
}

impl Plan {
    /// What an interval costs; `None` where it is not sold by itself.
    pub fn price(&self, interval: Interval) -> Option<Cents> {
        match interval {
            Interval::Month => self.price_month_cents.map(Cents),
            Interval::Year => self.price_year_cents.map(Cents),
        }
    }
}

fn json_of(text: &str) -> Json {
    serde_json::from_str(text).unwrap_or(Json::Null)
}

/// Neither off, nor nothing, nor none of it.
fn says_yes(value: &Json) -> bool {
    !matches!(value, Json::Null | Json::Bool(false)) && value.as_f64() != Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalog(name: &str) -> Catalog {
        let text = match name {
            "voip" => include_str!("../../../../catalogs/voip.toml"),
            "voice-training" => include_str!("../../../../catalogs/voice-training.toml"),
            "starter-kit" => include_str!("../../../../catalogs/starter-kit.toml"),
            "wellness" => include_str!("../../../../catalogs/wellness.toml"),
            "coaching" => include_str!("../../../../catalogs/coaching.toml"),
            _ => panic!("{name}"),
        };
        Catalog::parse(text).unwrap()
    }

    #[test]
    fn an_individual_plan_is_for_single_persons_alone() {
        for (name, plan, expected) in [
            ("voip", "professional", true),
            ("voip", "enterprise", false),
            ("voice-training", "individual_ultra", true),
            ("voice-training", "starter", false),
            ("starter-kit", "free", false),
            ("wellness", "premium", true),
            ("coaching", "mastery", true),
            ("coaching", "nothing", false),
        ] {
            assert_eq!(catalog(name).is_individual_plan(plan), expected, "{plan} of {name}");
        }
    }

    #[test]
    fn limits_are_the_seats_the_sessions_and_the_meters() {
        let limits = |name: &str, plan: &str| {
            let limits = catalog(name).plan_limits(plan).unwrap();
            let meters: Vec<_> = limits.meters.into_iter().map(|(name, limit)| (name, limit.value())).collect();
            (limits.seats.value(), limits.concurrent_sessions.value(), meters)
        };
        let uploads = |limit| vec![("uploads".to_string(), limit)];
        assert_eq!(limits("voip", "starter"), (1, 1, uploads(100)));
        assert_eq!(limits("voip", "enterprise"), (10, -1, uploads(-1)));
        let meters = [("scenarios", 100), ("training_sessions", 2_500)].map(|(name, limit)| (name.to_string(), limit));
        assert_eq!(limits("voice-training", "professional"), (50, -1, meters.to_vec()));
        assert_eq!(limits("wellness", "pro"), (1, -1, vec![]));
        assert_eq!(catalog("wellness").plan_limits("free"), None);
    }

    #[test]
    fn a_feature_is_had_where_it_gives_anything() {
        for (name, plan, feature, expected) in [
            ("voip", "starter", "uploads", true),
            ("voip", "starter", "downloads", false),
            ("voice-training", "individual_free", "ai_generation", false),
            ("voice-training", "individual_pro", "ai_generation", true),
            ("voice-training", "nothing", "ai_generation", false),
            ("starter-kit", "pro", "features.sso", false),
            ("starter-kit", "business", "features.sso", true),
            ("starter-kit", "business", "features.unknown", false),
            ("starter-kit", "free", "max_seats", true),
            ("coaching", "free", "human_coach_calls", false),
            ("coaching", "growth", "human_coach_calls", true),
            ("coaching", "lifestyle", "community_access", true),
            ("wellness", "pro", "anything", false),
        ] {
            assert_eq!(catalog(name).plan_has_feature(plan, feature), expected, "{feature} of {plan}");
        }
    }

    #[test]
    fn the_limit_itself_is_within_the_limit() {
        for (name, plan, meter, quantity, expected) in [
            ("voip", "starter", "uploads", 100, true),
            ("voip", "starter", "uploads", 101, false),
            ("voip", "professional", "uploads", i64::MAX, true),
            ("voip", "starter", "downloads", 0, false),
            ("voice-training", "trial", "scenarios", 26, false),
            ("starter-kit", "pro", "max_mau", 1_000, true),
            ("coaching", "lifestyle", "ai_voice_minutes", 121, false),
            ("coaching", "free", "human_coach_calls", 1, false),
        ] {
            assert_eq!(catalog(name).is_within_limit(plan, meter, quantity), expected, "{quantity} {meter} of {plan}");
        }
    }

    #[test]
    fn prices_are_shown_as_people_write_them() {
        use Interval::{Month, Year};
        for (name, plan, interval, expected) in [
            ("voip", "starter", Month, Some("$99")),
            ("voip", "starter", Year, Some("$1,089")),
            ("voice-training", "individual_free", Month, Some("Free")),
            ("voice-training", "enterprise", Month, Some("Contact sales")),
            ("starter-kit", "free", Month, Some("Free")),
            ("wellness", "pro", Month, None),
            ("coaching", "mastery", Month, Some("$199")),
            ("coaching", "nothing", Month, None),
        ] {
            assert_eq!(catalog(name).display_price(plan, interval).as_deref(), expected, "{plan} of {name}");
        }
    }

    #[test]
    fn a_year_saves_what_twelve_months_cost_more() {
        for (name, plan, expected) in [
            ("voip", "starter", Some(9_900)),
            ("voip", "enterprise", Some(49_900)),
            ("voice-training", "individual_pro", Some(5_800)),
            ("voice-training", "individual_free", None),
            ("coaching", "growth", None),
            ("starter-kit", "nothing", None),
        ] {
            assert_eq!(catalog(name).annual_savings(plan), expected.map(Cents), "{plan} of {name}");
        }
    }

    #[test]
    fn upgrades_are_later_plans_for_the_same_kind_of_organization() {
        use Audience::{Individual, Team};
        for (name, plan, organization, expected) in [
            ("voip", "starter", Individual, vec!["professional"]),
            ("voip", "professional", Individual, vec![]),
            ("voice-training", "individual_free", Individual, vec!["individual_pro", "individual_ultra"]),
            ("voice-training", "trial", Team, vec!["starter", "professional", "enterprise"]),
            ("starter-kit", "pro", Team, vec!["business", "enterprise"]),
            ("wellness", "starter", Individual, vec!["premium", "pro"]),
            ("coaching", "free", Individual, vec!["lifestyle", "growth", "mastery"]),
            ("coaching", "nothing", Individual, vec![]),
        ] {
            let catalog = catalog(name);
            let options = catalog.upgrade_options(plan, organization);
            let ids: Vec<_> = options.iter().map(|plan| plan.id.as_str()).collect();
            assert_eq!(ids, expected, "{plan} of {name}");
            for other in &catalog.plans {
                let expected = ids.contains(&other.id.as_str());
                assert_eq!(catalog.can_upgrade(plan, &other.id, organization), expected, "{plan} to {}", other.id);
            }
        }
    }

    #[test]
    fn a_package_is_opened_by_its_plan_in_the_version_that_is_offered() {
        let minimum = |catalog: &Catalog, package| catalog.minimum_plan(package).map(|plan| plan.id.clone());
        let wellness = catalog("wellness");
        assert_eq!(minimum(&wellness, "focus-studio").as_deref(), Some("premium"));
        assert_eq!(minimum(&wellness, "deep-sleep"), None);
        assert_eq!(minimum(&catalog("coaching"), "sleep-optimization").as_deref(), Some("lifestyle"));
        assert_eq!(minimum(&catalog("coaching"), "truth-keepers").as_deref(), Some("mastery"));
        let text = include_str!("../../../../catalogs/wellness.toml");
        let start = text.find("[[plans]]\nid = \"premium\"").unwrap();
        let end = text.find("[[plans]]\nid = \"pro\"").unwrap();
        let second = text[start..end].replace("\"premium\"", "\"premium@2\"");
        let versions = Catalog::parse(&format!("{}{second}{}", &text[..end], &text[end..])).unwrap();
        assert_eq!(minimum(&versions, "focus-studio").as_deref(), Some("premium@2"));
    }
}
