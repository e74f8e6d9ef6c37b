-- Organizations whose people have become individuals (`npm run move-to-b2c`).
CREATE TABLE moved_organizations (
  organization_id        text    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- What it was on then.
  plan_id                text    NOT NULL,
  status                 text    NOT NULL,
  -- `finished`: it is archived, and there is no way back.
  state                  text    NOT NULL CHECK (state IN ('moved', 'rolled_back', 'finished')),
  -- How many of its people stand in `moved_rows`. A page that finds the database changed since it was read writes -1 and fails by it.
  people                 bigint NOT NULL CHECK (people >= 0),
  -- Until when its people have what they got for it; NULL where it had nothing to give.
  ends_at                bigint,
  -- Its subscription at Stripe, and whether the move has ended that with its period. (Where it was cancelled already, it has not.)
  stripe_subscription_id text,
  is_ended_by_move       bigint NOT NULL DEFAULT 0 CHECK (is_ended_by_move IN (0, 1)),
  -- What was brought of its analytics, told apart or not.
  analytics_sessions     bigint NOT NULL DEFAULT 0 CHECK (analytics_sessions >= 0),
  analytics_seconds      bigint NOT NULL DEFAULT 0 CHECK (analytics_seconds >= 0),
  moved_at               bigint NOT NULL,
  request_id             text    NOT NULL
);

-- What the move has changed, row by row: what it was, which a way back restores, and what it became, by which is told what somebody
-- did since. JSON, of the columns that were changed.
CREATE TABLE moved_rows (
  organization_id text    NOT NULL REFERENCES organizations (id),
  -- `organization_members` is no change, but who was in it, and what became of them.
  table_name      text    NOT NULL CHECK (table_name IN (
    'organization_members', 'org_subscriptions', 'users', 'organization_invitations', 'user_packages', 'user_analytics_sessions')),
  -- The row's key within the table; of two parts, with a space between them.
  row_key         text    NOT NULL,
  -- Whose it is.
  user_id         text    REFERENCES users (id),
  -- NULL: there was none.
  row_before      text,
  row_after       text    NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, table_name, row_key)
);

-- Sessions of a moved organization that could not be told apart by person.
CREATE TABLE moved_analytics (
  organization_id text    NOT NULL REFERENCES organizations (id),
  id              text    NOT NULL,
  seconds         bigint NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item            text,
  completed       bigint NOT NULL CHECK (completed IN (0, 1)),
  stress_before   bigint CHECK (stress_before BETWEEN 1 AND 10),
  stress_after    bigint CHECK (stress_after BETWEEN 1 AND 10),
  mood            bigint CHECK (mood BETWEEN -10 AND 10),
  occurred_at     bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- For the administrator alone: no function reads or writes them.
REVOKE ALL ON moved_organizations, moved_rows, moved_analytics FROM PUBLIC, anon, authenticated, tallygate;
ALTER TABLE moved_organizations ENABLE ROW LEVEL SECURITY;
ALTER TABLE moved_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE moved_analytics ENABLE ROW LEVEL SECURITY;
