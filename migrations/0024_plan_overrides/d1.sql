-- What the operator has given an organization in place of what its plan says, until an end (`console`): the entitlements of another
-- plan, or another limit. Of two of a kind the one before ends where the next one begins.
CREATE TABLE plan_overrides (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('plan', 'limit')),
  -- Of a limit: a meter, `seats` or `concurrent_sessions`; else empty.
  feature         TEXT    NOT NULL,
  -- From then on it holds no more.
  ends_at         INTEGER NOT NULL,
  -- The act's.
  id              TEXT    NOT NULL,
  plan_id         TEXT    REFERENCES plans (id),
  -- Of a meter in units; -1 is unlimited.
  limit_value     INTEGER CHECK (limit_value >= -1),
  -- For people.
  reason          TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, kind, feature, ends_at, id),
  CHECK ((kind = 'plan') = (plan_id IS NOT NULL) AND (kind = 'plan') = (limit_value IS NULL) AND (kind = 'plan') = (feature = '')),
  CHECK (limit_value <> 0 OR feature NOT IN ('seats', 'concurrent_sessions')),
  CHECK (starts_at <= ends_at)
) WITHOUT ROWID;
ALTER TABLE org_subscriptions ADD COLUMN override_plan_id TEXT REFERENCES plans (id);
ALTER TABLE org_subscriptions ADD COLUMN override_seats INTEGER;
ALTER TABLE org_subscriptions ADD COLUMN override_sessions INTEGER;
ALTER TABLE org_subscriptions ADD COLUMN override_ends_at INTEGER;
-- Whose overrides are to be looked at again: an organization without one is not in it.
CREATE INDEX org_subscriptions_overridden ON org_subscriptions (override_ends_at) WHERE override_ends_at IS NOT NULL;

DROP VIEW memberships;
DROP VIEW entitlements;
CREATE VIEW entitlements AS
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
CREATE VIEW memberships AS
SELECT
  m.user_id,
  m.role,
  CASE m.role WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END AS role_rank,
  m.joined_at,
  e.*
FROM organization_members m
JOIN entitlements e ON e.organization_id = m.organization_id;

DROP TRIGGER former_plan_is_kept;
-- A plan is left with the change to another one, whether by what is paid or by an override; where that begins a new period, not
-- before it.
CREATE TRIGGER former_plan_is_kept
AFTER UPDATE OF plan_id, override_plan_id ON org_subscriptions
WHEN COALESCE(NEW.override_plan_id, NEW.plan_id) <> COALESCE(OLD.override_plan_id, OLD.plan_id)
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    max(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END),
    COALESCE(OLD.override_plan_id, OLD.plan_id))
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
END;

-- Whether another plan fits is another question once an organization is of the other kind.
CREATE TRIGGER override_fits_no_more
AFTER UPDATE OF kind ON organizations
WHEN NEW.kind <> OLD.kind
BEGIN
  UPDATE org_subscriptions SET override_ends_at = 0 WHERE organization_id = NEW.id AND override_ends_at IS NOT NULL;
END;

-- What would be given twice is given once under a key.
ALTER TABLE operator_acts ADD COLUMN idempotency_key TEXT;
ALTER TABLE operator_acts ADD COLUMN request_hash TEXT;
-- One act a key.
CREATE UNIQUE INDEX operator_acts_key ON operator_acts (actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
