-- Grants of more of a meter, and what a request has to know of a plan that was left.
-- The limit that a counter was last counted against, and the plan that a reservation was made on; NULL in rows of versions before.
ALTER TABLE usage_counters ADD COLUMN limit_value bigint;
ALTER TABLE usage_reservations ADD COLUMN plan_id text;

-- The plans that an organization was on: what is told late of a period that is over meets the one that it ended with.
CREATE TABLE former_plans (
  organization_id text    NOT NULL REFERENCES organizations (id),
  -- From then on it was on another one.
  ended_at        bigint  NOT NULL,
  plan_id         text    NOT NULL,
  PRIMARY KEY (organization_id, ended_at)
);

-- More of a meter than the plan gives: while a grant holds, the meter's limit is higher by it.
CREATE TABLE usage_grants (
  organization_id text    NOT NULL REFERENCES organizations (id),
  id              text    NOT NULL,
  feature         text    NOT NULL,
  -- In units, as the limit.
  quantity        bigint  NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000),
  -- For people.
  reason          text    NOT NULL,
  starts_at       bigint  NOT NULL,
  -- From then on it holds no more; 2^53 - 1: never.
  ends_at         bigint  NOT NULL,
  created_at      bigint  NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (starts_at < ends_at)
);
-- What holds is added up by every request that meets a limit: the sum is read here, without the rows.
CREATE INDEX usage_grants_holding ON usage_grants (organization_id, ends_at, feature, starts_at, quantity);

-- A plan is left with the change to another one; where that begins a new period, not before it.
CREATE OR REPLACE FUNCTION former_plan_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    greatest(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END), OLD.plan_id)
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER former_plan_is_kept
AFTER UPDATE OF plan_id ON org_subscriptions
FOR EACH ROW
WHEN (NEW.plan_id <> OLD.plan_id)
EXECUTE FUNCTION former_plan_is_kept();

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['former_plans', 'usage_grants'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE UPDATE, DELETE ON former_plans FROM tallygate;
REVOKE DELETE ON usage_grants FROM tallygate;
GRANT SELECT (organization_id, id, feature, quantity, starts_at, ends_at, created_at) ON usage_grants TO authenticated;
CREATE POLICY members_read ON usage_grants FOR SELECT TO authenticated
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
      ELSE f.limit_value = -1 OR f.unit_price_micros IS NOT NULL OR (f.limit_value + coalesce((
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
    WHERE e.organization_id = organization AND e.access_until > tallygate_now()
    ORDER BY f.feature = feature_key DESC
    LIMIT 1
  ), false)
$$;
