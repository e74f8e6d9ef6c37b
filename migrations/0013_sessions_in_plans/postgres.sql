-- Whether sessions are enforced stands in each plan's row.
ALTER TABLE plans ADD COLUMN sessions_enforced bigint NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1));
UPDATE plans SET sessions_enforced = 1 WHERE EXISTS (SELECT 1 FROM catalog_settings WHERE sessions_enforced = 1);
CREATE OR REPLACE VIEW entitlements AS
SELECT
  o.id AS organization_id,
  o.name AS organization_name,
  o.slug AS organization_slug,
  o.kind AS organization_kind,
  o.billing_email,
  o.created_at AS organization_created_at,
  s.status AS subscription_status,
  s.trial_ends_at,
  s.current_period_start,
  s.current_period_end,
  CASE s.status
    WHEN 'active' THEN 9007199254740991
    WHEN 'trialing' THEN s.trial_ends_at
    WHEN 'past_due' THEN s.past_due_since + p.grace_days * 86400000
    ELSE 0
  END AS access_until,
  p.id AS plan_id,
  p.name AS plan_name,
  p.seats,
  p.concurrent_sessions,
  p.sales_contact,
  p.sessions_enforced
FROM organizations o
JOIN org_subscriptions s ON s.organization_id = o.id
JOIN plans p ON p.id = s.plan_id
WHERE o.archived_at IS NULL;
CREATE OR REPLACE VIEW memberships AS
SELECT
  m.user_id,
  m.role,
  CASE m.role WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END::bigint AS role_rank,
  m.joined_at,
  e.*
FROM organization_members m
JOIN entitlements e ON e.organization_id = m.organization_id;

-- A view that is replaced reads with its owner's rights again, past all policies.
DO $$
BEGIN
  IF current_setting('server_version_num')::integer >= 150000 THEN
    ALTER VIEW entitlements SET (security_invoker = true);
    ALTER VIEW memberships SET (security_invoker = true);
  END IF;
END
$$;

-- Whether sessions are enforced holds for the whole catalog, and stands in each plan's row too: every request reads that one anyway.
CREATE OR REPLACE FUNCTION plans_know_of_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE plans SET sessions_enforced = NEW.sessions_enforced WHERE sessions_enforced <> NEW.sessions_enforced;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER plans_know_of_sessions
AFTER UPDATE OF sessions_enforced ON catalog_settings
FOR EACH ROW EXECUTE FUNCTION plans_know_of_sessions();

CREATE OR REPLACE FUNCTION new_plan_knows_of_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE plans SET sessions_enforced = settings.sessions_enforced
  FROM catalog_settings settings WHERE settings.id = 1 AND plans.id = NEW.id;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER new_plan_knows_of_sessions
AFTER INSERT ON plans
FOR EACH ROW EXECUTE FUNCTION new_plan_knows_of_sessions();
