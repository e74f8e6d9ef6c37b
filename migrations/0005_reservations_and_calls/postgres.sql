-- Room that is held for work that goes on, and calls.
ALTER TABLE usage_events ADD COLUMN reservation_step text CHECK (reservation_step IN ('reserve', 'confirm', 'release'));
ALTER TABLE usage_events ADD COLUMN reservation_id text;
ALTER TABLE usage_events ADD COLUMN reserved_quantity bigint;
ALTER TABLE usage_events ADD COLUMN reserved_total bigint NOT NULL DEFAULT 0;
ALTER TABLE event_types ADD COLUMN longest_call_seconds bigint CHECK (longest_call_seconds >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_open_reservations bigint NOT NULL DEFAULT 1000 CHECK (most_open_reservations >= 1);

-- Room that is held for work that goes on. What was settled holds none, nor does what has expired, without anybody's doing.
CREATE TABLE usage_reservations (
  organization_id text    NOT NULL REFERENCES organizations (id),
  id              text    NOT NULL,
  -- NULL: a service key made it.
  user_id         text    REFERENCES users (id),
  subject         text,
  feature         text    NOT NULL,
  event_type      text    NOT NULL,
  -- How much one of the event type counts.
  weight          bigint NOT NULL CHECK (weight >= 1),
  -- In what is counted.
  quantity        bigint NOT NULL CHECK (quantity >= 0),
  created_at      bigint NOT NULL,
  expires_at      bigint NOT NULL,
  -- When it was confirmed or released, by which of these, and what of it was counted.
  settled_at      bigint,
  settled_as      text    CHECK (settled_as IN ('confirmed', 'released')),
  counted         bigint,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK ((settled_at IS NULL) = (settled_as IS NULL))
);

-- What holds room is added up by every request that wants some: the sum is read here, without the rows.
CREATE INDEX usage_reservations_open ON usage_reservations (organization_id, feature, expires_at, quantity)
  WHERE settled_at IS NULL;

-- Calls: each holds room while it lasts, and is counted when it ends.
CREATE TABLE call_logs (
  organization_id text    NOT NULL REFERENCES organizations (id),
  -- That of its reservation, where it was started here.
  id              text    NOT NULL,
  user_id         text    REFERENCES users (id),
  subject         text,
  -- An event type that has a longest call.
  call_type       text    NOT NULL,
  feature         text    NOT NULL,
  status          text    NOT NULL CHECK (status IN ('in_progress', 'completed', 'failed')),
  started_at      bigint NOT NULL,
  -- From then on a call in progress counts as failed.
  deadline_at     bigint NOT NULL,
  ended_at        bigint,
  seconds         bigint CHECK (seconds >= 0),
  -- What it did to the meter, and what it cost beyond the limit.
  counted         bigint NOT NULL DEFAULT 0,
  cost_cents      bigint NOT NULL DEFAULT 0,
  attributes      text,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK ((status = 'in_progress') = (ended_at IS NULL))
);
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['usage_reservations', 'call_logs'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE DELETE ON call_logs FROM tallygate;
CREATE POLICY only_what_holds_nothing_is_deleted ON usage_reservations AS RESTRICTIVE FOR DELETE TO tallygate
  USING (settled_at IS NOT NULL OR expires_at <= (extract(epoch FROM now()) * 1000)::bigint);
