//! A user is deleted: nothing of theirs goes on, and what is history stays.

/// Of a row `organizations` that is archived: somebody may have it back yet (`account`, `restore-organization`). It is a
/// team, not archived before `:restorable_since`, and has an owner who is neither banned nor deleted.
macro_rules! may_be_restored {
    () => {
        "organizations.kind = 'team' AND organizations.archived_at > :restorable_since AND EXISTS (
    SELECT 1 FROM organization_members able
    JOIN users acting ON acting.id = able.user_id AND acting.banned_at IS NULL AND acting.deleted_at IS NULL
    WHERE able.organization_id = organizations.id AND able.role = 'owner')"
    };
}

mod payments;
mod statements;

use serde::Serialize;
use tallygate::{
    auth::Identity,
    http::{BatchRows, Delivered, Operation, Refusal, Reply, RequestContext, Scope, Services},
    rules::{ids::UserId, time::Timestamp},
    store::{Lock, Statement},
    transport::Pending,
};

/// The deletion of a user, whether anybody has seen them before or not.
pub struct Deletion {
    user_id: UserId,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted<'a> {
    user_id: &'a UserId,
    /// This message did it; not so where the user was deleted before.
    deleted: bool,
    /// How many were cancelled at Stripe.
    cancelled_subscriptions: usize,
}

impl Deletion {
    pub fn of(user_id: UserId) -> Self {
        Self { user_id }
    }

    pub fn delivered(self) -> Delivered {
        let about = Identity::of(self.user_id.clone(), Timestamp(0));
        Delivered { operation: Box::new(self), about: Some(about) }
    }

    fn reply(&self, found: &BatchRows<'_>, cancelled_subscriptions: usize) -> Result<Reply, Refusal> {
        let deleted = found.first("deleted")?.is_some();
        let message = match deleted {
            true => "The account was deleted.",
            false => "The account was deleted before.",
        };
        Ok(Reply::ok(message, &Deleted { user_id: &self.user_id, deleted, cancelled_subscriptions }))
    }
}

impl Operation for Deletion {
    fn scope(&self) -> Scope {
        Scope::Public
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        vec![Lock::Caller, Lock::FellowMembers, Lock::OrganizationsOfCaller]
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let mut statements = statements::deletion(context);
        statements.extend(payments::statements(context));
        statements
    }

    fn outcome(&self, _context: &RequestContext, found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        self.reply(found, 0)
    }

    /// Money stops too: what nobody can use any more is cancelled at Stripe, and Stripe forgets whose it was. Only after the
    /// batch, because that decides what is archived; where Stripe cannot be reached the sender is told to come again, and finds it here again.
    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            let cancelled = payments::settle(context, found, services).await?;
            self.reply(found, cancelled)
        })
    }
}
