//! Whatever is told of an address, and in whatever order it arrives, the user's row ends as the rule of `auth` says.

#![cfg(test)]

use proptest::prelude::*;
use serde_json::{json, Value as Json};
use tallygate::{
    auth::Identity,
    http::hearing_of_address,
    rules::{ids::UserId, said_email::SaidEmail, time::Timestamp},
    store::{sqlite::Sqlite, Batch, Store, Value},
};

/// What somebody tells. By `Ord`: of two of one kind the greater one counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Told {
    at: i64,
    denies: bool,
    email: &'static str,
    is_said: bool,
}

impl Told {
    fn identity(self) -> Identity {
        Identity {
            email: SaidEmail::read(Some(self.email)),
            email_verified: !self.denies,
            email_is_said: self.is_said,
            ..Identity::of(UserId::new("ada"), Timestamp(self.at))
        }
    }
}

/// Everything that can be told of two addresses at three times, one of them that of a token without a time.
fn all() -> Vec<Told> {
    let mut all = Vec::new();
    for at in [0, 2, 3] {
        for denies in [false, true] {
            for email in ["ada@example.com", "byron@example.com"] {
                all.extend([false, true].map(|is_said| Told { at, denies, email, is_said }));
            }
        }
    }
    all
}

/// The rule, said once more and without a row.
fn expected(told: &[Told]) -> (Option<&'static str>, bool) {
    let newest = |is_said| told.iter().copied().filter(|one| one.is_said == is_said).max();
    let counts = match (newest(true), newest(false)) {
        (Some(said), Some(concluded)) if !said.denies && concluded.at > said.at => Some(concluded),
        (said, concluded) => said.or(concluded),
    };
    (counts.map(|counts| counts.email), counts.is_some_and(|counts| !counts.denies))
}

struct Row(Sqlite);

impl Row {
    fn new() -> Self {
        let database = Sqlite::with_schema().unwrap();
        let ada =
            "INSERT INTO users (id, email_updated_at, name, created_at, request_id) VALUES ('ada', 0, 'Ada', 1, 'r')";
        database.execute(ada).unwrap();
        Self(database)
    }

    /// What is known of Ada after she was told of in this order, each twice as deliveries are.
    fn after(&self, order: &[Told]) -> Json {
        let untold = "UPDATE users SET email = 'claimed@example.com', email_verified = 0, email_updated_at = 0, email_said_at = 0,
            concluded_email = NULL, concluded_verified = NULL, concluded_at = NULL";
        self.0.execute(untold).unwrap();
        for told in order {
            for _ in 0..2 {
                let statements = [hearing_of_address("heard", Some(&told.identity()), "", ["", ""])];
                let shared = [("caller", Value::from("ada"))];
                pollster::block_on(self.0.batch(&Batch::new(&statements, &shared))).unwrap();
            }
        }
        let row = self.0.query(
            "SELECT email, email_verified, email_updated_at, email_said_at, concluded_email, concluded_verified, concluded_at
             FROM users",
        );
        serde_json::to_value(row.unwrap()).unwrap()[0].clone()
    }

    fn ends_as_the_rule_says(&self, told: &[Told]) {
        let (email, verified) = expected(told);
        let mut first = None;
        for order in orders(told) {
            let row = self.after(&order);
            assert_eq!(
                (row["email"].as_str(), &row["email_verified"]),
                (email, &json!(i64::from(verified))),
                "{order:?}"
            );
            let first = first.get_or_insert_with(|| row.clone());
            assert_eq!(row, *first, "{order:?}");
        }
    }
}

/// Every order of what is told.
fn orders(told: &[Told]) -> Vec<Vec<Told>> {
    let Some((first, rest)) = told.split_first() else { return vec![vec![]] };
    let with_first_at = |order: &Vec<Told>, place: usize| {
        let mut order = order.clone();
        order.insert(place, *first);
        order
    };
    let of_rest = orders(rest);
    of_rest.iter().flat_map(|order| (0..=order.len()).map(move |place| with_first_at(order, place))).collect()
}

#[test]
fn two_in_both_orders() {
    let row = Row::new();
    let all = all();
    for (place, one) in all.iter().enumerate() {
        for two in all.iter().skip(place) {
            row.ends_as_the_rule_says(&[*one, *two]);
        }
    }
}

#[test]
fn a_denial_that_is_lifted_gives_a_newer_conclusion_its_place_back() {
    // given: a session for the second address, which the provider denied before and has lifted between the two
    let [denial, lifted] =
        [(2, true), (3, false)].map(|(at, denies)| Told { at, denies, email: "ada@example.com", is_said: true });
    let session = Told { at: 4, denies: false, email: "byron@example.com", is_said: false };
    // then
    assert_eq!(expected(&[denial, session]), (Some("ada@example.com"), false));
    assert_eq!(expected(&[denial, session, lifted]), (Some("byron@example.com"), true));
    Row::new().ends_as_the_rule_says(&[denial, session, lifted]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn three_and_four_in_every_order(told in prop::collection::vec(prop::sample::select(all()), 3..=4)) {
        Row::new().ends_as_the_rule_says(&told);
    }
}
