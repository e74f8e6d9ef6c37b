-- What events carry, and what is forgotten of addresses that somebody has left.
ALTER TABLE organization_invitations ADD COLUMN formerly_of text REFERENCES users (id);
CREATE INDEX organization_invitations_formerly_of ON organization_invitations (formerly_of) WHERE formerly_of IS NOT NULL;

-- What events carry (`docs/EVENTS.md`), each object as it is at the moment at which an event is written: views, since the engines
-- write JSON in words of their own. Of persons only the ids are written; `event_payloads` has the rest.
-- An organization that is called after its person has no name here.
CREATE OR REPLACE VIEW event_organizations AS
SELECT o.id AS organization_id, json_build_object(
    'id', o.id,
    'kind', o.kind,
    'name', CASE WHEN o.kind = 'personal' OR o.name LIKE '%''s Workspace' THEN NULL ELSE o.name END,
    'slug', o.slug)::text AS object
FROM organizations o;

CREATE OR REPLACE VIEW event_users AS
SELECT u.id AS user_id, json_build_object(
    'id', u.id,
    'banned', (u.banned_at IS NOT NULL),
    'createdAt', to_char(to_timestamp(u.created_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS object
FROM users u;

CREATE OR REPLACE VIEW event_actors AS
SELECT u.id AS user_id, json_build_object('id', u.id)::text AS object
FROM users u;

CREATE OR REPLACE VIEW event_members AS
SELECT m.organization_id, m.user_id, json_build_object(
    'id', m.user_id,
    'role', m.role,
    'joinedAt', to_char(to_timestamp(m.joined_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS object
FROM organization_members m;

CREATE OR REPLACE VIEW event_invitations AS
SELECT i.organization_id, i.id AS invitation_id, json_build_object(
    'id', i.id,
    'role', i.role,
    'status', i.status,
    'invitedBy', json_build_object('id', i.invited_by),
    'createdAt', to_char(to_timestamp(i.created_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expiresAt', to_char(to_timestamp(i.expires_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS object
FROM organization_invitations i;

CREATE OR REPLACE VIEW event_subscriptions AS
SELECT s.organization_id, json_build_object(
    'plan', s.plan_id,
    'planName', p.name,
    'status', s.status,
    'interval', s.billing_interval,
    'currentPeriodStart', to_char(to_timestamp(s.current_period_start / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'currentPeriodEnd', to_char(to_timestamp(s.current_period_end / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'trialEndsAt', to_char(to_timestamp(s.trial_ends_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'pastDueSince', to_char(to_timestamp(s.past_due_since / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'cancelAt', to_char(to_timestamp(s.cancel_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'pendingChange', CASE WHEN s.pending_plan_id IS NOT NULL THEN json_build_object('plan', s.pending_plan_id, 'interval', s.pending_interval, 'at', to_char(to_timestamp(s.pending_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END)::text AS object
FROM org_subscriptions s JOIN plans p ON p.id = s.plan_id;

CREATE OR REPLACE VIEW event_invoices AS
SELECT b.organization_id, b.stripe_invoice_id, json_build_object(
    'id', b.stripe_invoice_id,
    'number', b.number,
    'status', b.status,
    'reason', b.reason,
    'currency', b.currency,
    'totalCents', b.total_cents,
    'dueCents', b.due_cents,
    'paidCents', b.paid_cents,
    'attempts', b.attempts,
    'hostedUrl', b.hosted_url,
    'pdfUrl', b.pdf_url,
    'periodStart', to_char(to_timestamp(b.period_start / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'periodEnd', to_char(to_timestamp(b.period_end / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'createdAt', to_char(to_timestamp(b.created_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'paidAt', to_char(to_timestamp(b.paid_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text AS object
FROM billing_invoices b;

-- The browsers that one request has put out.
CREATE OR REPLACE VIEW event_ended_sessions AS
SELECT a.user_id, a.request_id, (
    SELECT json_agg(json_build_object('id', each.id, 'endedAt', to_char(to_timestamp(each.ended_at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'reason', each.end_reason))::text FROM active_sessions each
    WHERE each.user_id = a.user_id AND each.request_id = a.request_id AND each.ended_at IS NOT NULL) AS object
FROM active_sessions a
WHERE a.ended_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM active_sessions first
  WHERE first.user_id = a.user_id AND first.request_id = a.request_id AND first.ended_at IS NOT NULL AND first.id < a.id);

-- What is sent of an event: its payload, with the name and the address that whom it is about has when it is sent. They do not
-- stand in the row, so nothing of somebody who was deleted is left in it.
CREATE OR REPLACE VIEW event_payloads AS
SELECT o.id, CASE
    WHEN u.id IS NOT NULL AND o.payload::json -> 'user' IS NOT NULL THEN jsonb_set(o.payload::jsonb, '{user}',
      o.payload::jsonb -> 'user' || jsonb_build_object('name', u.name, 'email', u.email, 'emailVerified', u.email_verified = 1))::text
    WHEN u.id IS NOT NULL THEN jsonb_set(o.payload::jsonb, '{member}',
      o.payload::jsonb -> 'member' || jsonb_build_object('name', u.name, 'email', u.email))::text
    WHEN i.id IS NOT NULL THEN jsonb_set(o.payload::jsonb, '{invitation}',
      o.payload::jsonb -> 'invitation' || jsonb_build_object('email', NULLIF(i.email, 'erased')))::text
    ELSE o.payload END AS payload
FROM outbox o
LEFT JOIN users u ON u.id = COALESCE(o.payload::json #>> '{user,id}', o.payload::json #>> '{member,id}')
LEFT JOIN organization_invitations i ON i.organization_id = o.organization_id AND i.id = o.payload::json #>> '{invitation,id}';

REVOKE ALL ON event_organizations, event_users, event_actors, event_members, event_invitations, event_subscriptions, event_invoices,
  event_ended_sessions, event_payloads FROM PUBLIC, anon, authenticated;
GRANT SELECT ON event_organizations, event_users, event_actors, event_members, event_invitations, event_subscriptions, event_invoices,
  event_ended_sessions, event_payloads TO tallygate;

-- A trial that ended unpaid falls to another plan with the first request after its end (`http::context::context_statements`), which
-- has no more statements to spare: what it writes beside is written here.
CREATE OR REPLACE FUNCTION subscription_fell_back() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
  VALUES (NEW.organization_id, NEW.request_id, 'system', 'subscription.fell_back', NEW.plan_id,
    '{"from":"' || OLD.plan_id || '"}', NEW.request_id, NEW.updated_at);
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id, NEW.organization_id, 'subscription.updated', NEW.plan_id,
    '{"subscription":' || (SELECT object FROM event_subscriptions WHERE organization_id = NEW.organization_id)
      || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = NEW.organization_id)
      || ',"action":"subscription.fell_back"}', NEW.updated_at);
  RETURN NEW;
END
$$;

-- Whatever changes of a user that others see is told, whoever tells of it: a provider's message or a token.
CREATE OR REPLACE FUNCTION user_is_updated() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  SELECT NEW.request_id || ':user.updated', o.id, 'user.updated', NEW.id, '{"user":' || (SELECT object FROM event_users WHERE user_id = NEW.id)
    || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = o.id) || '}',
    CASE WHEN NEW.profile_updated_at > NEW.email_updated_at THEN NEW.profile_updated_at ELSE NEW.email_updated_at END
  FROM organizations o WHERE o.personal_user_id = NEW.id
  ON CONFLICT (id) DO NOTHING;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER user_is_updated
AFTER UPDATE OF email, email_verified, name, banned_at ON users
FOR EACH ROW
WHEN (NEW.deleted_at IS NULL AND NEW.request_id <> OLD.request_id
  AND (NEW.email IS DISTINCT FROM OLD.email OR NEW.email_verified <> OLD.email_verified OR NEW.name <> OLD.name
    OR (NEW.banned_at IS NULL) <> (OLD.banned_at IS NULL)))
EXECUTE FUNCTION user_is_updated();

-- What was sent to an address that somebody had is theirs to be forgotten with, also when they have another one.
CREATE OR REPLACE FUNCTION address_is_left() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE organization_invitations SET formerly_of = OLD.id WHERE email = OLD.email;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER address_is_left
AFTER UPDATE OF email ON users
FOR EACH ROW
WHEN (OLD.email_verified = 1 AND NEW.email IS DISTINCT FROM OLD.email AND NEW.deleted_at IS NULL)
EXECUTE FUNCTION address_is_left();

-- Writes what happened where the functions write it: the organization's history and the events to be delivered.
CREATE OR REPLACE FUNCTION tallygate_record(organization text, actor text, happened text, target text, request text)
RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, request_id, created_at)
  VALUES (organization, tallygate_new_id(), actor, happened, target, request, tallygate_now());
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (tallygate_new_id(), organization, happened, target,
    '{"organization":' || (SELECT e.object FROM event_organizations e WHERE e.organization_id = tallygate_record.organization)
      || ',"subscription":' || coalesce((SELECT e.object FROM event_subscriptions e WHERE e.organization_id = tallygate_record.organization), 'null')
      || ',"by":' || coalesce((SELECT json_build_object('id', u.id)::text FROM users u WHERE u.id = tallygate_record.actor), 'null') || '}',
    tallygate_now());
$$;

-- The end of a trial carries its objects, too.
CREATE OR REPLACE FUNCTION org_trial_is_over() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id || ':trial', NEW.organization_id, 'trial.ended', OLD.plan_id,
    '{"subscription":' || (SELECT object FROM event_subscriptions WHERE organization_id = NEW.organization_id)
      || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = NEW.organization_id) || '}', NEW.updated_at);
  RETURN NEW;
END
$$;
