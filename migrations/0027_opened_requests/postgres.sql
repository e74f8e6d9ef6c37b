-- Takes the overrides that have ended out of subscriptions, whosever (`shared/src/plan_overrides.rs`).
CREATE OR REPLACE FUNCTION tallygate_settle_overrides(at bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE org_subscriptions SET
    override_plan_id = (
        SELECT given.plan_id FROM plan_overrides given
        JOIN plans plan ON plan.id = given.plan_id
        JOIN organizations owner ON owner.id = given.organization_id
          AND plan.audience IN ('any', CASE owner.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'plan' AND given.feature = ''
          AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_seats = (
        SELECT given.limit_value FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit' AND given.feature = 'seats'
          AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_sessions = (
        SELECT given.limit_value FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit'
          AND given.feature = 'concurrent_sessions' AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_ends_at = (
        SELECT MIN(given.ends_at) FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.ends_at > at
          AND (given.kind = 'plan' OR given.feature IN ('seats', 'concurrent_sessions'))),
      updated_at = at
  WHERE override_ends_at <= at;
END
$$;

-- What each request begins with (`shared/src/http/caller.rs`): overrides that have ended are taken out, a trial of ours that
-- is over falls to the catalog's fallback plan, and the caller's membership in the organization that the request is about is
-- kept in settings of the transaction, for the statements that follow. The organization is the one asked for, else the one
-- that the token names, else the caller's current one.
CREATE OR REPLACE FUNCTION tallygate_open_request(
  caller text, organization text, claim text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_active bigint;
  kept text;
  requested_id text;
  settled_at bigint;
  unverified_since bigint;
  is_denied bigint;
BEGIN
  IF EXISTS (SELECT FROM org_subscriptions s WHERE s.override_ends_at <= at) THEN
    PERFORM tallygate_settle_overrides(at);
  END IF;
  -- One statement, so that the caller and the membership are of one moment.
  SELECT CASE WHEN u.banned_at IS NULL AND u.deleted_at IS NULL THEN 1 ELSE 0 END, m::text, m.organization_id,
    CASE m.subscription_status WHEN 'trialing' THEN m.trial_ends_at END,
    CASE u.email_verified WHEN 0 THEN u.email_updated_at END,
    CASE WHEN u.email_said_at > 0 AND u.email_said_at = u.email_updated_at THEN 1 ELSE 0 END
  INTO is_active, kept, requested_id, settled_at, unverified_since, is_denied
  FROM users u
  LEFT JOIN memberships m ON m.user_id = u.id AND u.banned_at IS NULL AND u.deleted_at IS NULL
    AND m.organization_id = coalesce(
      organization,
      (SELECT o.id FROM organizations o WHERE o.id = claim),
      (SELECT o.id FROM organizations o WHERE o.external_id = claim AND o.external_id IS NOT NULL),
      u.current_organization_id)
  WHERE u.id = caller;
  IF settled_at <= at THEN
    UPDATE org_subscriptions s SET
      plan_id = p.id, status = 'active', billing_interval = 'month', current_period_start = at,
      current_period_end = month_later, trial_ends_at = NULL, updated_at = at, request_id = request
    FROM plans p JOIN organizations o ON o.id = requested_id
    WHERE s.organization_id = requested_id AND s.status = 'trialing' AND s.trial_ends_at <= at
      AND s.stripe_subscription_id IS NULL AND p.retired = 0
      AND p.fallback IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END);
    SELECT m::text INTO kept FROM memberships m WHERE m.user_id = caller AND m.organization_id = requested_id;
  END IF;
  PERFORM set_config('tallygate.caller', coalesce(is_active::text, ''), true),
    set_config('tallygate.unverified_since', coalesce(unverified_since::text, ''), true),
    set_config('tallygate.email_is_denied', coalesce(is_denied::text, ''), true),
    set_config('tallygate.user_id', coalesce(caller, ''), true),
    set_config('tallygate.organization_id', coalesce(requested_id, ''), true),
    set_config('tallygate.membership', coalesce(kept, ''), true);
END
$$;

-- The same for a service key: the organization that it names or is bound to, as a member without a person.
CREATE OR REPLACE FUNCTION tallygate_open_key_request(
  hash text, scope text, organization text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept text;
  asking json;
  requested_id text;
  may_ask boolean;
BEGIN
  IF EXISTS (SELECT FROM org_subscriptions s WHERE s.override_ends_at <= at) THEN
    PERFORM tallygate_settle_overrides(at);
  END IF;
  -- What manages the operator's endpoints asks for the key again where it decides: it is not revoked in between.
  IF scope = 'webhooks:manage' THEN
    PERFORM FROM service_keys k WHERE k.key_hash = hash FOR NO KEY UPDATE;
  END IF;
  SELECT row_to_json(k), coalesce(organization, k.organization_id),
    k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > at)
      AND (k.organization_id IS NULL OR organization IS NULL OR k.organization_id = organization)
      AND CASE scope WHEN 'usage:write' THEN k.can_write_usage WHEN 'usage:read' THEN k.can_read_usage ELSE 0 END = 1
  INTO asking, requested_id, may_ask
  FROM service_keys k WHERE k.key_hash = hash;
  IF may_ask THEN
    UPDATE org_subscriptions s SET
      plan_id = p.id, status = 'active', billing_interval = 'month', current_period_start = at,
      current_period_end = month_later, trial_ends_at = NULL, updated_at = at, request_id = request
    FROM plans p JOIN organizations o ON o.id = requested_id AND o.archived_at IS NULL
    WHERE s.organization_id = requested_id AND s.status = 'trialing' AND s.trial_ends_at <= at
      AND s.stripe_subscription_id IS NULL AND p.retired = 0
      AND p.fallback IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END);
    SELECT (ROW(NULL, 'member', 2, 0, e.*)::memberships)::text INTO kept
    FROM entitlements e WHERE e.organization_id = requested_id;
  END IF;
  PERFORM set_config('tallygate.caller', '', true), set_config('tallygate.user_id', '', true),
    set_config('tallygate.organization_id', coalesce(CASE WHEN may_ask THEN requested_id END, ''), true),
    set_config('tallygate.service_key', coalesce(asking::text, ''), true),
    set_config('tallygate.membership', coalesce(kept, ''), true);
END
$$;
REVOKE ALL ON FUNCTION tallygate_settle_overrides(bigint) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION tallygate_settle_overrides(bigint) TO tallygate;
REVOKE ALL ON FUNCTION tallygate_open_request(text, text, text, bigint, bigint, text) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION tallygate_open_request(text, text, text, bigint, bigint, text) TO tallygate;
REVOKE ALL ON FUNCTION tallygate_open_key_request(text, text, text, bigint, bigint, text) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION tallygate_open_key_request(text, text, text, bigint, bigint, text) TO tallygate;
