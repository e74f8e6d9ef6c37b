//! Where Stripe sends invoices, when somebody has left the address that it has.

use std::rc::Rc;

use serde_json::{json, Value as Json};
use tallygate::{schedule::Outcome, testing::Scene};

use super::{
    payer::Payer,
    stripe::{FakeStripe, Fault},
};

/// Three teams that pay, two of which Stripe has an old address of.
fn stale() -> Payer {
    let scene = Rc::new(Scene::new());
    let payer = Payer { stripe: FakeStripe::behind(&scene), ada: scene.sign_up("ada"), scene };
    for (team, email) in [("acme", "'bob@example.com'"), ("basis", "NULL"), ("corvid", "'cid@example.com'")] {
        payer.scene.team(team, &payer.ada);
        payer.scene.execute(&format!(
            "UPDATE organizations SET billing_email = {email} WHERE id = '{team}';
             INSERT INTO billing_customers (organization_id, stripe_customer_id, created_at, email_is_stale)
             VALUES ('{team}', 'cus_{team}', 1, CASE '{team}' WHEN 'corvid' THEN 0 ELSE 1 END)"
        ));
    }
    payer
}

fn left(payer: &Payer) -> Json {
    let rows =
        payer.scene.rows("SELECT stripe_customer_id AS id FROM billing_customers WHERE email_is_stale = 1 ORDER BY 1");
    rows.as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

fn told(stripe: &FakeStripe) -> Vec<(String, String)> {
    stripe.emails.borrow().clone()
}

fn corrected(customer: &str, email: &str) -> (String, String) {
    (customer.to_string(), email.to_string())
}

#[test]
fn stripe_is_told_the_next_address_once() {
    let payer = stale();
    assert_eq!(payer.run("correct_addresses"), 2);
    assert_eq!(
        told(&payer.stripe),
        [corrected("cus_acme", "bob@example.com"), corrected("cus_basis", "erased@example.invalid")]
    );
    assert_eq!(left(&payer), json!([]));
    assert_eq!(payer.run("correct_addresses"), 0);
    assert_eq!(told(&payer.stripe).len(), 2);
}

#[test]
fn what_is_archived_for_good_has_no_next_address() {
    let payer = stale();
    payer.scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    assert_eq!(payer.run("correct_addresses"), 1);
    assert_eq!(left(&payer), json!(["cus_acme"]));
}

#[test]
fn an_address_that_changes_meanwhile_is_told_too() {
    let payer = stale();
    let scene = payer.scene.clone();
    payer.stripe.meanwhile(move || {
        scene.execute("UPDATE organizations SET billing_email = 'eve@example.com' WHERE id = 'acme'");
    });
    payer.run("correct_addresses");
    assert_eq!(left(&payer), json!(["cus_acme"]));
    payer.run("correct_addresses");
    assert_eq!(told(&payer.stripe).last(), Some(&corrected("cus_acme", "eve@example.com")));
    assert_eq!(left(&payer), json!([]));
}

#[test]
fn what_stripe_refuses_holds_up_no_other_one_and_without_an_answer_it_is_tried_again() {
    let payer = stale();
    *payer.stripe.refuses.borrow_mut() =
        Some(json!({"type": "invalid_request_error", "message": "Invalid email address: bob@example.com"}));
    let report = payer.report("correct_addresses");
    assert_eq!((report.outcome, report.changed, report.notes.len()), (Outcome::Done, 0, 2), "{report:?}");
    assert!(report.notes.iter().all(|note| note.contains("cus_") && !note.contains('@')), "{report:?}");
    *payer.stripe.refuses.borrow_mut() = None;
    payer.stripe.fails_after(0, Fault::Unheard);
    assert_eq!(payer.report("correct_addresses").outcome, Outcome::Failed);
    assert_eq!(left(&payer), json!(["cus_acme", "cus_basis"]));
}
