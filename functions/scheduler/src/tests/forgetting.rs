//! Whoever deletes their account and owes something yet, and whoever was invited and never came.

use serde_json::json;
use tallygate::{
    rules::time::{Span, Timestamp},
    schedule::Outcome,
    testing::Scene,
};

use super::payer::{growth, Payer, CLOSES};
use crate::JOBS;

/// Ada's account is deleted before the period is over, and her subscription has ended with it.
fn deleted(payer: &Payer) {
    payer.scene.execute(&format!(
        "UPDATE users SET deleted_at = 1 WHERE id = 'ada';
         UPDATE organizations SET archived_at = 1, archived_by = 'ada' WHERE id = '{0}';
         DELETE FROM organization_members WHERE organization_id = '{0}'",
        payer.ada.personal
    ));
    payer.subscription("canceled", "month");
}

fn is_known(payer: &Payer) -> bool {
    payer.run("forget_customers");
    let is_kept = payer.scene.rows("SELECT stripe_customer_id FROM billing_customers") != json!([]);
    assert_eq!(is_kept, payer.stripe.gone.borrow().is_empty());
    is_kept
}

fn invoice_is(payer: &Payer, status: &str) {
    payer.scene.execute(&format!(
        "INSERT INTO billing_invoices (organization_id, stripe_invoice_id, status, currency, subtotal_cents, total_cents, due_cents, paid_cents,
           attempts, period_start, period_end, created_at, observed_at, request_id)
         VALUES ('{}', 'in_1', '{status}', 'usd', 5400, 5400, 5400, 0, 1, 1, 2, 1, 1, 'r')
         ON CONFLICT (organization_id, stripe_invoice_id) DO UPDATE SET status = excluded.status",
        payer.ada.personal
    ));
}

#[test]
fn what_was_used_beyond_the_plan_is_billed_before_its_payer_is_forgotten() {
    let payer = growth();
    deleted(&payer);
    // The period goes on, then it is over and on an invoice, then Stripe collects that.
    assert!(is_known(&payer));
    payer.closes(CLOSES);
    assert_eq!(payer.stripe.invoices.borrow()[0]["customer"], "cus_ada");
    assert!(is_known(&payer));
    for status in ["draft", "open"] {
        invoice_is(&payer, status);
        assert!(is_known(&payer), "{status}");
    }
    for status in ["paid", "void", "uncollectible"] {
        invoice_is(&payer, status);
        payer.scene.undone(|| {
            assert!(!is_known(&payer), "{status}");
            payer.stripe.gone.borrow_mut().clear();
        });
    }
    assert!(!is_known(&payer));
    assert_eq!(*payer.stripe.gone.borrow(), ["cus_ada"]);
    // and it is asked for once
    payer.run("forget_customers");
    assert_eq!(payer.stripe.gone.borrow().len(), 1);
}

#[test]
fn what_cannot_be_collected_is_not_waited_for_without_end() {
    let payer = growth();
    deleted(&payer);
    payer.closes(CLOSES);
    invoice_is(&payer, "open");
    payer.scene.advance(Span::days(61));
    assert!(is_known(&payer));
    payer.scene.advance(Span::days(2));
    assert!(!is_known(&payer));
}

#[test]
fn whoever_is_there_is_not_forgotten() {
    for who in [
        "UPDATE users SET deleted_at = NULL WHERE id = 'ada'",
        "UPDATE organizations SET archived_by = NULL",
        "INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id) SELECT id, 'ada', 'owner', 1, 'r' FROM organizations",
    ] {
        let payer = Payer::on("lifestyle");
        deleted(&payer);
        payer.scene.execute(who);
        assert!(is_known(&payer), "{who}");
    }
    let payer = Payer::on("lifestyle");
    deleted(&payer);
    assert!(!is_known(&payer));
}

#[test]
fn without_an_answer_of_stripe_s_the_job_fails_and_is_tried_again() {
    use super::stripe::Fault;
    let payer = Payer::on("lifestyle");
    deleted(&payer);
    payer.stripe.fails_after(0, Fault::Unheard);
    // As many calls get no answer as two runs try.
    for _ in 0..2 {
        assert_eq!(payer.report("forget_customers").outcome, Outcome::Failed);
        payer.scene.advance(Span::minutes(2));
    }
    assert!(!is_known(&payer));
}

#[test]
fn who_was_invited_and_never_came_is_forgotten_a_quarter_later() {
    // given: invitations of every end, to nobody, to an account, and to somebody who had that address
    let scene = Scene::new();
    let [ada, bob] = ["ada", "bob"].map(|name| scene.sign_up(name));
    let team = scene.team("acme", &ada);
    let edge = scene.now() - Span::days(90);
    let invitation = |id: &str, email: &str, also: &str| {
        scene.invitation(&team, id, email, "member", &ada);
        scene.execute(&format!("UPDATE organization_invitations SET {also} WHERE id = '{id}'"));
    };
    let ended = |status: &str, at: Timestamp| format!("status = '{status}', resolved_at = {}", at.0);
    for status in ["declined", "revoked", "expired"] {
        invitation(status, &format!("{status}@example.net"), &ended(status, edge));
    }
    invitation("young", "young@example.net", &ended("revoked", edge + Span(1)));
    invitation("open", "open@example.net", "created_at = 1");
    invitation("of-bob", "bob@example.com", &ended("revoked", edge));
    invitation("answered", "one@example.net", &(ended("declined", edge) + ", answered_by = 'bob'"));
    invitation("former", "other@example.net", &(ended("expired", edge) + ", formerly_of = 'bob'"));
    // when
    assert_eq!(scene.tick_until_done(&JOBS, "forget_invited"), 3);
    // then
    let erased = scene.rows("SELECT id FROM organization_invitations WHERE email = 'erased' ORDER BY id");
    assert_eq!(erased, json!([{"id": "declined"}, {"id": "expired"}, {"id": "revoked"}]));
    assert_eq!(scene.tick_until_done(&JOBS, "forget_invited"), 0);
    // An address that somebody only claims is nobody's.
    scene.execute(&format!("UPDATE users SET email_verified = 0 WHERE id = '{}'", bob.id));
    assert_eq!(scene.tick_until_done(&JOBS, "forget_invited"), 1);
}

#[test]
fn endpoints_of_an_organization_that_is_nobodys_go_a_month_later() {
    // given: endpoints of somebody who has left, of a team that is archived and owned, of one that goes on, and the operator's
    let scene = Scene::new();
    let ada = scene.sign_up("ada");
    scene.sign_up("bob");
    for team in ["owned", "goes-on"] {
        scene.team(team, &ada);
    }
    let own = ada.personal.as_str();
    for (id, organization) in
        [("left", Some(own)), ("owned", Some("owned")), ("goes-on", Some("goes-on")), ("operator", None)]
    {
        let organization = organization.map_or("NULL".to_string(), |organization| format!("'{organization}'"));
        scene.execute(&format!(
            "INSERT INTO webhook_endpoints (id, organization_id, url, secret, former_secret, former_secret_ends_at, listens_from, created_at, updated_at, request_id)
             VALUES ('{id}', {organization}, 'https://ada.example/in', 'whsec_1', 'whsec_0', 1, 1, 1, 1, 'r')"
        ));
    }
    let edge = (scene.now() - Span::days(30)).0;
    scene.execute(&format!(
        "UPDATE organizations SET archived_at = {edge}, archived_by = 'bob' WHERE id IN ('{own}', 'owned');
         UPDATE users SET deleted_at = 1 WHERE id = 'bob';
         DELETE FROM organization_members WHERE organization_id = '{own}'"
    ));
    // when, then
    let known = || {
        scene.rows(
            "SELECT id FROM webhook_endpoints WHERE url <> '' AND secret <> '' AND removed_at IS NULL ORDER BY id",
        )
    };
    scene.undone(|| {
        scene.execute(&format!("UPDATE organizations SET archived_at = {edge} + 1 WHERE archived_by = 'bob'"));
        assert_eq!(scene.tick_until_done(&JOBS, "remove_endpoints"), 0);
    });
    assert_eq!(scene.tick_until_done(&JOBS, "remove_endpoints"), 1);
    assert_eq!(known(), json!([{"id": "goes-on"}, {"id": "operator"}, {"id": "owned"}]));
    assert_eq!(
        scene
            .rows("SELECT former_secret, paused_at = removed_at AS is_paused FROM webhook_endpoints WHERE id = 'left'"),
        json!([{"former_secret": null, "is_paused": 1}])
    );
    assert_eq!(scene.tick_until_done(&JOBS, "remove_endpoints"), 0);
    scene.advance(Span::minutes(61));
    assert_eq!(scene.tick_until_done(&JOBS, "clear_endpoints"), 1);
}
