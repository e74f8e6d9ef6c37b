-- Events out: endpoints, deliveries, and how far events have been given out.
ALTER TABLE outbox ADD COLUMN sequence bigint;
ALTER TABLE service_keys ADD COLUMN can_manage_webhooks bigint NOT NULL DEFAULT 0
  CHECK (can_manage_webhooks = 0 OR can_manage_webhooks = 1 AND organization_id IS NULL);

-- Where events are sent to (`webhooks`).
CREATE TABLE webhook_endpoints (
  id              text    NOT NULL PRIMARY KEY,
  -- Whose it is; NULL: the operator's, who hears of all organizations.
  organization_id text    REFERENCES organizations (id),
  url             text    NOT NULL,
  -- The event types that it wants, each between two spaces; NULL: all.
  event_types     text,
  -- What deliveries are signed with (`whsec_…`); for a while after it was rotated the former one signs too.
  secret          text    NOT NULL,
  former_secret   text,
  former_secret_ends_at bigint,
  paused_at       bigint,
  -- What nobody asked for: the receiver is gone (410), or has answered nothing sound for days.
  disabled_at     bigint,
  disabled_reason text    CHECK (disabled_reason IN ('failing', 'gone')),
  -- Since when every attempt has failed; NULL while the last one did not.
  failing_since   bigint,
  -- Until then its events wait in line instead of being sent with the others', because it failed or was slow.
  deferred_until  bigint NOT NULL DEFAULT 0,
  -- It hears of what has happened since.
  listens_from    bigint NOT NULL,
  created_at      bigint NOT NULL,
  updated_at      bigint NOT NULL,
  request_id      text    NOT NULL,
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  CHECK ((former_secret IS NULL) = (former_secret_ends_at IS NULL))
);
-- An organization's, and the operator's.
CREATE INDEX webhook_endpoints_by_organization ON webhook_endpoints (organization_id, created_at, id);

-- What became of an event at an endpoint. One that is delivered at once is one row written.
CREATE TABLE webhook_deliveries (
  endpoint_id     text    NOT NULL REFERENCES webhook_endpoints (id),
  -- The event's id in `outbox`, and the header `webhook-id`.
  event_id        text    NOT NULL,
  state           text    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts        bigint NOT NULL CHECK (attempts >= 0),
  next_attempt_at bigint,
  last_attempt_at bigint,
  -- Of the last attempt: the answer's status and the beginning of its body, or why there was none.
  response_status bigint,
  response        text,
  failure         text,
  created_at      bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (endpoint_id, event_id),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
);
-- What is due, endpoint by endpoint. A delivery that succeeds at once is never in it.
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been given out to endpoints: one row, from the first endpoint on.
CREATE TABLE webhook_progress (
  id                 bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  last_sequence      bigint NOT NULL,
  -- Of the events up to this number each endpoint that wants one has its delivery.
  delivered_sequence bigint NOT NULL,
  -- All events up to this id are given out, and none comes before it any more.
  settled_to         text    NOT NULL
);

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['webhook_endpoints', 'webhook_deliveries', 'webhook_progress'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE DELETE ON webhook_endpoints, webhook_progress FROM tallygate;
