//! Moving organizations from one plan to another, as from `pro` to `pro@2`.

use tallygate::{
    event_payload,
    rules::catalog::{Audience, Plan},
};

use crate::{
    difference::{feature_terms, plan_fields, Change, Term},
    organizations::{Met, Organizations},
    push::{as_seen, nobody_who_pays, text},
    snapshot::Snapshot,
};

/// Who is to be moved where.
pub struct Move<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// The ids of organizations; empty: all on the plan.
    pub organizations: Vec<&'a str>,
}

/// How it is remembered.
pub struct Record<'a> {
    /// One id for the whole move.
    pub request: &'a str,
    /// Milliseconds since the epoch.
    pub at: i64,
}

/// What a move changes for those who are moved.
pub struct Proposal {
    pub changes: Vec<Change>,
    pub met: Met,
    /// Why it cannot be done.
    pub impossible: Vec<String>,
}

impl Proposal {
    pub fn takes_from_who_pays(&self) -> bool {
        self.changes.iter().any(|change| change.takes) && self.met.paying > 0
    }
}

impl Move<'_> {
    /// The ids as SQL has them, for `IN (…)`; `None` where all are meant.
    pub fn named(&self) -> Option<String> {
        let ids = self.organizations.iter().map(|id| text(id)).collect::<Vec<_>>().join(", ");
        (!self.organizations.is_empty()).then_some(ids)
    }

    /// Judges it. `organizations` are those that are meant, whatever plan they are on.
    pub fn propose(&self, now: &Snapshot, organizations: &Organizations) -> Proposal {
        let met = organizations.on([self.from]);
        let (Some(from), Some(to)) = (now.catalog.plan(self.from), now.catalog.plan(self.to)) else {
            let is_unknown = |id: &&&str| now.catalog.plan(id).is_none();
            let plans = [self.from, self.to];
            let unknown = plans.iter().filter(is_unknown).map(|id| format!("The database has no plan {id}."));
            return Proposal { changes: Vec::new(), met, impossible: unknown.collect() };
        };
        let mut impossible = Vec::new();
        if self.from == self.to {
            impossible.push(format!("The plan {} is where they are already.", self.to));
        }
        let stranded = match to.audience {
            Audience::Any => 0,
            Audience::Individual => organizations.teams_on(self.from),
            Audience::Team => organizations.personal_on(self.from),
        };
        if stranded > 0 {
            let audience = to.audience.as_str();
            impossible
                .push(format!("The plan {} is for `{audience}`: {stranded} of them are of the other kind.", self.to));
        }
        let named = i64::try_from(self.organizations.len()).unwrap_or(i64::MAX);
        if named > 0 && met.organizations < named {
            let missing = named - met.organizations;
            impossible
                .push(format!("{missing} of the {named} organizations named are not on {} or not there.", self.from));
        }
        Proposal { changes: changes(now, from, to, met), met, impossible }
    }

    /// The SQL of it: one transaction, which decides anew what was decided by looking.
    pub fn sql(&self, proposal: &Proposal, revision: i64, consented: bool, record: &Record<'_>) -> String {
        let Record { request, at } = record;
        let (from, to, request) = (text(self.from), text(self.to), text(request));
        let these = self.named().map_or_else(String::new, |ids| format!(" AND held.organization_id IN ({ids})"));
        let mut sql = as_seen(revision);
        if !consented && proposal.changes.iter().any(|change| change.takes) {
            sql.push_str(&nobody_who_pays(&[self.from.to_string()].into(), &these));
        }
        // What Stripe goes on asking is the price of the plan before: its messages must not move them back.
        sql.push_str(&format!(
            "UPDATE org_subscriptions SET
  moved_from_plan_id = CASE WHEN stripe_subscription_id IS NOT NULL THEN NULLIF(COALESCE(moved_from_plan_id, plan_id), {to}) END,
  plan_id = {to}, updated_at = {at}, request_id = {request}
WHERE organization_id IN (
  SELECT held.organization_id FROM org_subscriptions held
  JOIN organizations organization ON organization.id = held.organization_id AND organization.archived_at IS NULL
  WHERE held.plan_id = {from}{these});\n"
        ));
        sql.push_str(&format!(
            "INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
SELECT organization_id, {request}, 'operator', 'subscription.moved', {to}, {}, {request}, {at}
FROM org_subscriptions WHERE request_id = {request};\n",
            text(&serde_json::json!({ "from": self.from }).to_string())
        ));
        sql.push_str(&format!(
            "INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
SELECT {request} || '.' || moved.organization_id, moved.organization_id, 'subscription.updated', {to}, {}, {at}
FROM org_subscriptions moved WHERE moved.request_id = {request};\n",
            event_payload!(
                subscription("moved.organization_id"),
                organization("moved.organization_id"),
                action("'subscription.moved'")
            )
        ));
        sql
    }
}

/// What is not for who is on a plan already.
const FOR_NEW_CUSTOMERS: [&str; 6] = ["name", "audience", "starts", "fallback", "trial days", "former Stripe prices"];

fn changes(now: &Snapshot, from: &Plan, to: &Plan, met: Met) -> Vec<Change> {
    let fields = plan_fields(from, to).into_iter().filter(|(name, ..)| !FOR_NEW_CUSTOMERS.contains(name));
    let fields = fields.map(|(name, now, then, takes)| Term { name: name.to_string(), now, then, takes });
    let packages = now.catalog.packages.iter().map(|package| {
        let opened = |plan: &Plan| if now.opens(&plan.id, package) { "opened" } else { "closed" }.to_string();
        let (before, after) = (opened(from), opened(to));
        Term { name: format!("package {}", package.id), takes: after == "closed", now: before, then: after }
    });
    let terms = fields.chain(feature_terms(from, to)).chain(packages).filter(|term| term.now != term.then);
    terms.map(|Term { name, now, then, takes }| Change { what: name, now, then, met, takes }).collect()
}
