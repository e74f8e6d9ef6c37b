-- Room that is held for work that goes on, and calls.
ALTER TABLE usage_events ADD COLUMN reservation_step TEXT CHECK (reservation_step IN ('reserve', 'confirm', 'release'));
ALTER TABLE usage_events ADD COLUMN reservation_id TEXT;
ALTER TABLE usage_events ADD COLUMN reserved_quantity INTEGER;
ALTER TABLE usage_events ADD COLUMN reserved_total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE event_types ADD COLUMN longest_call_seconds INTEGER CHECK (longest_call_seconds >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_open_reservations INTEGER NOT NULL DEFAULT 1000 CHECK (most_open_reservations >= 1);

-- Room that is held for work that goes on. What was settled holds none, nor does what has expired, without anybody's doing.
CREATE TABLE usage_reservations (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  -- NULL: a service key made it.
  user_id         TEXT    REFERENCES users (id),
  subject         TEXT,
  feature         TEXT    NOT NULL,
  event_type      TEXT    NOT NULL,
  -- How much one of the event type counts.
  weight          INTEGER NOT NULL CHECK (weight >= 1),
  -- In what is counted.
  quantity        INTEGER NOT NULL CHECK (quantity >= 0),
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  -- When it was confirmed or released, by which of these, and what of it was counted.
  settled_at      INTEGER,
  settled_as      TEXT    CHECK (settled_as IN ('confirmed', 'released')),
  counted         INTEGER,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK ((settled_at IS NULL) = (settled_as IS NULL))
) WITHOUT ROWID;

-- What holds room is added up by every request that wants some: the sum is read here, without the rows.
CREATE INDEX usage_reservations_open ON usage_reservations (organization_id, feature, expires_at, quantity)
  WHERE settled_at IS NULL;

-- Calls: each holds room while it lasts, and is counted when it ends.
CREATE TABLE call_logs (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- That of its reservation, where it was started here.
  id              TEXT    NOT NULL,
  user_id         TEXT    REFERENCES users (id),
  subject         TEXT,
  -- An event type that has a longest call.
  call_type       TEXT    NOT NULL,
  feature         TEXT    NOT NULL,
  status          TEXT    NOT NULL CHECK (status IN ('in_progress', 'completed', 'failed')),
  started_at      INTEGER NOT NULL,
  -- From then on a call in progress counts as failed.
  deadline_at     INTEGER NOT NULL,
  ended_at        INTEGER,
  seconds         INTEGER CHECK (seconds >= 0),
  -- What it did to the meter, and what it cost beyond the limit.
  counted         INTEGER NOT NULL DEFAULT 0,
  cost_cents      INTEGER NOT NULL DEFAULT 0,
  attributes      TEXT,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK ((status = 'in_progress') = (ended_at IS NULL))
) WITHOUT ROWID;
