use proptest::prelude::*;
use serde_json::json;

use super::*;

const UNLIMITED: i64 = -1;

fn terms(name: &str, seats: i64, concurrent_sessions: i64, features: &[(&str, Term)]) -> PlanTerms {
    PlanTerms {
        name: name.to_string(),
        seats: Limit::new(seats),
        concurrent_sessions: Limit::new(concurrent_sessions),
        features: features.iter().map(|(feature, term)| ((*feature).to_string(), *term)).collect(),
    }
}

fn meter(limit: i64) -> Term {
    Term::Meter(Limit::new(limit))
}

fn in_use(seats: i64, meters: &[(&str, i64)]) -> Use {
    Use { seats, meters: meters.iter().map(|(feature, used)| ((*feature).to_string(), *used)).collect() }
}

fn seats_over(current: i64, wanted: i64, used: i64) -> Losses {
    Losses::between(&terms("Team", current, 1, &[]), &terms("Starter", wanted, 1, &[]), &in_use(used, &[]))
}

#[test]
fn a_downgrade_loses_features_limits_seats_and_usage() {
    // given
    let enterprise = terms(
        "Enterprise",
        10,
        UNLIMITED,
        &[
            ("api", Term::Flag(true)),
            ("beta", Term::Flag(false)),
            ("branding", Term::Config),
            ("contacts", meter(500)),
            ("export", Term::Flag(true)),
            ("recordings", meter(20)),
            ("uploads", meter(UNLIMITED)),
        ],
    );
    let starter = terms(
        "Starter",
        1,
        1,
        &[("api", Term::Flag(false)), ("contacts", meter(500)), ("export", Term::Flag(true)), ("uploads", meter(100))],
    );
    let in_use = in_use(4, &[("contacts", 600), ("recordings", 7), ("uploads", 130)]);
    // when
    let losses = Losses::between(&enterprise, &starter, &in_use);
    // then
    assert_eq!(
        serde_json::to_value(&losses).unwrap(),
        json!({
            "plan": "Starter",
            "features": ["api", "branding", "recordings"],
            "limits": [
                {"feature": "seats", "from": 10, "to": 1},
                {"feature": "concurrent_sessions", "from": -1, "to": 1},
                {"feature": "uploads", "from": -1, "to": 100},
            ],
            "seats": {"limit": 1, "inUse": 4, "over": 3},
            "usage": [
                {"feature": "recordings", "limit": 0, "used": 7, "over": 7},
                {"feature": "uploads", "limit": 100, "used": 130, "over": 30},
            ],
        })
    );
    assert_eq!(
        losses.what_to_do(),
        [
            "Remove 3 members or revoke invitations: the Starter plan has 1 seat and 4 are in use.",
            "Reduce recordings by 7 or expect no more until it starts anew: the Starter plan allows 0 and 7 are used.",
            "Reduce uploads by 30 or expect no more until it starts anew: the Starter plan allows 100 and 130 are used.",
        ]
    );
    assert!(!losses.is_empty());
    // And the way up loses nothing, however much is in use.
    assert!(Losses::between(&starter, &enterprise, &in_use).is_empty());
}

#[test]
fn seats_are_lost_only_by_more_in_use_than_a_lower_limit() {
    for (current, wanted, used, over) in [
        (10, 5, 4, None),
        (10, 5, 5, None),
        (10, 5, 6, Some(1)),
        (UNLIMITED, 5, 6, Some(1)),
        (5, UNLIMITED, 600, None),
        (UNLIMITED, UNLIMITED, 600, None),
        // Over already, by a change that takes no seat: from the year to the month, say.
        (5, 5, 6, None),
        (5, 10, 12, None),
    ] {
        let losses = seats_over(current, wanted, used);
        let expected = over.map(|over| SeatLoss { limit: wanted, in_use: used, over });
        assert_eq!(losses.seats, expected, "{current} {wanted} {used}");
        assert_eq!(losses.blocks(OverSeats::Refuse), over.is_some(), "{current} {wanted} {used}");
        assert!(!losses.blocks(OverSeats::Warn));
        assert_eq!(losses.what_to_do().len(), usize::from(over.is_some()));
    }
}

#[test]
fn sentences_keep_one_and_many_apart() {
    assert_eq!(
        seats_over(10, 5, 6).what_to_do(),
        ["Remove 1 member or revoke an invitation: the Starter plan has 5 seats and 6 are in use."]
    );
    let (one, none) = (terms("Team", 1, 1, &[("calls", meter(1))]), terms("Starter", 1, 1, &[]));
    assert_eq!(
        Losses::between(&one, &none, &in_use(1, &[("calls", 1)])).what_to_do(),
        ["Reduce calls by 1 or expect no more until it starts anew: the Starter plan allows 0 and 1 is used."]
    );
}

#[test]
fn usage_over_the_limit_refuses_nothing() {
    let (wide, narrow) =
        (terms("Team", 5, 1, &[("uploads", meter(10))]), terms("Starter", 5, 1, &[("uploads", meter(5))]));
    let losses = Losses::between(&wide, &narrow, &in_use(5, &[("uploads", 9)]));
    assert_eq!(losses.usage.len(), 1);
    assert!(!losses.blocks(OverSeats::Refuse));
    // Below the lower limit the limit alone is lost.
    let losses = Losses::between(&wide, &narrow, &in_use(5, &[("uploads", 5)]));
    assert_eq!((losses.limits.len(), losses.usage.len()), (1, 0));
}

#[test]
fn a_feature_that_is_told_in_another_way_is_not_lost() {
    let stores = |term| terms("Plan", 1, 1, &[("storage", term)]);
    let many = in_use(1, &[("storage", 1_000)]);
    for (current, wanted, is_lost) in [
        (meter(10), Term::Flag(true), false),
        (meter(10), Term::Config, false),
        (Term::Config, Term::Flag(true), false),
        (Term::Flag(true), meter(10), false),
        (Term::Flag(false), Term::Flag(false), false),
        (Term::Config, Term::Flag(false), true),
        (meter(10), Term::Flag(false), true),
    ] {
        let losses = Losses::between(&stores(current), &stores(wanted), &many);
        assert_eq!(!losses.features.is_empty(), is_lost, "{current:?} {wanted:?}");
        assert_eq!(losses.is_empty(), !is_lost, "{current:?} {wanted:?}");
    }
}

#[test]
fn terms_are_read_from_the_tables_columns() {
    for (kind, value, limit_value, term) in [
        ("flag", Some("1"), None, Some(Term::Flag(true))),
        ("flag", Some("0"), None, Some(Term::Flag(false))),
        ("config", Some("{}"), None, Some(Term::Config)),
        ("meter", None, Some(100), Some(meter(100))),
        ("meter", None, Some(-1), Some(meter(UNLIMITED))),
        ("flag", None, None, None),
        ("meter", None, None, None),
        ("else", Some("1"), None, None),
    ] {
        assert_eq!(Term::of_row(kind, value, limit_value), term, "{kind} {value:?} {limit_value:?}");
    }
}

#[test]
fn the_policy_is_known_by_the_catalogs_words() {
    for policy in [OverSeats::Refuse, OverSeats::Warn] {
        assert_eq!(OverSeats::parse(policy.as_str()), Some(policy));
    }
    assert_eq!(OverSeats::parse("ignore"), None);
}

fn any_terms() -> impl Strategy<Value = PlanTerms> {
    let limit = || prop_oneof![Just(UNLIMITED), 0..20_i64];
    let term = prop_oneof![any::<bool>().prop_map(Term::Flag), Just(Term::Config), limit().prop_map(meter)];
    let features = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c"]), term, 0..=3);
    (limit(), limit(), features).prop_map(|(seats, sessions, features)| {
        terms("Plan", seats, sessions, &features.into_iter().collect::<Vec<_>>())
    })
}

proptest! {
    #[test]
    fn staying_loses_nothing(plan in any_terms(), seats in 0..30_i64, used in 0..30_i64) {
        prop_assert!(Losses::between(&plan, &plan, &in_use(seats, &[("a", used), ("b", used)])).is_empty());
    }

    #[test]
    fn what_is_over_is_used_and_above_a_limit_that_is_there(
        current in any_terms(), wanted in any_terms(), seats in 0..30_i64, used in 0..30_i64,
    ) {
        let losses = Losses::between(&current, &wanted, &in_use(seats, &[("a", used), ("b", used)]));
        if let Some(lost) = losses.seats {
            prop_assert_eq!(lost.in_use, lost.limit + lost.over);
            prop_assert!(lost.limit >= 0 && lost.over > 0);
        }
        for lost in &losses.usage {
            prop_assert_eq!(lost.used, lost.limit + lost.over);
            prop_assert!(lost.limit >= 0 && lost.over > 0);
        }
        for lost in &losses.limits {
            prop_assert!(!lost.to.is_unlimited());
        }
        prop_assert_eq!(losses.what_to_do().len(), losses.usage.len() + usize::from(losses.seats.is_some()));
    }
}
