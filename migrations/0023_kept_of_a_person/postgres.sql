-- What people prefer who have not said so, where it is something else than everywhere: JSON by the names of preferences.
ALTER TABLE catalog_settings ADD COLUMN preferences text NOT NULL DEFAULT '{}';

-- What the sessions of a day come to: written with each of them (`analytics_day_is_kept`).
CREATE TABLE user_analytics_days (
  user_id        text    NOT NULL REFERENCES users (id),
  -- A day (UTC, its first millisecond).
  day            bigint  NOT NULL,
  sessions       bigint  NOT NULL CHECK (sessions >= 1),
  seconds        bigint  NOT NULL CHECK (seconds >= 0),
  completed      bigint  NOT NULL CHECK (completed BETWEEN 0 AND sessions),
  -- The different items, each between two blanks, and how many they are.
  items          text    NOT NULL,
  distinct_items bigint  NOT NULL CHECK (distinct_items >= 0),
  -- Sums, and of how many sessions: not all of them tell.
  stress_before  bigint  NOT NULL,
  told_before    bigint  NOT NULL CHECK (told_before >= 0),
  stress_after   bigint  NOT NULL,
  told_after     bigint  NOT NULL CHECK (told_after >= 0),
  mood           bigint  NOT NULL,
  told_mood      bigint  NOT NULL CHECK (told_mood >= 0),
  PRIMARY KEY (user_id, day)
);

-- Organizations that somebody was in and is no more: what is kept of them there is theirs to be shown (`account`, `export`).
CREATE TABLE former_members (
  user_id         text NOT NULL REFERENCES users (id),
  organization_id text NOT NULL REFERENCES organizations (id),
  PRIMARY KEY (user_id, organization_id)
);

-- What was sent to somebody.
CREATE INDEX mail_deliveries_by_recipient ON mail_deliveries (recipient);

-- A session is counted in its day with the very row that keeps it once.
CREATE OR REPLACE FUNCTION analytics_day_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER analytics_day_is_kept
AFTER INSERT ON user_analytics_sessions
FOR EACH ROW EXECUTE FUNCTION analytics_day_is_kept();

-- Whoever leaves or is removed is remembered by it, unless their account is deleted.
CREATE OR REPLACE FUNCTION member_is_remembered() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO former_members (user_id, organization_id)
  SELECT left_by.id, OLD.organization_id FROM users left_by WHERE left_by.id = OLD.user_id AND left_by.deleted_at IS NULL
  ON CONFLICT (user_id, organization_id) DO NOTHING;
  RETURN OLD;
END
$$;
CREATE OR REPLACE TRIGGER member_is_remembered
AFTER DELETE ON organization_members
FOR EACH ROW EXECUTE FUNCTION member_is_remembered();

-- The days that were there before.
INSERT INTO user_analytics_days (user_id, day, sessions, seconds, completed, items, distinct_items, stress_before, told_before, stress_after,
  told_after, mood, told_mood)
SELECT user_id, day, COUNT(*), SUM(seconds), SUM(completed), COALESCE(' ' || string_agg(DISTINCT item, ' ') || ' ', ' '), COUNT(DISTINCT item),
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

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['user_analytics_days', 'former_members'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
GRANT SELECT ON user_analytics_days, former_members TO authenticated;
CREATE POLICY people_read_their_own ON user_analytics_days FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
CREATE POLICY people_read_their_own ON former_members FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
