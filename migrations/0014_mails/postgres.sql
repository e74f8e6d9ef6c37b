-- Mails: which were sent, who wants which, and how they look.
ALTER TABLE catalog_settings ADD COLUMN language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de'));
ALTER TABLE catalog_settings ADD COLUMN color text;
ALTER TABLE catalog_settings ADD COLUMN logo_url text;
ALTER TABLE catalog_settings ADD COLUMN support_email text;

-- Which mail about an event somebody got, or is yet to get: each once, whatever is sent again. It holds no address: a person is
-- named by their id, an invited one by the invitation.
CREATE TABLE mail_deliveries (
  -- The event's id in `outbox`, or what takes its place: `reminder:<invitation>`, `disabled:<endpoint>:<when>`.
  event_id        text    NOT NULL,
  kind            text    NOT NULL,
  -- `user:<id>`, `invited:<invitation>`, `billing` (the organization's address for invoices), `operator`.
  recipient       text    NOT NULL,
  state           text    NOT NULL CHECK (state IN ('pending', 'sent', 'failed')),
  attempts        bigint NOT NULL CHECK (attempts >= 0),
  next_attempt_at bigint,
  -- The provider's own id of it.
  provider_id     text,
  -- Why the last attempt did not succeed.
  failure         text,
  created_at      bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (event_id, kind, recipient),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
);
-- What is due again. A mail that the provider takes at once is never in it.
CREATE INDEX mail_deliveries_due ON mail_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been looked at for mails: one row, from the first run with a provider on.
CREATE TABLE mail_progress (
  id             bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  -- All events up to this id have had their mails, and none comes before it any more.
  settled_to     text    NOT NULL,
  -- What happened before is told to nobody by mail.
  began_at       bigint NOT NULL,
  -- Until then the provider is left alone, because it said that it is too much, or nothing sound.
  deferred_until bigint NOT NULL DEFAULT 0
);

-- Which mails somebody wants; who has no row wants all of them, in the catalog's language.
CREATE TABLE mail_preferences (
  user_id           text    NOT NULL PRIMARY KEY REFERENCES users (id),
  language          text    CHECK (language IN ('en', 'de')),
  limit_warning     bigint NOT NULL DEFAULT 1 CHECK (limit_warning IN (0, 1)),
  limit_reached     bigint NOT NULL DEFAULT 1 CHECK (limit_reached IN (0, 1)),
  trial_ending      bigint NOT NULL DEFAULT 1 CHECK (trial_ending IN (0, 1)),
  endpoint_disabled bigint NOT NULL DEFAULT 1 CHECK (endpoint_disabled IN (0, 1)),
  updated_at        bigint NOT NULL,
  request_id        text    NOT NULL
);

-- Addresses that get no mails: none at all where one came back or was called spam, no invitations where somebody wants none.
CREATE TABLE mail_suppressions (
  -- Lower case.
  address    text    NOT NULL PRIMARY KEY,
  reason     text    NOT NULL CHECK (reason IN ('bounced', 'complained', 'unsubscribed')),
  created_at bigint NOT NULL
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['mail_deliveries', 'mail_progress', 'mail_preferences', 'mail_suppressions'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE DELETE ON mail_progress FROM tallygate;
