//! The rules that the schema itself keeps, whatever a function may do.

use serde_json::json;
use tallygate::testing::{Person, Scene};

const SCHEMA: &str = include_str!("../../schema.sql");

struct Town {
    scene: Scene,
    ada: Person,
    bob: Person,
}

/// Two people and a team of ada's.
fn town() -> Town {
    let scene = Scene::new();
    let [ada, bob] = ["ada", "bob"].map(|id| scene.sign_up(id));
    scene.team("acme", &ada);
    Town { scene, ada, bob }
}

#[test]
fn applying_the_schema_again_changes_nothing() {
    let Town { scene, .. } = town();
    let before = scene.everything();
    scene.execute(SCHEMA);
    scene.assert_unchanged(&before);
}

#[test]
fn a_personal_organization_has_exactly_its_one_member() {
    let Town { scene, ada, bob } = town();
    let before = scene.everything();
    let personal = &ada.personal;
    for sql in [
        format!("INSERT INTO organization_members VALUES ('{personal}', 'bob', 'viewer', 1, 'r')"),
        format!("UPDATE organization_members SET user_id = 'bob' WHERE organization_id = '{personal}'"),
        format!(
            "UPDATE organization_members SET organization_id = '{}' WHERE organization_id = '{personal}'",
            bob.personal
        ),
        // Its one member cannot be moved to a team either.
        format!("UPDATE organization_members SET organization_id = 'acme' WHERE organization_id = '{}'", bob.personal),
        format!("DELETE FROM organization_members WHERE organization_id = '{personal}'"),
        "DELETE FROM organization_members".to_string(),
        format!("UPDATE organization_members SET role = 'admin' WHERE organization_id = '{personal}'"),
        "UPDATE organization_members SET role = 'member'".to_string(),
    ] {
        assert_eq!(scene.rejected(&sql), "Constraint(PersonalOrganization)", "{sql}");
    }
    scene.assert_unchanged(&before);
    // An archived one may go, and a team's member too.
    scene.execute(&format!("UPDATE organizations SET archived_at = 1 WHERE id = '{personal}'"));
    scene.execute("DELETE FROM organization_members WHERE user_id = 'ada'");
    // Its user sits in it as its owner, and as nothing else.
    let sql = format!("INSERT INTO organization_members VALUES ('{personal}', 'ada', 'viewer', 1, 'r')");
    assert_eq!(scene.rejected(&sql), "Constraint(PersonalOrganization)");
}

#[test]
fn a_user_has_one_personal_organization() {
    let Town { scene, .. } = town();
    let sql = "INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
               VALUES ('second', 'personal', 'personal', 'Second', 'second', 'ada', 'ada', 1)";
    assert!(scene.rejected(sql).contains("UNIQUE constraint failed: organizations.personal_user_id"));
}

#[test]
fn a_plan_fits_its_organization() {
    let Town { scene, ada, .. } = town();
    let personal = &ada.personal;
    for (organization, plan) in [(personal.as_str(), "enterprise"), ("acme", "starter"), ("acme", "nothing")] {
        let sql = format!("UPDATE org_subscriptions SET plan_id = '{plan}' WHERE organization_id = '{organization}'");
        assert_eq!(scene.rejected(&sql), "Constraint(PlanAudience)", "{sql}");
        scene.undone(|| {
            scene.execute(&format!("DELETE FROM org_subscriptions WHERE organization_id = '{organization}'"));
            let sql = format!(
                "INSERT INTO org_subscriptions (organization_id, plan_id, status, current_period_start,
                   current_period_end, updated_at) VALUES ('{organization}', '{plan}', 'active', 1, 2, 1)"
            );
            assert_eq!(scene.rejected(&sql), "Constraint(PlanAudience)", "{sql}");
        });
    }
    // A plan for anybody fits both.
    scene.execute("UPDATE plans SET audience = 'any' WHERE id = 'professional'");
    scene.execute("UPDATE org_subscriptions SET plan_id = 'professional'");
}

#[test]
fn an_address_has_one_pending_invitation_of_an_organization() {
    let Town { scene, ada, .. } = town();
    scene.team("other", &ada);
    scene.invitation("acme", "i1", "new@example.com", "member", &ada);
    scene.invitation("other", "i2", "new@example.com", "member", &ada);
    let sql = "INSERT INTO organization_invitations
               SELECT organization_id, 'i3', email, role, replace(token_hash, 'a', 'b'), status, invited_by,
                 created_at, expires_at, resolved_at, request_id, 0, NULL, NULL, NULL, NULL FROM organization_invitations WHERE id = 'i1'";
    assert_eq!(scene.rejected(sql), "Constraint(InvitationPending)");
    // and one token opens one invitation
    let sql = "UPDATE organization_invitations SET token_hash = (
                 SELECT token_hash FROM organization_invitations WHERE id = 'i1')";
    assert!(scene.rejected(sql).contains("UNIQUE constraint failed: organization_invitations.token_hash"));
    // and once it is answered, the address may be invited again
    scene.execute("UPDATE organization_invitations SET status = 'declined', resolved_at = 1 WHERE id = 'i1'");
    scene.invitation("acme", "i4", "new@example.com", "member", &ada);
}

#[test]
fn two_organizations_never_share_a_slug() {
    let Town { scene, .. } = town();
    let sql = "UPDATE organizations SET slug = 'personal-bob' WHERE id = 'acme'";
    assert_eq!(scene.rejected(sql), "Constraint(SlugTaken)");
}

#[test]
fn two_users_never_share_a_username_whatever_its_case() {
    let Town { scene, .. } = town();
    scene.execute("UPDATE users SET username = 'Ada_1' WHERE id = 'ada'");
    let said = scene.rejected("UPDATE users SET username = 'aDA_1' WHERE id = 'bob'");
    assert!(said.contains("UNIQUE constraint failed: index 'users_username'"), "{said}");
}

#[test]
fn values_outside_their_range_are_refused() {
    let Town { scene, ada, .. } = town();
    scene.invitation("acme", "i1", "new@example.com", "member", &ada);
    scene.execute(
        "INSERT INTO active_sessions VALUES ('ada', 's1', NULL, NULL, NULL, 1, 1, NULL, NULL, 'r', NULL, NULL)",
    );
    scene.execute("INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES ('acme', 'uploads', 0, 1)");
    let before = scene.everything();
    for sql in [
        "UPDATE plans SET audience = 'crew'",
        "UPDATE plans SET price_month_cents = -1",
        "UPDATE plans SET price_year_cents = -1",
        "UPDATE plans SET seats = 0",
        "UPDATE plans SET seats = -2",
        "UPDATE plans SET concurrent_sessions = 0",
        "UPDATE plans SET starts = 'nobody'",
        "UPDATE plans SET trial_days = -1",
        "UPDATE plans SET trial_days = 366",
        "UPDATE plans SET grace_days = 91",
        "UPDATE plans SET retired = 2",
        "UPDATE plan_features SET kind = 'gauge'",
        "UPDATE plan_features SET limit_value = -2",
        "UPDATE plan_features SET limit_value = NULL",
        "UPDATE plan_features SET reset = NULL",
        "UPDATE plan_features SET reset = 'weekly'",
        "UPDATE plan_features SET value = '1'",
        "UPDATE users SET email_verified = 2",
        "UPDATE users SET email = NULL",
        "UPDATE users SET account_type = 'root'",
        "UPDATE users SET username = 'ab'",
        "UPDATE users SET username = 'a23456789012345678901234567890x'",
        "UPDATE users SET username = 'two words'",
        "UPDATE users SET username = 'dash-ed'",
        "UPDATE users SET username = 'é_é'",
        "UPDATE users SET onboarding_completed_at = 1",
        "UPDATE organizations SET kind = 'crew'",
        "UPDATE organizations SET kind = 'personal' WHERE id = 'acme'",
        "UPDATE organizations SET kind = 'team' WHERE kind = 'personal'",
        "UPDATE organizations SET org_type = 'personal' WHERE id = 'acme'",
        "UPDATE organizations SET org_type = 'business' WHERE kind = 'personal'",
        "UPDATE organizations SET personal_user_id = 'ada' WHERE id = 'acme'",
        "UPDATE organization_members SET role = 'superuser' WHERE organization_id = 'acme'",
        "UPDATE org_subscriptions SET status = 'unknown'",
        "UPDATE org_subscriptions SET current_period_end = current_period_start",
        "UPDATE org_subscriptions SET status = 'trialing', trial_ends_at = NULL",
        "UPDATE org_subscriptions SET status = 'past_due', past_due_since = NULL",
        "UPDATE organization_invitations SET role = 'superuser'",
        "UPDATE organization_invitations SET status = 'lost'",
        "UPDATE organization_invitations SET status = 'accepted'",
        "UPDATE organization_invitations SET resolved_at = 1",
        "UPDATE organization_invitations SET token_hash = 'token of i1'",
        "UPDATE active_sessions SET ended_at = 1",
        "UPDATE active_sessions SET end_reason = 'terminated'",
        "UPDATE active_sessions SET ended_at = 1, end_reason = 'bored'",
        "UPDATE usage_counters SET quantity = -1",
        "INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
           period_start, period_total, lifetime_total, request_hash, request_id, created_at)
         VALUES ('acme', 'e', 'ada', 'uploads', 't', -1, 1, 'p', 1, 1, 1, 1, 'h', 'r', 1)",
        "INSERT INTO usage_events (organization_id, id, user_id, feature, event_type, quantity, accepted, plan_id, limit_value,
           period_start, period_total, lifetime_total, request_hash, request_id, created_at)
         VALUES ('acme', 'e', 'ada', 'uploads', 't', 1, 2, 'p', 1, 1, 1, 1, 'h', 'r', 1)",
    ] {
        let said = scene.rejected(sql);
        assert!(
            said.contains("CHECK constraint failed") || said.contains("Constraint(PersonalOrganization)"),
            "{sql}: {said}"
        );
    }
    scene.assert_unchanged(&before);
}

#[test]
fn what_is_pointed_at_exists() {
    let Town { scene, .. } = town();
    for sql in [
        "INSERT INTO organization_members VALUES ('nowhere', 'ada', 'owner', 1, 'r')",
        "INSERT INTO organization_members VALUES ('acme', 'nobody', 'member', 1, 'r')",
        "UPDATE users SET current_organization_id = 'nowhere'",
        "UPDATE organizations SET founded_by = 'nobody'",
        "INSERT INTO plan_features (plan_id, feature, kind, value) VALUES ('nothing', 'f', 'flag', '1')",
        "INSERT INTO active_sessions VALUES ('nobody', 's', NULL, NULL, NULL, 1, 1, NULL, NULL, 'r', NULL, NULL)",
        "INSERT INTO usage_counters (organization_id, feature, period_start, quantity) VALUES ('nowhere', 'uploads', 0, 1)",
        "INSERT INTO audit_events VALUES ('nowhere', 'e', 'ada', 'a', 't', '{}', 'r', 1)",
        "INSERT INTO outbox VALUES ('e', 'nowhere', 'a', 't', '{}', 1, NULL)",
        "DELETE FROM plans WHERE id = 'starter'",
        "DELETE FROM users WHERE id = 'bob'",
    ] {
        assert!(scene.rejected(sql).contains("FOREIGN KEY constraint failed"), "{sql}");
    }
}

#[test]
fn an_archived_organization_is_in_no_view() {
    let Town { scene, .. } = town();
    scene.execute("UPDATE organizations SET archived_at = 1 WHERE id = 'acme'");
    for view in ["entitlements", "memberships"] {
        let sql = format!("SELECT organization_id FROM {view} WHERE organization_id = 'acme'");
        assert_eq!(scene.rows(&sql), json!([]));
    }
}
