//! `delete-person`: the erasure that somebody's own `account/delete` makes, and their provider's `user.deleted`: for whoever asks by
//! letter. A super_admin alone does it, of nobody of the staff, and sees first what becomes of each organization.

use serde_json::json;
use tallygate::{
    account_deletion::{erasure, is_left_at_stripe, left_at_stripe, locks_of, outlook, settle, Outlook, DECIDED},
    http::{BatchRows, Call, Operation, Refusal, Reply, RequestContext, Services},
    personal_data::{erased, kept},
    rules::ids::UserId,
    staff_scoped,
    store::{Lock, Statement},
    transport::Pending,
};

use crate::{
    act::{act_decided, act_is_decided, conflict, Act},
    target::{person_acted_on, person_as_is, person_row, user},
};

pub struct DeletePerson {
    act: Act,
    user: UserId,
    /// Only told what it would do.
    is_dry_run: bool,
}

impl DeletePerson {
    pub fn read(call: &Call<'_>) -> Result<Box<dyn Operation>, Refusal> {
        let act = Act::read(call, "user.deleted", json!({ "deleted": true }))?;
        Ok(Box::new(Self { act, user: user(call)?, is_dry_run: call.fields.flag("dryRun")? }))
    }

    /// What the shared statements are told of as the caller's is the person's.
    fn of_person(&self, statement: Statement) -> Statement {
        statement.with("caller", self.user.as_str())
    }

    /// Refuses whoever may not be deleted, or not by this one.
    fn must_be_deletable(found: &BatchRows<'_>) -> Result<(), Refusal> {
        found.must_be_super_admin()?;
        let target = person_row(found)?;
        if found.stored(target.flag("is_oneself"))? {
            return Err(Refusal::invalid("user", "must be somebody else than yourself"));
        }
        match found.stored(target.text("account_type"))? {
            "user" => Ok(()),
            _ => Err(conflict("staff_account", "The person is of the staff: take them out of it first.")),
        }
    }

    fn preview(found: &BatchRows<'_>) -> Result<Reply, Refusal> {
        Self::must_be_deletable(found)?;
        let organizations = Outlook::all(found)?;
        let cancelled = organizations.iter().filter(|one| one.ends_payment()).count();
        let body = json!({
            "dryRun": true, "organizations": organizations, "subscriptionsCancelled": cancelled, "erased": erased(), "kept": kept(),
        });
        Ok(Reply::ok("This is what deleting the person would do.", &body))
    }
}

impl Operation for DeletePerson {
    fn asks_others(&self) -> bool {
        !self.is_dry_run
    }

    fn locks(&self, _context: &RequestContext) -> Vec<Lock> {
        if self.is_dry_run {
            return Vec::new();
        }
        [Lock::Caller].into_iter().chain(locks_of(&self.user)).collect()
    }

    fn statements(&self, context: &RequestContext) -> Vec<Statement> {
        let explained = person_as_is().with("user", self.user.as_str());
        if self.is_dry_run {
            return vec![explained, self.of_person(outlook())];
        }
        // Decides: a super_admin, of a customer.
        let decided = act_decided!(
            "user",
            "target.id",
            "personal.id",
            "'{\"deleted\":false}'",
            person_acted_on!(),
            "
WHERE staff.account_type = 'super_admin' AND target.account_type = 'user' AND target.id <> staff.user_id"
        );
        // All that is erased hangs on the row that is marked by this request.
        let deleted = concat!(
            "UPDATE users SET deleted_at = :now, request_id = :request
WHERE id = :user AND deleted_at IS NULL AND ",
            act_is_decided!()
        );
        // Whoever was told that Stripe does not answer comes again.
        let before = staff_scoped!(
            "SELECT gone.id FROM staff
JOIN users gone ON gone.id = :user AND gone.deleted_at IS NOT NULL AND gone.request_id <> :request
WHERE staff.account_type = 'super_admin'"
        );
        let shared = erasure(context).into_iter().chain(left_at_stripe(context)).map(|one| self.of_person(one));
        let follows = std::iter::once(Statement::new("marked", deleted)).chain(shared).collect();
        let explains = vec![explained, Statement::new("before", before)];
        let all = self.act.statements(context, Statement::new(DECIDED, decided), follows, explains);
        all.into_iter().map(|one| one.with("user", self.user.as_str())).collect()
    }

    fn finish<'a>(
        &'a self,
        context: &'a RequestContext,
        found: &'a BatchRows<'a>,
        services: &'a Services<'a>,
    ) -> Pending<'a, Result<Reply, Refusal>> {
        Box::pin(async move {
            if self.is_dry_run {
                return Self::preview(found);
            }
            let act = Act::done(found)?;
            let is_left = found.first("before")?.is_some() && is_left_at_stripe(found)?;
            if act.is_none() && !is_left {
                Self::must_be_deletable(found)?;
                return Err(found.broken("who may be deleted was not"));
            }
            let cancelled = settle(context, found, services).await?;
            Ok(Reply::ok("The person is deleted.", &json!({ "act": act, "cancelledSubscriptions": cancelled })))
        })
    }
}
