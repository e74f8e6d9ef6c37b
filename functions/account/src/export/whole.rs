//! What is small: a person has one row of it, or few.

use serde_json::Value as Json;
use tallygate::store::{Row, StoreError};

use super::column::{columns, shown, Column};

/// A member of the document.
pub struct Section {
    pub name: &'static str,
    /// One object or `null`, in place of a list.
    pub is_one: bool,
    pub sql: &'static str,
    pub columns: &'static [Column],
}

impl Section {
    pub fn shown(&self, rows: &[Row]) -> Result<Json, StoreError> {
        let shown = rows.iter().map(|row| shown(row, self.columns).map(Json::Object));
        let mut all = shown.collect::<Result<Vec<_>, _>>()?;
        Ok(if self.is_one { all.pop().unwrap_or(Json::Null) } else { all.into() })
    }
}

pub const SECTIONS: [Section; 10] = [
    Section {
        name: "account",
        is_one: true,
        sql: "SELECT kept.* FROM users kept WHERE kept.id = :caller",
        columns: columns! {
            Text: id, email, concluded_email, name, username, account_type, current_organization_id, banned_by;
            Flag: email_verified, concluded_verified;
            Time: email_updated_at, email_said_at, concluded_at, profile_updated_at, team_trial_started_at, onboarding_completed_at, banned_at, created_at;
        },
    },
    Section {
        name: "profile",
        is_one: true,
        sql: "SELECT kept.* FROM user_profiles kept WHERE kept.user_id = :caller",
        columns: columns! {
            Text: full_name, display_name, avatar_url, personal_title, first_name, middle_name, last_name, phone_country_code,
              phone_number, personal_apt_suite, personal_street_address_1, personal_street_address_2, personal_city, personal_state,
              personal_postal_code, personal_country, bio, business_position, business_company, company_website,
              business_apt_suite, business_street_address_1, business_street_address_2, business_city, business_state,
              business_postal_code, business_country, time_zone, language;
            Json: education, work_experience, billing_address;
            Time: created_at, updated_at;
        },
    },
    Section {
        name: "personalOrganization",
        is_one: true,
        sql: "SELECT kept.* FROM organizations kept WHERE kept.personal_user_id = :caller",
        columns: columns! {
            Text: id, kind, org_type, name, slug, billing_email, external_id, description, avatar_url;
            Json: settings;
            Time: created_at;
        },
    },
    Section {
        name: "subscription",
        is_one: true,
        sql: "SELECT kept.* FROM organizations personal JOIN org_subscriptions kept ON kept.organization_id = personal.id
WHERE personal.personal_user_id = :caller",
        columns: columns! {
            Text: organization_id, plan_id, status, billing_interval, stripe_subscription_id, pending_plan_id, pending_interval;
            Time: current_period_start, current_period_end, trial_ends_at, past_due_since, cancel_at, pending_at, updated_at;
        },
    },
    Section {
        name: "customer",
        is_one: true,
        sql: "SELECT kept.* FROM organizations personal JOIN billing_customers kept ON kept.organization_id = personal.id
WHERE personal.personal_user_id = :caller",
        columns: columns! { Text: organization_id, stripe_customer_id; Time: created_at },
    },
    Section {
        name: "onboarding",
        is_one: false,
        sql: "SELECT kept.* FROM onboarding_steps kept WHERE kept.user_id = :caller ORDER BY kept.step",
        columns: columns! { Text: step; Json: answers; Time: saved_at },
    },
    Section {
        name: "preferences",
        is_one: false,
        sql: "SELECT kept.* FROM user_preferences kept WHERE kept.user_id = :caller ORDER BY kept.name",
        columns: columns! { Text: name; Json: value; Time: updated_at },
    },
    Section {
        name: "mailPreferences",
        is_one: true,
        sql: "SELECT kept.* FROM mail_preferences kept WHERE kept.user_id = :caller",
        columns: columns! {
            Text: language; Flag: limit_warning, limit_reached, trial_ending, endpoint_disabled; Time: updated_at;
        },
    },
    Section {
        name: "mailSuppressions",
        is_one: false,
        sql: "SELECT kept.* FROM users own JOIN mail_suppressions kept ON kept.address = own.email AND own.email_verified = 1
WHERE own.id = :caller",
        columns: columns! { Text: address, reason; Time: created_at },
    },
    Section {
        name: "packages",
        is_one: false,
        sql: "SELECT kept.* FROM user_packages kept WHERE kept.user_id = :caller ORDER BY kept.package_id",
        columns: columns! {
            Text: package_id; Number: grant_uses, uses, granted_uses; Time: granted_at, grant_ends_at, last_opened_at;
        },
    },
];
