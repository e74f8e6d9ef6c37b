-- What the operator has given an organization in place of what its plan says, until an end (`console`): the entitlements of another
-- plan, or another limit. Of two of a kind the one before ends where the next one begins.
CREATE TABLE plan_overrides (
  organization_id text   NOT NULL REFERENCES organizations (id),
  kind            text   NOT NULL CHECK (kind IN ('plan', 'limit')),
  -- Of a limit: a meter, `seats` or `concurrent_sessions`; else empty.
  feature         text   NOT NULL,
  -- From then on it holds no more.
  ends_at         bigint NOT NULL,
  -- The act's.
  id              text   NOT NULL,
  plan_id         text   REFERENCES plans (id),
  -- Of a meter in units; -1 is unlimited.
  limit_value     bigint CHECK (limit_value >= -1),
  -- For people.
  reason          text   NOT NULL,
  starts_at       bigint NOT NULL,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, kind, feature, ends_at, id),
  CHECK ((kind = 'plan') = (plan_id IS NOT NULL) AND (kind = 'plan') = (limit_value IS NULL) AND (kind = 'plan') = (feature = '')),
  CHECK (limit_value <> 0 OR feature NOT IN ('seats', 'concurrent_sessions')),
  CHECK (starts_at <= ends_at)
);
ALTER TABLE org_subscriptions ADD COLUMN override_plan_id text REFERENCES plans (id);
ALTER TABLE org_subscriptions ADD COLUMN override_seats bigint;
ALTER TABLE org_subscriptions ADD COLUMN override_sessions bigint;
ALTER TABLE org_subscriptions ADD COLUMN override_ends_at bigint;
-- Whose overrides are to be looked at again: an organization without one is not in it.
CREATE INDEX org_subscriptions_overridden ON org_subscriptions (override_ends_at) WHERE override_ends_at IS NOT NULL;

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
    WHEN 'past_due' THEN s.past_due_since + (SELECT paid.grace_days FROM plans paid WHERE paid.id = s.plan_id) * 86400000
    ELSE 0
  END AS access_until,
  p.id AS plan_id,
  p.name AS plan_name,
  COALESCE(s.override_seats, p.seats) AS seats,
  COALESCE(s.override_sessions, p.concurrent_sessions) AS concurrent_sessions,
  p.sales_contact,
  p.sessions_enforced,
  s.plan_id AS paid_plan_id
FROM organizations o
JOIN org_subscriptions s ON s.organization_id = o.id
JOIN plans p ON p.id = COALESCE(s.override_plan_id, s.plan_id)
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

-- A plan is left with the change to another one, whether by what is paid or by an override; where that begins a new period, not
-- before it.
CREATE OR REPLACE FUNCTION former_plan_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    greatest(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END),
    COALESCE(OLD.override_plan_id, OLD.plan_id))
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER former_plan_is_kept
AFTER UPDATE OF plan_id, override_plan_id ON org_subscriptions
FOR EACH ROW
WHEN (COALESCE(NEW.override_plan_id, NEW.plan_id) <> COALESCE(OLD.override_plan_id, OLD.plan_id))
EXECUTE FUNCTION former_plan_is_kept();

-- Whether another plan fits is another question once an organization is of the other kind.
CREATE OR REPLACE FUNCTION override_fits_no_more() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE org_subscriptions SET override_ends_at = 0 WHERE organization_id = NEW.id AND override_ends_at IS NOT NULL;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER override_fits_no_more
AFTER UPDATE OF kind ON organizations
FOR EACH ROW
WHEN (NEW.kind <> OLD.kind)
EXECUTE FUNCTION override_fits_no_more();

REVOKE ALL ON plan_overrides FROM PUBLIC, anon, authenticated;
GRANT SELECT ON plan_overrides TO tallygate;
ALTER TABLE plan_overrides ENABLE ROW LEVEL SECURITY;
CREATE POLICY tallygate_does_everything ON plan_overrides TO tallygate USING (true) WITH CHECK (true);
-- What holds in place of a plan is the operator's to say.
REVOKE INSERT, UPDATE, DELETE ON plan_overrides FROM tallygate;
GRANT INSERT, UPDATE (ends_at) ON plan_overrides TO tallygate_console;
GRANT SELECT (override_plan_id, override_seats, override_sessions, override_ends_at) ON org_subscriptions TO authenticated;
GRANT SELECT (organization_id, kind, feature, ends_at, id, plan_id, limit_value, starts_at) ON plan_overrides TO authenticated;
CREATE POLICY members_read ON plan_overrides FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));

-- Whether an organization may use a feature now: its plan is paid for or on trial, and the plan has the flag, holds a
-- config that does not say no, or has something left on the meter. `features.sso` is the flag `sso` within the config
-- `features`, unless the plan has a feature of that whole name.
CREATE OR REPLACE FUNCTION check_feature_access(organization text, feature_key text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE f.kind
      WHEN 'flag' THEN f.value = '1'
      WHEN 'config' THEN coalesce(
        f.value::jsonb #> CASE f.feature WHEN feature_key THEN '{}' ELSE (string_to_array(feature_key, '.'))[2:] END
          NOT IN ('false', 'null', '0'), false)
      ELSE given.limit_value = -1 OR f.unit_price_micros IS NOT NULL OR (given.limit_value + coalesce((
        SELECT sum(g.quantity)::bigint FROM usage_grants g
        WHERE g.organization_id = e.organization_id AND g.feature = f.feature AND g.starts_at <= tallygate_now() AND g.ends_at > tallygate_now()
      ), 0)) * f.unit_size > coalesce((
        SELECT c.quantity FROM usage_counters c
        WHERE c.organization_id = e.organization_id AND c.feature = f.feature AND c.period_start = CASE f.reset
          WHEN 'calendar_month' THEN
            (extract(epoch FROM date_trunc(
              'month', timestamp 'epoch' + tallygate_now() * interval '1 millisecond')) * 1000)::bigint
          WHEN 'billing_period' THEN e.current_period_start
          ELSE 0
        END), 0)
    END
    FROM entitlements e
    JOIN plan_features f ON f.plan_id = e.plan_id
      AND (f.feature = feature_key OR (f.kind = 'config' AND f.feature = split_part(feature_key, '.', 1)))
    CROSS JOIN LATERAL (SELECT coalesce((
      SELECT v.limit_value FROM plan_overrides v
      WHERE v.organization_id = e.organization_id AND v.kind = 'limit' AND v.feature = f.feature
        AND v.starts_at <= tallygate_now() AND v.ends_at > tallygate_now()
      ORDER BY v.starts_at DESC LIMIT 1), f.limit_value) AS limit_value) given
    WHERE e.organization_id = organization AND e.access_until > tallygate_now()
    ORDER BY f.feature = feature_key DESC
    LIMIT 1
  ), false)
$$;

-- What would be given twice is given once under a key.
ALTER TABLE operator_acts ADD COLUMN idempotency_key text;
ALTER TABLE operator_acts ADD COLUMN request_hash text;
-- One act a key.
CREATE UNIQUE INDEX operator_acts_key ON operator_acts (actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
