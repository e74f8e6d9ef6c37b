//! In which ways somebody or something is found, each a span of an index of its own.

use tallygate::staff_scoped;

/// One way of finding.
pub struct Way {
    /// As the reply names it, and the statement.
    pub name: &'static str,
    form: Form,
    pub sql: &'static str,
    /// The same with Postgres's plain order of bytes, in which a beginning is a span.
    pub postgres: &'static str,
}

/// How the texts of an index are written.
enum Form {
    AsGiven,
    /// As e-mail addresses are kept.
    LowerCase,
    /// As `lower()` has them on both engines: letters beyond ASCII stay.
    LowerAscii,
}

impl Way {
    /// The beginning as the index would have it.
    pub fn written(&self, prefix: &str) -> String {
        match self.form {
            Form::AsGiven => prefix.to_string(),
            Form::LowerCase => prefix.to_lowercase(),
            Form::LowerAscii => prefix.to_ascii_lowercase(),
        }
    }
}

macro_rules! person {
    () => {
        "found.id, found.email, found.email_verified, found.name, found.username, found.account_type, found.banned_at,
  found.deleted_at, found.created_at"
    };
}

macro_rules! organization {
    () => {
        "found.id, found.kind, found.name, found.slug, found.archived_at, found.created_at, subscription.plan_id,
  subscription.status, customer.stripe_customer_id"
    };
}

macro_rules! of_organization {
    () => {
        "
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = found.id
LEFT JOIN billing_customers customer ON customer.organization_id = found.id"
    };
}

/// The span of an index: a key that begins so, behind the row that the page before has ended with. Where many have one key, the
/// rest of them is a span of its own. The key is given for each engine: Postgres has another order of texts than that of bytes,
/// in which alone a beginning is a span.
macro_rules! way {
    ($name:literal, $form:ident, $columns:expr, $from:expr, $key:literal, $postgres:literal, $when:literal) => {
        Way {
            name: $name,
            form: Form::$form,
            sql: way!(@ $columns, $from, $key, "found.id", $when),
            postgres: way!(@ $columns, $from, $postgres, "found.id COLLATE \"C\"", $when),
        }
    };
    (@ $columns:expr, $from:expr, $key:literal, $id:literal, $when:literal) => {
        staff_scoped!(
            "SELECT * FROM (
SELECT ", $columns, ", ", $key, " AS search_key
FROM ", $from, "
WHERE ", $key, " = :from AND ", $id, " > :from_id", $when, " AND EXISTS (SELECT 1 FROM staff)
ORDER BY ", $id, " LIMIT :rows) same_key
UNION ALL
SELECT * FROM (
SELECT ", $columns, ", ", $key, " AS search_key
FROM ", $from, "
WHERE ", $key, " > :from AND ", $key, " < :end", $when, " AND EXISTS (SELECT 1 FROM staff)
ORDER BY ", $key, ", ", $id, " LIMIT :rows) further
ORDER BY search_key, id LIMIT :rows"
        )
    };
}

pub static PEOPLE: [Way; 4] = [
    way!("id", AsGiven, person!(), "users found", "found.id", "found.id COLLATE \"C\"", ""),
    way!(
        "email",
        LowerCase,
        person!(),
        "users found",
        "found.email",
        "found.email COLLATE \"C\"",
        " AND found.email IS NOT NULL"
    ),
    way!(
        "username",
        LowerAscii,
        person!(),
        "users found",
        "lower(found.username)",
        "lower(found.username COLLATE \"C\")",
        " AND found.username IS NOT NULL"
    ),
    way!("name", LowerAscii, person!(), "users found", "lower(found.name)", "lower(found.name COLLATE \"C\")", ""),
];

macro_rules! organizations {
    () => {
        concat!("organizations found", of_organization!())
    };
}

pub static ORGANIZATIONS: [Way; 5] = [
    way!("id", AsGiven, organization!(), organizations!(), "found.id", "found.id COLLATE \"C\"", ""),
    way!("slug", LowerAscii, organization!(), organizations!(), "found.slug", "found.slug COLLATE \"C\"", ""),
    way!(
        "name",
        LowerAscii,
        organization!(),
        organizations!(),
        "lower(found.name)",
        "lower(found.name COLLATE \"C\")",
        " AND found.kind = 'team'"
    ),
    way!(
        "stripeCustomer",
        AsGiven,
        organization!(),
        "billing_customers customer
JOIN organizations found ON found.id = customer.organization_id
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = found.id",
        "customer.stripe_customer_id",
        "customer.stripe_customer_id COLLATE \"C\"",
        ""
    ),
    way!(
        "stripeSubscription",
        AsGiven,
        organization!(),
        "billing_subscriptions paid
JOIN organizations found ON found.id = paid.organization_id
LEFT JOIN org_subscriptions subscription ON subscription.organization_id = found.id
LEFT JOIN billing_customers customer ON customer.organization_id = found.id",
        "paid.stripe_subscription_id",
        "paid.stripe_subscription_id COLLATE \"C\"",
        ""
    ),
];
