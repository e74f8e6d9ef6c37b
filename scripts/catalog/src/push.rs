//! The SQL of a push: one transaction that decides anew what was decided by looking.

use std::collections::BTreeSet;

use tallygate::rules::catalog::{Audience, Catalog};

use crate::{organizations::PAYS, snapshot::Snapshot};

/// Loads a catalog into a database that was seen as `now`. The transaction fails where another push was faster, where a plan
/// would no longer be for somebody who is on it, and, without consent, where somebody pays for what is taken away.
pub fn push(catalog: &Catalog, now: Option<&Snapshot>, takes_from: &BTreeSet<String>, consented: bool) -> String {
    let mut sql = String::new();
    if let Some(now) = now {
        sql.push_str(&as_seen(now.revision));
        if !consented && !takes_from.is_empty() {
            sql.push_str(&nobody_who_pays(takes_from, ""));
        }
    }
    sql.push_str(&catalog.sql());
    for plan in &catalog.plans {
        let stranded = match plan.audience {
            Audience::Any => continue,
            Audience::Individual => "team",
            Audience::Team => "personal",
        };
        sql.push_str(&fails_where(&format!(
            "EXISTS (SELECT 1 FROM org_subscriptions held
  JOIN organizations organization ON organization.id = held.organization_id AND organization.archived_at IS NULL
  WHERE held.plan_id = {} AND organization.kind = '{stranded}')",
            text(&plan.id)
        )));
    }
    sql
}

/// Counts this push, and fails where another one came in between: of two at once, the second waits for the row.
pub fn as_seen(revision: i64) -> String {
    format!(
        "UPDATE catalog_settings SET id = CASE revision WHEN {revision} THEN 1 ELSE 2 END, revision = revision + 1 \
         WHERE id = 1;\n"
    )
}

/// Fails where an organization of these plans pays; `and` narrows them down.
pub fn nobody_who_pays(plans: &BTreeSet<String>, and: &str) -> String {
    let plans = plans.iter().map(|plan| text(plan)).collect::<Vec<_>>().join(", ");
    fails_where(&format!(
        "EXISTS (SELECT 1 FROM org_subscriptions held
  JOIN organizations organization ON organization.id = held.organization_id AND organization.archived_at IS NULL
  JOIN plans plan ON plan.id = held.plan_id
  WHERE held.plan_id IN ({plans}){and} AND ({PAYS}))"
    ))
}

/// Neither engine has a statement that only fails: this one breaks the table's own check (`id = 1`).
fn fails_where(condition: &str) -> String {
    format!("UPDATE catalog_settings SET id = 2 WHERE id = 1 AND {condition};\n")
}

/// A literal that nothing can break out of.
pub fn text(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
