//! Whose endpoints a request is about: the organization's, or the operator's where a service key asks.

use tallygate::{
    http::{BatchRows, Refusal, RequestContext},
    webhooks::FEATURE,
};

/// Puts the row `account` before a statement: `organization_id`, NULL for the operator. It is there for owners and admins, and
/// for the operator's key. `running`: of an organization whose plan runs and has webhooks; what only looks or stops something
/// is for all of them.
macro_rules! account_scoped {
    ($($sql:tt)+) => {
        tallygate::scoped!(
            ", account AS (
  SELECT membership.organization_id
  FROM membership WHERE membership.user_id IS NOT NULL AND membership.role_rank >= 3
  UNION ALL
  SELECT CAST(NULL AS TEXT)
  FROM service_keys used
  WHERE used.key_hash = :service_key AND used.can_manage_webhooks = 1 AND used.revoked_at IS NULL
    AND (used.ends_at IS NULL OR used.ends_at > :now) AND :organization IS NULL
)
",
            $($sql)+
        )
    };
}
pub(crate) use account_scoped;

/// Of a row `account`: its plan runs and has webhooks.
macro_rules! account_is_running {
    () => {
        "(account.organization_id IS NULL OR EXISTS (
    SELECT 1 FROM membership
    JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.feature = 'webhooks'
      AND feature.kind = 'flag' AND feature.value = '1'
    WHERE membership.access_until > :now))"
    };
}
pub(crate) use account_is_running;

/// Of rows `account` and `endpoint`: the endpoint is the account's. One that was removed is nobody's.
macro_rules! endpoint_is_the_account_s {
    () => {
        "(endpoint.organization_id = account.organization_id
    OR endpoint.organization_id IS NULL AND account.organization_id IS NULL) AND endpoint.removed_at IS NULL"
    };
}
pub(crate) use endpoint_is_the_account_s;

/// Why an organization's member may not manage its endpoints; nothing stands in the operator's way.
///
/// # Errors
/// The refusal, with `must_run` also that of a plan that does not run or has no webhooks (the row `feature`).
pub fn must_manage(context: &RequestContext, found: &BatchRows<'_>, must_run: bool) -> Result<(), Refusal> {
    if context.service_key.is_some() {
        return Ok(());
    }
    let membership = found.membership()?;
    membership.must_manage()?;
    if must_run {
        membership.must_have_access(context.now)?;
        found.first("feature")?.ok_or_else(|| Refusal::feature_not_in_plan(FEATURE, membership))?;
    }
    Ok(())
}

/// Gives a row where the membership's plan has webhooks.
pub fn feature() -> tallygate::store::Statement {
    tallygate::store::Statement::new(
        "feature",
        tallygate::scoped!(
            "SELECT feature.value FROM membership
JOIN plan_features feature ON feature.plan_id = membership.plan_id AND feature.feature = 'webhooks'
  AND feature.kind = 'flag' AND feature.value = '1'"
        ),
    )
}
