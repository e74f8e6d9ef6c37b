-- What events carry, and what is forgotten of addresses that somebody has left.
ALTER TABLE organization_invitations ADD COLUMN formerly_of TEXT REFERENCES users (id);
CREATE INDEX organization_invitations_formerly_of ON organization_invitations (formerly_of) WHERE formerly_of IS NOT NULL;

-- What events carry (`docs/EVENTS.md`), each object as it is at the moment at which an event is written: views, since the engines
-- write JSON in words of their own. Of persons only the ids are written; `event_payloads` has the rest.
-- An organization that is called after its person has no name here.
CREATE VIEW event_organizations AS
SELECT o.id AS organization_id, json_object(
    'id', o.id,
    'kind', o.kind,
    'name', CASE WHEN o.kind = 'personal' OR o.name LIKE '%''s Workspace' THEN NULL ELSE o.name END,
    'slug', o.slug) AS object
FROM organizations o;

CREATE VIEW event_users AS
SELECT u.id AS user_id, json_object(
    'id', u.id,
    'banned', json(CASE WHEN u.banned_at IS NOT NULL THEN 'true' ELSE 'false' END),
    'createdAt', strftime('%Y-%m-%dT%H:%M:%S', u.created_at / 1000, 'unixepoch') || printf('.%03dZ', u.created_at % 1000)) AS object
FROM users u;

CREATE VIEW event_actors AS
SELECT u.id AS user_id, json_object('id', u.id) AS object
FROM users u;

CREATE VIEW event_members AS
SELECT m.organization_id, m.user_id, json_object(
    'id', m.user_id,
    'role', m.role,
    'joinedAt', strftime('%Y-%m-%dT%H:%M:%S', m.joined_at / 1000, 'unixepoch') || printf('.%03dZ', m.joined_at % 1000)) AS object
FROM organization_members m;

CREATE VIEW event_invitations AS
SELECT i.organization_id, i.id AS invitation_id, json_object(
    'id', i.id,
    'role', i.role,
    'status', i.status,
    'invitedBy', json_object('id', i.invited_by),
    'createdAt', strftime('%Y-%m-%dT%H:%M:%S', i.created_at / 1000, 'unixepoch') || printf('.%03dZ', i.created_at % 1000),
    'expiresAt', strftime('%Y-%m-%dT%H:%M:%S', i.expires_at / 1000, 'unixepoch') || printf('.%03dZ', i.expires_at % 1000)) AS object
FROM organization_invitations i;

CREATE VIEW event_subscriptions AS
SELECT s.organization_id, json_object(
    'plan', s.plan_id,
    'planName', p.name,
    'status', s.status,
    'interval', s.billing_interval,
    'currentPeriodStart', strftime('%Y-%m-%dT%H:%M:%S', s.current_period_start / 1000, 'unixepoch') || printf('.%03dZ', s.current_period_start % 1000),
    'currentPeriodEnd', strftime('%Y-%m-%dT%H:%M:%S', s.current_period_end / 1000, 'unixepoch') || printf('.%03dZ', s.current_period_end % 1000),
    'trialEndsAt', strftime('%Y-%m-%dT%H:%M:%S', s.trial_ends_at / 1000, 'unixepoch') || printf('.%03dZ', s.trial_ends_at % 1000),
    'pastDueSince', strftime('%Y-%m-%dT%H:%M:%S', s.past_due_since / 1000, 'unixepoch') || printf('.%03dZ', s.past_due_since % 1000),
    'cancelAt', strftime('%Y-%m-%dT%H:%M:%S', s.cancel_at / 1000, 'unixepoch') || printf('.%03dZ', s.cancel_at % 1000),
    'pendingChange', json(CASE WHEN s.pending_plan_id IS NOT NULL THEN json_object('plan', s.pending_plan_id, 'interval', s.pending_interval, 'at', strftime('%Y-%m-%dT%H:%M:%S', s.pending_at / 1000, 'unixepoch') || printf('.%03dZ', s.pending_at % 1000)) END)) AS object
FROM org_subscriptions s JOIN plans p ON p.id = s.plan_id;

CREATE VIEW event_invoices AS
SELECT b.organization_id, b.stripe_invoice_id, json_object(
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
    'periodStart', strftime('%Y-%m-%dT%H:%M:%S', b.period_start / 1000, 'unixepoch') || printf('.%03dZ', b.period_start % 1000),
    'periodEnd', strftime('%Y-%m-%dT%H:%M:%S', b.period_end / 1000, 'unixepoch') || printf('.%03dZ', b.period_end % 1000),
    'createdAt', strftime('%Y-%m-%dT%H:%M:%S', b.created_at / 1000, 'unixepoch') || printf('.%03dZ', b.created_at % 1000),
    'paidAt', strftime('%Y-%m-%dT%H:%M:%S', b.paid_at / 1000, 'unixepoch') || printf('.%03dZ', b.paid_at % 1000)) AS object
FROM billing_invoices b;

-- The browsers that one request has put out.
CREATE VIEW event_ended_sessions AS
SELECT a.user_id, a.request_id, (
    SELECT json_group_array(json_object('id', each.id, 'endedAt', strftime('%Y-%m-%dT%H:%M:%S', each.ended_at / 1000, 'unixepoch') || printf('.%03dZ', each.ended_at % 1000), 'reason', each.end_reason)) FROM active_sessions each
    WHERE each.user_id = a.user_id AND each.request_id = a.request_id AND each.ended_at IS NOT NULL) AS object
FROM active_sessions a
WHERE a.ended_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM active_sessions first
  WHERE first.user_id = a.user_id AND first.request_id = a.request_id AND first.ended_at IS NOT NULL AND first.id < a.id);

-- What is sent of an event: its payload, with the name and the address that whom it is about has when it is sent. They do not
-- stand in the row, so nothing of somebody who was deleted is left in it.
CREATE VIEW event_payloads AS
SELECT o.id, CASE
    WHEN u.id IS NOT NULL AND json_type(o.payload, '$.user') = 'object' THEN
      json_set(o.payload, '$.user.name', u.name, '$.user.email', u.email, '$.user.emailVerified', json(CASE u.email_verified WHEN 1 THEN 'true' ELSE 'false' END))
    WHEN u.id IS NOT NULL THEN json_set(o.payload, '$.member.name', u.name, '$.member.email', u.email)
    WHEN i.id IS NOT NULL THEN json_set(o.payload, '$.invitation.email', NULLIF(i.email, 'erased'))
    ELSE o.payload END AS payload
FROM outbox o
LEFT JOIN users u ON u.id = COALESCE(o.payload ->> '$.user.id', o.payload ->> '$.member.id')
LEFT JOIN organization_invitations i ON i.organization_id = o.organization_id AND i.id = o.payload ->> '$.invitation.id';

DROP TRIGGER subscription_fell_back;
-- A trial that ended unpaid falls to another plan with the first request after its end (`http::context::context_statements`), which
-- has no more statements to spare: what it writes beside is written here.
CREATE TRIGGER subscription_fell_back
AFTER UPDATE OF status ON org_subscriptions
WHEN OLD.status = 'trialing' AND NEW.status = 'active' AND NEW.plan_id <> OLD.plan_id
  AND OLD.stripe_subscription_id IS NULL AND NEW.stripe_subscription_id IS NULL AND NEW.request_id IS NOT NULL
BEGIN
  INSERT INTO audit_events (organization_id, id, actor_id, action, target_id, details, request_id, created_at)
  VALUES (NEW.organization_id, NEW.request_id, 'system', 'subscription.fell_back', NEW.plan_id,
    '{"from":"' || OLD.plan_id || '"}', NEW.request_id, NEW.updated_at);
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id, NEW.organization_id, 'subscription.updated', NEW.plan_id,
    '{"subscription":' || (SELECT object FROM event_subscriptions WHERE organization_id = NEW.organization_id)
      || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = NEW.organization_id)
      || ',"action":"subscription.fell_back"}', NEW.updated_at);
END;

-- Whatever changes of a user that others see is told, whoever tells of it: a provider's message or a token.
CREATE TRIGGER user_is_updated
AFTER UPDATE OF email, email_verified, name, banned_at ON users
WHEN NEW.deleted_at IS NULL AND NEW.request_id <> OLD.request_id
  AND (NEW.email IS NOT OLD.email OR NEW.email_verified <> OLD.email_verified OR NEW.name <> OLD.name
    OR (NEW.banned_at IS NULL) <> (OLD.banned_at IS NULL))
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  SELECT NEW.request_id || ':user.updated', o.id, 'user.updated', NEW.id, '{"user":' || (SELECT object FROM event_users WHERE user_id = NEW.id)
    || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = o.id) || '}',
    CASE WHEN NEW.profile_updated_at > NEW.email_updated_at THEN NEW.profile_updated_at ELSE NEW.email_updated_at END
  FROM organizations o WHERE o.personal_user_id = NEW.id
  ON CONFLICT (id) DO NOTHING;
END;

-- What was sent to an address that somebody had is theirs to be forgotten with, also when they have another one.
CREATE TRIGGER address_is_left
AFTER UPDATE OF email ON users
WHEN OLD.email_verified = 1 AND NEW.email IS NOT OLD.email AND NEW.deleted_at IS NULL
BEGIN
  UPDATE organization_invitations SET formerly_of = OLD.id WHERE email = OLD.email;
END;

-- The end of a trial carries its objects, too.
DROP TRIGGER org_trial_is_over;
CREATE TRIGGER org_trial_is_over
AFTER UPDATE OF status ON org_subscriptions
WHEN OLD.status = 'trialing' AND NEW.status <> 'trialing' AND NEW.updated_at >= OLD.trial_ends_at
  AND OLD.trial_told_end IS NOT OLD.trial_ends_at AND NEW.request_id IS NOT NULL
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id || ':trial', NEW.organization_id, 'trial.ended', OLD.plan_id,
    '{"subscription":' || (SELECT object FROM event_subscriptions WHERE organization_id = NEW.organization_id)
      || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = NEW.organization_id) || '}', NEW.updated_at);
END;
