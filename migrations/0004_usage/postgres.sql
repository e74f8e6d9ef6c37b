-- Usage of every kind: overage, alerts, packages, service keys.
ALTER TABLE plans ADD COLUMN retention_days bigint CHECK (retention_days = -1 OR retention_days >= 1);
ALTER TABLE plan_features ADD COLUMN unit_size bigint NOT NULL DEFAULT 1 CHECK (unit_size >= 1);
ALTER TABLE plan_features ADD COLUMN is_distinct bigint NOT NULL DEFAULT 0 CHECK (is_distinct IN (0, 1));
ALTER TABLE plan_features ADD COLUMN unit_price_micros bigint CHECK (unit_price_micros >= 1);
ALTER TABLE plan_features ADD COLUMN cap_cents bigint CHECK (cap_cents >= 1);
ALTER TABLE plan_features ADD COLUMN stops_at_cap bigint NOT NULL DEFAULT 1 CHECK (stops_at_cap IN (0, 1));
ALTER TABLE plan_features ADD COLUMN allows_on_outage bigint NOT NULL DEFAULT 0 CHECK (allows_on_outage IN (0, 1));
ALTER TABLE event_types ADD COLUMN weight bigint NOT NULL DEFAULT 1 CHECK (weight >= 1);
ALTER TABLE usage_counters ADD COLUMN overage_cents bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_counters ADD COLUMN changes bigint NOT NULL DEFAULT 0;

-- When the product is told how much of a meter is used.
CREATE TABLE plan_alerts (
  plan_id text    NOT NULL REFERENCES plans (id),
  feature text    NOT NULL,
  name    text    NOT NULL,
  percent bigint NOT NULL CHECK (percent BETWEEN 1 AND 1000),
  PRIMARY KEY (plan_id, feature, name)
);

-- Content that plans open: a module, a sound package.
CREATE TABLE packages (
  id              text    NOT NULL PRIMARY KEY,
  name            text    NOT NULL,
  category        text    NOT NULL,
  -- The first plan that opens it, and every later one does; NULL: any.
  minimum_plan_id text    REFERENCES plans (id),
  -- 1: nobody has it without a plan that runs.
  requires_subscription bigint NOT NULL CHECK (requires_subscription IN (0, 1)),
  position        bigint NOT NULL,
  retired         bigint NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
);

-- What an organization was told of a meter's use: each once a period.
CREATE TABLE usage_alerts (
  organization_id text    NOT NULL REFERENCES organizations (id),
  feature         text    NOT NULL,
  period_start    bigint NOT NULL,
  -- `80_percent`, `100_percent`, others of the catalog's; `overage`, `upgrade_prompt`.
  name            text    NOT NULL,
  -- In units, at that moment.
  used            bigint NOT NULL,
  limit_value     bigint NOT NULL,
  created_at      bigint NOT NULL,
  acknowledged_at bigint,
  acknowledged_by text,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, name),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

-- Whom a distinct meter has counted: each once a period.
CREATE TABLE usage_people (
  organization_id text    NOT NULL REFERENCES organizations (id),
  feature         text    NOT NULL,
  period_start    bigint NOT NULL,
  subject         text    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, subject)
);

-- What a product's own servers ask with, in place of a person's token (`npm run key`).
CREATE TABLE service_keys (
  id              text    NOT NULL PRIMARY KEY,
  name            text    NOT NULL,
  -- SHA-256 of the key, hexadecimal; the key itself is shown once and never stored.
  key_hash        text    NOT NULL CHECK (length(key_hash) = 64),
  can_write_usage bigint NOT NULL CHECK (can_write_usage IN (0, 1)),
  can_read_usage  bigint NOT NULL CHECK (can_read_usage IN (0, 1)),
  -- The one organization that it is for; NULL: all.
  organization_id text    REFERENCES organizations (id),
  ends_at         bigint,
  revoked_at      bigint,
  -- A day (UTC, its first millisecond).
  last_used_day   bigint,
  created_at      bigint NOT NULL
);
CREATE UNIQUE INDEX service_keys_hash ON service_keys (key_hash);
ALTER TABLE usage_events ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE usage_events DROP CONSTRAINT usage_events_quantity_check;
ALTER TABLE usage_events ADD CONSTRAINT usage_events_quantity_check CHECK (quantity >= 0);
ALTER TABLE usage_events ADD COLUMN key_id text;
ALTER TABLE usage_events ADD COLUMN subject text;
ALTER TABLE usage_events ADD COLUMN kind text    NOT NULL DEFAULT 'track' CHECK (kind IN ('track', 'set', 'release'));
ALTER TABLE usage_events ADD COLUMN counted bigint;
ALTER TABLE usage_events ADD COLUMN cost_cents bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_events ADD COLUMN overage_cents bigint NOT NULL DEFAULT 0;
ALTER TABLE usage_events ADD COLUMN change_number bigint;
ALTER TABLE usage_events ADD COLUMN attributes text;
ALTER TABLE usage_events ADD COLUMN occurred_at bigint;
ALTER TABLE usage_events ADD COLUMN keyed_at bigint;
UPDATE usage_events SET keyed_at = created_at WHERE id >= 'key:' COLLATE "C" AND id < 'key;' COLLATE "C";
CREATE INDEX usage_events_keyed ON usage_events (organization_id, keyed_at) WHERE keyed_at IS NOT NULL;
ALTER TABLE usage_events ADD CONSTRAINT usage_events_check CHECK (user_id IS NOT NULL OR key_id IS NOT NULL);
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['usage_alerts', 'usage_people', 'plan_alerts', 'packages', 'service_keys'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE INSERT, UPDATE, DELETE ON plan_alerts, packages, service_keys FROM tallygate;
GRANT UPDATE (last_used_day) ON service_keys TO tallygate;
REVOKE DELETE ON usage_alerts, usage_people FROM tallygate;
GRANT SELECT ON plan_alerts, packages TO anon, authenticated;
CREATE POLICY everybody_reads ON plan_alerts FOR SELECT TO anon, authenticated USING (true);
CREATE POLICY everybody_reads ON packages FOR SELECT TO anon, authenticated USING (true);
GRANT SELECT ON usage_alerts TO authenticated;
CREATE POLICY members_read ON usage_alerts FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
CREATE OR REPLACE FUNCTION check_feature_access(organization text, feature_key text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE f.kind
      WHEN 'flag' THEN f.value = '1'
      WHEN 'config' THEN coalesce(
        f.value::jsonb #> CASE f.feature WHEN feature_key THEN '{}' ELSE (string_to_array(feature_key, '.'))[2:] END
          NOT IN ('false', 'null', '0'), false)
      ELSE f.limit_value = -1 OR f.unit_price_micros IS NOT NULL OR f.limit_value * f.unit_size > coalesce((
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
-- The same for a service key: the organization that it names or is bound to, as a member without a person.
CREATE OR REPLACE FUNCTION tallygate_begin_key_request(
  hash text, scope text, organization text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept json;
  requested_id text;
  may_ask boolean;
BEGIN
  SELECT coalesce(organization, k.organization_id),
    k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > at)
      AND (k.organization_id IS NULL OR organization IS NULL OR k.organization_id = organization)
      AND CASE scope WHEN 'usage:write' THEN k.can_write_usage WHEN 'usage:read' THEN k.can_read_usage ELSE 0 END = 1
  INTO requested_id, may_ask
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
    set_config('tallygate.membership', coalesce(kept::text, ''), true);
END
$$;
REVOKE ALL ON FUNCTION tallygate_begin_key_request(text, text, text, bigint, bigint, text) FROM PUBLIC, anon, authenticated;
GRANT EXECUTE ON FUNCTION tallygate_begin_key_request(text, text, text, bigint, bigint, text) TO tallygate;
