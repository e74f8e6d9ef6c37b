-- What the operator's staff has done (`console`), by whom and why; ids grow with time.
CREATE TABLE operator_acts (
  id              TEXT    NOT NULL PRIMARY KEY,
  -- Of the staff.
  actor_id        TEXT    NOT NULL REFERENCES users (id),
  action          TEXT    NOT NULL,
  -- What was acted on: `user`, `organization`, `key`, `message`, `plan`.
  target_kind     TEXT    NOT NULL,
  target_id       TEXT    NOT NULL,
  -- In whose history it stands as well; NULL: in nobody's.
  organization_id TEXT    REFERENCES organizations (id),
  reason          TEXT    NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
  -- JSON.
  state_before    TEXT    NOT NULL,
  state_after     TEXT    NOT NULL,
  -- 1: what it decides is done. A batch that is sent again does not do it again.
  is_applied      INTEGER NOT NULL DEFAULT 0 CHECK (is_applied IN (0, 1)),
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL
) WITHOUT ROWID;
-- What was done to somebody or something, the newest last.
CREATE INDEX operator_acts_by_target ON operator_acts (target_id, id);

-- So is what the staff has done, but that it says once that it is done.
CREATE TRIGGER acts_are_not_changed
BEFORE UPDATE ON operator_acts
WHEN OLD.is_applied = 1 OR NEW.is_applied = 0
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

CREATE TRIGGER acts_are_not_deleted
BEFORE DELETE ON operator_acts
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

-- Found by the beginning of their name (`console`).
CREATE INDEX users_by_name ON users (lower(name), id);
-- The operator's staff: a user who is not of it is not in it.
CREATE INDEX users_of_staff ON users (account_type) WHERE account_type <> 'user';

-- Teams by the beginning of their name (`console`); a personal organization is found by its person.
CREATE INDEX organizations_by_name ON organizations (lower(name), id) WHERE kind = 'team';

-- Found by what Stripe calls them (`console`).
CREATE INDEX billing_subscriptions_stripe ON billing_subscriptions (stripe_subscription_id);

-- How many a change of a plan meets (`console`).
CREATE INDEX org_subscriptions_by_plan ON org_subscriptions (plan_id);

-- Those of an organization.
CREATE INDEX service_keys_by_organization ON service_keys (organization_id) WHERE organization_id IS NOT NULL;
