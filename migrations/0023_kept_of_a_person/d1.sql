-- What people prefer who have not said so, where it is something else than everywhere: JSON by the names of preferences.
ALTER TABLE catalog_settings ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}';

-- What the sessions of a day come to: written with each of them (`analytics_day_is_kept`).
CREATE TABLE user_analytics_days (
  user_id        TEXT    NOT NULL REFERENCES users (id),
  -- A day (UTC, its first millisecond).
  day            INTEGER NOT NULL,
  sessions       INTEGER NOT NULL CHECK (sessions >= 1),
  seconds        INTEGER NOT NULL CHECK (seconds >= 0),
  completed      INTEGER NOT NULL CHECK (completed BETWEEN 0 AND sessions),
  -- The different items, each between two blanks, and how many they are.
  items          TEXT    NOT NULL,
  distinct_items INTEGER NOT NULL CHECK (distinct_items >= 0),
  -- Sums, and of how many sessions: not all of them tell.
  stress_before  INTEGER NOT NULL,
  told_before    INTEGER NOT NULL CHECK (told_before >= 0),
  stress_after   INTEGER NOT NULL,
  told_after     INTEGER NOT NULL CHECK (told_after >= 0),
  mood           INTEGER NOT NULL,
  told_mood      INTEGER NOT NULL CHECK (told_mood >= 0),
  PRIMARY KEY (user_id, day)
) WITHOUT ROWID;

-- Organizations that somebody was in and is no more: what is kept of them there is theirs to be shown (`account`, `export`).
CREATE TABLE former_members (
  user_id         TEXT NOT NULL REFERENCES users (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  PRIMARY KEY (user_id, organization_id)
) WITHOUT ROWID;

-- What was sent to somebody.
CREATE INDEX mail_deliveries_by_recipient ON mail_deliveries (recipient);

-- A session is counted in its day with the very row that keeps it once.
CREATE TRIGGER analytics_day_is_kept
AFTER INSERT ON user_analytics_sessions
BEGIN
  INSERT INTO user_analytics_days (user_id, day, sessions, seconds, completed, items, distinct_items, stress_before, told_before,
    stress_after, told_after, mood, told_mood)
  VALUES (NEW.user_id, NEW.day, 1, NEW.seconds, NEW.completed, COALESCE(' ' || NEW.item || ' ', ' '), CASE WHEN NEW.item IS NULL THEN 0 ELSE 1 END,
    COALESCE(NEW.stress_before, 0), CASE WHEN NEW.stress_before IS NULL THEN 0 ELSE 1 END,
    COALESCE(NEW.stress_after, 0), CASE WHEN NEW.stress_after IS NULL THEN 0 ELSE 1 END,
    COALESCE(NEW.mood, 0), CASE WHEN NEW.mood IS NULL THEN 0 ELSE 1 END)
  ON CONFLICT (user_id, day) DO UPDATE SET
    sessions = user_analytics_days.sessions + 1,
    seconds = user_analytics_days.seconds + NEW.seconds,
    completed = user_analytics_days.completed + NEW.completed,
    items = CASE WHEN NEW.item IS NULL OR replace(user_analytics_days.items, ' ' || NEW.item || ' ', '') <> user_analytics_days.items
      THEN user_analytics_days.items ELSE user_analytics_days.items || NEW.item || ' ' END,
    distinct_items = CASE WHEN NEW.item IS NULL OR replace(user_analytics_days.items, ' ' || NEW.item || ' ', '') <> user_analytics_days.items
      THEN user_analytics_days.distinct_items ELSE user_analytics_days.distinct_items + 1 END,
    stress_before = user_analytics_days.stress_before + COALESCE(NEW.stress_before, 0),
    told_before = user_analytics_days.told_before + CASE WHEN NEW.stress_before IS NULL THEN 0 ELSE 1 END,
    stress_after = user_analytics_days.stress_after + COALESCE(NEW.stress_after, 0),
    told_after = user_analytics_days.told_after + CASE WHEN NEW.stress_after IS NULL THEN 0 ELSE 1 END,
    mood = user_analytics_days.mood + COALESCE(NEW.mood, 0),
    told_mood = user_analytics_days.told_mood + CASE WHEN NEW.mood IS NULL THEN 0 ELSE 1 END;
END;

-- Whoever leaves or is removed is remembered by it, unless their account is deleted.
CREATE TRIGGER member_is_remembered
AFTER DELETE ON organization_members
WHEN EXISTS (SELECT 1 FROM users left_by WHERE left_by.id = OLD.user_id AND left_by.deleted_at IS NULL)
BEGIN
  INSERT INTO former_members (user_id, organization_id) VALUES (OLD.user_id, OLD.organization_id)
  ON CONFLICT (user_id, organization_id) DO NOTHING;
END;

-- The days that were there before.
INSERT INTO user_analytics_days (user_id, day, sessions, seconds, completed, items, distinct_items, stress_before, told_before, stress_after,
  told_after, mood, told_mood)
SELECT user_id, day, COUNT(*), SUM(seconds), SUM(completed), COALESCE((SELECT ' ' || group_concat(different.item, ' ') || ' ' FROM (
    SELECT DISTINCT had.item FROM user_analytics_sessions had
    WHERE had.user_id = user_analytics_sessions.user_id AND had.day = user_analytics_sessions.day AND had.item IS NOT NULL) different), ' '), COUNT(DISTINCT item),
  COALESCE(SUM(stress_before), 0), COUNT(stress_before), COALESCE(SUM(stress_after), 0), COUNT(stress_after), COALESCE(SUM(mood), 0), COUNT(mood)
FROM user_analytics_sessions GROUP BY user_id, day;

-- Whoever has left before, by the history.
INSERT INTO former_members (user_id, organization_id)
SELECT DISTINCT users.id, event.organization_id
FROM audit_events event
JOIN users ON users.id = event.target_id AND users.deleted_at IS NULL
WHERE event.action IN ('member.left', 'member.removed')
  AND NOT EXISTS (
    SELECT 1 FROM organization_members still WHERE still.organization_id = event.organization_id AND still.user_id = users.id);
