-- Mails: which were sent, who wants which, and how they look.
ALTER TABLE catalog_settings ADD COLUMN language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de'));
ALTER TABLE catalog_settings ADD COLUMN color TEXT;
ALTER TABLE catalog_settings ADD COLUMN logo_url TEXT;
ALTER TABLE catalog_settings ADD COLUMN support_email TEXT;

-- Which mail about an event somebody got, or is yet to get: each once, whatever is sent again. It holds no address: a person is
-- named by their id, an invited one by the invitation.
CREATE TABLE mail_deliveries (
  -- The event's id in `outbox`, or what takes its place: `reminder:<invitation>`, `disabled:<endpoint>:<when>`.
  event_id        TEXT    NOT NULL,
  kind            TEXT    NOT NULL,
  -- `user:<id>`, `invited:<invitation>`, `billing` (the organization's address for invoices), `operator`.
  recipient       TEXT    NOT NULL,
  state           TEXT    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
  attempts        INTEGER NOT NULL CHECK (attempts >= 0),
  next_attempt_at INTEGER,
  -- The provider's own id of it.
  provider_id     TEXT,
  -- Why the last attempt did not succeed.
  failure         TEXT,
  created_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (event_id, kind, recipient),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
) WITHOUT ROWID;
-- What is due again. A mail that the provider takes at once is never in it.
CREATE INDEX mail_deliveries_due ON mail_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been looked at for mails: one row, from the first run with a provider on.
CREATE TABLE mail_progress (
  id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- All events up to this id have had their mails, and none comes before it any more.
  settled_to     TEXT    NOT NULL,
  -- What happened before is told to nobody by mail.
  began_at       INTEGER NOT NULL,
  -- Until then the provider is left alone, because it said that it is too much, or nothing sound.
  deferred_until INTEGER NOT NULL DEFAULT 0
);

-- Which mails somebody wants; who has no row wants all of them, in the catalog's language.
CREATE TABLE mail_preferences (
  user_id           TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
  language          TEXT    CHECK (language IN ('en', 'de')),
  limit_warning     INTEGER NOT NULL DEFAULT 1 CHECK (limit_warning IN (0, 1)),
  limit_reached     INTEGER NOT NULL DEFAULT 1 CHECK (limit_reached IN (0, 1)),
  trial_ending      INTEGER NOT NULL DEFAULT 1 CHECK (trial_ending IN (0, 1)),
  endpoint_disabled INTEGER NOT NULL DEFAULT 1 CHECK (endpoint_disabled IN (0, 1)),
  updated_at        INTEGER NOT NULL,
  request_id        TEXT    NOT NULL
) WITHOUT ROWID;

-- Addresses that get no mails: none at all where one came back or was called spam, no invitations where somebody wants none.
CREATE TABLE mail_suppressions (
  -- Lower case.
  address    TEXT    NOT NULL PRIMARY KEY,
  reason     TEXT    NOT NULL CHECK (reason IN ('bounced', 'complained', 'unsubscribed')),
  created_at INTEGER NOT NULL
) WITHOUT ROWID;
