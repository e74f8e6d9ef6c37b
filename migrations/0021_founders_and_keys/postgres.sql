-- How many teams somebody has founded that are still there, or can be had back.
CREATE INDEX organizations_founded ON organizations (founded_by, archived_at) WHERE kind = 'team';
DROP INDEX organizations_founded_by;

-- Who is an administrator is for the operator to say, who owns the tables: the functions, whatever their role is called, may
-- take it away, as a deletion does, and never give it.
CREATE OR REPLACE FUNCTION account_type_is_the_operators() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.account_type <> 'user' AND NEW.account_type <> OLD.account_type
    AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
    RAISE EXCEPTION 'account_type_is_the_operators'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'account_type_is_the_operators';
  END IF;
  RETURN NEW;
END
$$;

-- What a service key asks for, as a member without a person. The key itself is kept beside its membership: who revokes it in the
-- middle of a request comes behind that.
CREATE OR REPLACE FUNCTION tallygate_begin_key_request(
  hash text, scope text, organization text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept json;
  asking json;
  requested_id text;
  may_ask boolean;
BEGIN
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
    SELECT row_to_json(m) INTO kept
    FROM (
      SELECT NULL::text AS user_id, 'member' AS role, 2::bigint AS role_rank, 0::bigint AS joined_at, e.*
      FROM entitlements e WHERE e.organization_id = requested_id
    ) m;
  END IF;
  PERFORM set_config('tallygate.caller', '', true), set_config('tallygate.user_id', '', true),
    set_config('tallygate.organization_id', coalesce(CASE WHEN may_ask THEN requested_id END, ''), true),
    set_config('tallygate.service_key', coalesce(asking::text, ''), true),
    set_config('tallygate.membership', coalesce(kept::text, ''), true);
END
$$;
