-- What people do with the product's content (`account`): packages that they have opened or were granted, what they prefer, and
-- their sessions with it.
CREATE TABLE user_packages (
  user_id        TEXT    NOT NULL REFERENCES users (id),
  package_id     TEXT    NOT NULL REFERENCES packages (id),
  -- A grant of the operator's, which opens the package whatever the plan: until when, and how often; NULL without end.
  granted_at     INTEGER,
  granted_by     TEXT,
  grant_ends_at  INTEGER,
  grant_uses     INTEGER CHECK (grant_uses >= 1),
  -- How often it was opened, and how often of these by the grant alone.
  uses           INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
  granted_uses   INTEGER NOT NULL DEFAULT 0 CHECK (granted_uses >= 0),
  last_opened_at INTEGER,
  request_id     TEXT    NOT NULL,
  PRIMARY KEY (user_id, package_id),
  CHECK (granted_at IS NOT NULL OR grant_ends_at IS NULL AND grant_uses IS NULL AND granted_by IS NULL)
) WITHOUT ROWID;

-- What somebody prefers, where it is not what everybody does: a row for each that they have set.
CREATE TABLE user_preferences (
  user_id    TEXT    NOT NULL REFERENCES users (id),
  -- A group and a name within it: `audio.volume`.
  name       TEXT    NOT NULL,
  -- JSON.
  value      TEXT    NOT NULL,
  updated_at INTEGER NOT NULL,
  request_id TEXT    NOT NULL,
  PRIMARY KEY (user_id, name)
) WITHOUT ROWID;

-- One session with the product's content; ids grow with time, or are made of the caller's idempotency key.
CREATE TABLE user_analytics_sessions (
  user_id       TEXT    NOT NULL REFERENCES users (id),
  id            TEXT    NOT NULL,
  -- A day (UTC, its first millisecond).
  day           INTEGER NOT NULL,
  seconds       INTEGER NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item          TEXT,
  completed     INTEGER NOT NULL CHECK (completed IN (0, 1)),
  stress_before INTEGER CHECK (stress_before BETWEEN 1 AND 10),
  stress_after  INTEGER CHECK (stress_after BETWEEN 1 AND 10),
  mood          INTEGER CHECK (mood BETWEEN -10 AND 10),
  occurred_at   INTEGER NOT NULL,
  request_id    TEXT    NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
-- A person's days, weeks and months.
CREATE INDEX user_analytics_sessions_by_day ON user_analytics_sessions (user_id, day);
