-- Organizations whose people have become individuals (`npm run move-to-b2c`).
CREATE TABLE moved_organizations (
  organization_id        TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- What it was on then.
  plan_id                TEXT    NOT NULL,
  status                 TEXT    NOT NULL,
  -- `finished`: it is archived, and there is no way back.
  state                  TEXT    NOT NULL CHECK (state IN ('moved', 'rolled_back', 'finished')),
  -- How many of its people stand in `moved_rows`. A page that finds the database changed since it was read writes -1 and fails by it.
  people                 INTEGER NOT NULL CHECK (people >= 0),
  -- Until when its people have what they got for it; NULL where it had nothing to give.
  ends_at                INTEGER,
  -- Its subscription at Stripe, and whether the move has ended that with its period. (Where it was cancelled already, it has not.)
  stripe_subscription_id TEXT,
  is_ended_by_move       INTEGER NOT NULL DEFAULT 0 CHECK (is_ended_by_move IN (0, 1)),
  -- What was brought of its analytics, told apart or not.
  analytics_sessions     INTEGER NOT NULL DEFAULT 0 CHECK (analytics_sessions >= 0),
  analytics_seconds      INTEGER NOT NULL DEFAULT 0 CHECK (analytics_seconds >= 0),
  moved_at               INTEGER NOT NULL,
  request_id             TEXT    NOT NULL
) WITHOUT ROWID;

-- What the move has changed, row by row: what it was, which a way back restores, and what it became, by which is told what somebody
-- did since. JSON, of the columns that were changed.
CREATE TABLE moved_rows (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- `organization_members` is no change, but who was in it, and what became of them.
  table_name      TEXT    NOT NULL CHECK (table_name IN (
    'organization_members', 'org_subscriptions', 'users', 'organization_invitations', 'user_packages', 'user_analytics_sessions')),
  -- The row's key within the table; of two parts, with a space between them.
  row_key         TEXT    NOT NULL,
  -- Whose it is.
  user_id         TEXT    REFERENCES users (id),
  -- NULL: there was none.
  row_before      TEXT,
  row_after       TEXT    NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, table_name, row_key)
) WITHOUT ROWID;

-- Sessions of a moved organization that could not be told apart by person.
CREATE TABLE moved_analytics (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  seconds         INTEGER NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item            TEXT,
  completed       INTEGER NOT NULL CHECK (completed IN (0, 1)),
  stress_before   INTEGER CHECK (stress_before BETWEEN 1 AND 10),
  stress_after    INTEGER CHECK (stress_after BETWEEN 1 AND 10),
  mood            INTEGER CHECK (mood BETWEEN -10 AND 10),
  occurred_at     INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id)
) WITHOUT ROWID;
