//! A user is deleted: nothing of theirs goes on, and what is history stays.

use serde::Serialize;
use tallygate::{
    account_deletion::{erasure, left_at_stripe, locks, settle, DECIDED},
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
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Deleted<'a> {
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
        locks()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        // Decides: a user who is there; or a mark that there was one, so that neither a late message nor a token that still
        // holds makes them anew.
        let decided = Statement::new(
            DECIDED,
            "INSERT INTO users (id, email_updated_at, name, deleted_at, created_at, request_id)
VALUES (:caller, 0, 'Deleted user', :now, :now, :request)
ON CONFLICT (id) DO UPDATE SET deleted_at = :now, request_id = :request
WHERE users.deleted_at IS NULL",
        );
        std::iter::once(decided).chain(erasure(context)).chain(left_at_stripe(context)).collect()
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
            let cancelled = settle(context, found, services).await?;
            self.reply(found, cancelled)
        })
    }
}
