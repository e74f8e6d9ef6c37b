-- Grants of more of a meter, and what a request has to know of a plan that was left.
-- The limit that a counter was last counted against, and the plan that a reservation was made on; NULL in rows of versions before.
ALTER TABLE usage_counters ADD COLUMN limit_value INTEGER;
ALTER TABLE usage_reservations ADD COLUMN plan_id TEXT;

-- The plans that an organization was on: what is told late of a period that is over meets the one that it ended with.
CREATE TABLE former_plans (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- From then on it was on another one.
  ended_at        INTEGER NOT NULL,
  plan_id         TEXT    NOT NULL,
  PRIMARY KEY (organization_id, ended_at)
) WITHOUT ROWID;

-- More of a meter than the plan gives: while a grant holds, the meter's limit is higher by it.
CREATE TABLE usage_grants (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  feature         TEXT    NOT NULL,
  -- In units, as the limit.
  quantity        INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000),
  -- For people.
  reason          TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  -- From then on it holds no more; 2^53 - 1: never.
  ends_at         INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (starts_at < ends_at)
) WITHOUT ROWID;
-- What holds is added up by every request that meets a limit: the sum is read here, without the rows.
CREATE INDEX usage_grants_holding ON usage_grants (organization_id, ends_at, feature, starts_at, quantity);

-- A plan is left with the change to another one; where that begins a new period, not before it.
CREATE TRIGGER former_plan_is_kept
AFTER UPDATE OF plan_id ON org_subscriptions
WHEN NEW.plan_id <> OLD.plan_id
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    max(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END), OLD.plan_id)
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
END;
