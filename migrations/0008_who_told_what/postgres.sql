-- The newest conclusion about an address, while the provider denies it.
ALTER TABLE users ADD COLUMN concluded_email text;
ALTER TABLE users ADD COLUMN concluded_verified bigint CHECK (concluded_verified IN (0, 1));
ALTER TABLE users ADD COLUMN concluded_at bigint;
GRANT INSERT (concluded_email, concluded_verified, concluded_at) ON users TO tallygate;
-- Who answered an invitation, as the history says of those that were answered before.
ALTER TABLE organization_invitations ADD COLUMN answered_by text REFERENCES users (id);
CREATE INDEX organization_invitations_answered_by ON organization_invitations (answered_by) WHERE answered_by IS NOT NULL;
UPDATE organization_invitations SET answered_by = answer.actor_id
FROM (
  SELECT audit_events.organization_id, audit_events.target_id, audit_events.actor_id
  FROM audit_events JOIN users ON users.id = audit_events.actor_id
  WHERE audit_events.action IN ('invitation.accepted', 'invitation.declined')
) answer
WHERE answer.organization_id = organization_invitations.organization_id AND answer.target_id = organization_invitations.id
  AND organization_invitations.status IN ('accepted', 'declined');
-- What was left of those who are deleted already.
UPDATE organization_invitations SET email = 'erased'
WHERE answered_by IN (SELECT id FROM users WHERE deleted_at IS NOT NULL);
UPDATE organizations SET name = 'Deleted user''s Workspace'
WHERE kind = 'team' AND archived_by IS NOT NULL AND name LIKE '%''s Workspace';
-- What a request learns of the caller beside: whether a token that vouches for an address tells something new.
CREATE OR REPLACE FUNCTION tallygate_begin_request(
  caller text, organization text, claim text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_active bigint;
  kept json;
  requested_id text;
  settled_at bigint;
  unverified_since bigint;
  is_denied bigint;
BEGIN
  -- One statement, so that the caller and the membership are of one moment.
  SELECT CASE WHEN u.banned_at IS NULL AND u.deleted_at IS NULL THEN 1 ELSE 0 END, row_to_json(m), m.organization_id,
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
    SELECT row_to_json(m) INTO kept FROM memberships m WHERE m.user_id = caller AND m.organization_id = requested_id;
  END IF;
  PERFORM set_config('tallygate.caller', coalesce(is_active::text, ''), true),
    set_config('tallygate.unverified_since', coalesce(unverified_since::text, ''), true),
    set_config('tallygate.email_is_denied', coalesce(is_denied::text, ''), true),
    set_config('tallygate.user_id', coalesce(caller, ''), true),
    set_config('tallygate.organization_id', coalesce(requested_id, ''), true),
    set_config('tallygate.membership', coalesce(kept::text, ''), true);
END
$$;
