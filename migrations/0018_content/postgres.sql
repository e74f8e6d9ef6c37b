-- What people do with the product's content (`account`): packages that they have opened or were granted, what they prefer, and
-- their sessions with it.
CREATE TABLE user_packages (
  user_id        text    NOT NULL REFERENCES users (id),
  package_id     text    NOT NULL REFERENCES packages (id),
  -- A grant of the operator's, which opens the package whatever the plan: until when, and how often; NULL without end.
  granted_at     bigint,
  granted_by     text,
  grant_ends_at  bigint,
  grant_uses     bigint CHECK (grant_uses >= 1),
  -- How often it was opened, and how often of these by the grant alone.
  uses           bigint NOT NULL DEFAULT 0 CHECK (uses >= 0),
  granted_uses   bigint NOT NULL DEFAULT 0 CHECK (granted_uses >= 0),
  last_opened_at bigint,
  request_id     text    NOT NULL,
  PRIMARY KEY (user_id, package_id),
  CHECK (granted_at IS NOT NULL OR grant_ends_at IS NULL AND grant_uses IS NULL AND granted_by IS NULL)
);

-- What somebody prefers, where it is not what everybody does: a row for each that they have set.
CREATE TABLE user_preferences (
  user_id    text    NOT NULL REFERENCES users (id),
  -- A group and a name within it: `audio.volume`.
  name       text    NOT NULL,
  -- JSON.
  value      text    NOT NULL,
  updated_at bigint  NOT NULL,
  request_id text    NOT NULL,
  PRIMARY KEY (user_id, name)
);

-- One session with the product's content; ids grow with time, or are made of the caller's idempotency key.
CREATE TABLE user_analytics_sessions (
  user_id       text    NOT NULL REFERENCES users (id),
  id            text    NOT NULL,
  -- A day (UTC, its first millisecond).
  day           bigint NOT NULL,
  seconds       bigint NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item          text,
  completed     bigint NOT NULL CHECK (completed IN (0, 1)),
  stress_before bigint CHECK (stress_before BETWEEN 1 AND 10),
  stress_after  bigint CHECK (stress_after BETWEEN 1 AND 10),
  mood          bigint CHECK (mood BETWEEN -10 AND 10),
  occurred_at   bigint NOT NULL,
  request_id    text    NOT NULL,
  PRIMARY KEY (user_id, id)
);
-- A person's days, weeks and months.
CREATE INDEX user_analytics_sessions_by_day ON user_analytics_sessions (user_id, day);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_packages', 'user_preferences', 'user_analytics_sessions'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
GRANT SELECT ON user_packages, user_preferences, user_analytics_sessions TO authenticated;
CREATE POLICY people_read_their_own ON user_packages FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
CREATE POLICY people_read_their_own ON user_preferences FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
CREATE POLICY people_read_their_own ON user_analytics_sessions FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
