-- Tallygate's tables on Postgres (14 or newer). `schema.sql` holds the same for D1, and a test holds the two together.
--
-- Conventions as there: times are integer milliseconds since the epoch, money is integer cents, flags are 0/1, documents
-- are JSON text, -1 is unlimited. Every whole number is a bigint, because the functions bind theirs as such.
--
-- To be applied by the database's administrator, as one transaction: psql --single-transaction -f schema.postgres.sql.
-- It may be applied again: creating what exists is no error.
--
-- Three kinds of callers: `tallygate` is the role that the functions sign in with, and the only one that writes.
-- `anon` and `authenticated` are the roles of PostgREST and Supabase: their people read through row-level security.

SET client_min_messages = warning;

DO $$
BEGIN
  -- No password, so it cannot sign in over a network until it is given one: ALTER ROLE tallygate PASSWORD '…'.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tallygate') THEN
    CREATE ROLE tallygate LOGIN;
    -- Every statement of the functions goes by key. A sequential scan, which the planner prefers in small tables, would
    -- take a predicate lock on the whole table and make transactions of different organizations conflict.
    ALTER ROLE tallygate SET enable_seqscan = off;
    -- Compiling costs more than any of these statements; a forbidden scan looks expensive enough to be compiled.
    ALTER ROLE tallygate SET jit = off;
    -- What a caller has given up waiting for neither goes on nor holds locks.
    ALTER ROLE tallygate SET statement_timeout = '10s';
    ALTER ROLE tallygate SET idle_in_transaction_session_timeout = '10s';
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN CREATE ROLE anon NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN CREATE ROLE authenticated NOLOGIN; END IF;
END
$$;

-- Plans and features: loaded from a catalog by `npm run catalog`, read by every request.
CREATE TABLE IF NOT EXISTS plans (
  id                  text   NOT NULL PRIMARY KEY,
  name                text   NOT NULL,
  audience            text   NOT NULL CHECK (audience IN ('individual', 'team', 'any')),
  position            bigint NOT NULL,
  -- NULL: not sold by itself (contact sales, or the operator has set no price yet).
  price_month_cents   bigint CHECK (price_month_cents >= 0),
  price_year_cents    bigint CHECK (price_year_cents >= 0),
  seats               bigint NOT NULL CHECK (seats = -1 OR seats >= 1),
  concurrent_sessions bigint NOT NULL CHECK (concurrent_sessions = -1 OR concurrent_sessions >= 1),
  -- The audience whose new organizations start on this plan.
  starts              text   CHECK (starts IN ('individual', 'team', 'any')),
  trial_days          bigint NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 365),
  grace_days          bigint NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 90),
  sales_contact       text,
  -- A plan that left the catalog keeps its row while organizations are on it, and is no longer offered.
  retired             bigint NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
);

CREATE TABLE IF NOT EXISTS plan_features (
  plan_id     text   NOT NULL REFERENCES plans (id),
  feature     text   NOT NULL,
  kind        text   NOT NULL CHECK (kind IN ('flag', 'config', 'meter')),
  -- A flag's 0/1 or a config's JSON; NULL for a meter.
  value       text,
  limit_value bigint CHECK (limit_value >= -1),
  reset       text   CHECK (reset IN ('calendar_month', 'billing_period', 'once', 'gauge')),
  PRIMARY KEY (plan_id, feature),
  CHECK ((kind = 'meter') = (limit_value IS NOT NULL AND reset IS NOT NULL)),
  CHECK ((kind = 'meter') = (value IS NULL))
);

-- What is counted, and against which meter: `rate_sheet` counts against `uploads`.
CREATE TABLE IF NOT EXISTS event_types (
  event_type text NOT NULL PRIMARY KEY,
  feature    text NOT NULL
);

CREATE TABLE IF NOT EXISTS users (
  -- The auth provider's subject.
  id                      text   NOT NULL PRIMARY KEY,
  -- Lower case; NULL while no address is known.
  email                   text,
  email_verified          bigint NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  -- When the provider said so: an older token never overwrites a newer address.
  email_updated_at        bigint NOT NULL,
  name                    text   NOT NULL,
  -- Chosen during onboarding; unique whatever its case.
  username                text   CHECK (username ~ '^[A-Za-z0-9_]{3,30}$'),
  account_type            text   NOT NULL DEFAULT 'user' CHECK (account_type IN ('super_admin', 'admin', 'user')),
  -- The foreign key is added below: users and organizations name each other.
  current_organization_id text,
  -- The free team trial is given once to the user who founds a team, whoever owns it later.
  team_trial_started_at   bigint,
  onboarding_completed_at bigint,
  banned_at               bigint,
  deleted_at              bigint,
  created_at              bigint NOT NULL,
  request_id              text   NOT NULL,
  CHECK (email_verified = 0 OR email IS NOT NULL),
  CHECK (onboarding_completed_at IS NULL OR username IS NOT NULL)
);
-- "Is the invited address a member already?" in the time of one look-up, however many users there are.
CREATE INDEX IF NOT EXISTS users_by_email ON users (email) WHERE email IS NOT NULL;
-- Two users never share a username.
CREATE UNIQUE INDEX IF NOT EXISTS users_username ON users (lower(username)) WHERE username IS NOT NULL;

CREATE TABLE IF NOT EXISTS organizations (
  id               text   NOT NULL PRIMARY KEY,
  kind             text   NOT NULL CHECK (kind IN ('personal', 'team')),
  org_type         text   NOT NULL CHECK (org_type IN ('personal', 'business', 'family', 'education', 'other')),
  name             text   NOT NULL,
  slug             text   NOT NULL,
  billing_email    text,
  -- The auth provider's id of the same organization (Clerk's `org_…`), where there is one.
  external_id      text,
  -- Whose personal organization it is; NULL for a team.
  personal_user_id text   REFERENCES users (id),
  founded_by       text   NOT NULL REFERENCES users (id),
  archived_at      bigint,
  created_at       bigint NOT NULL,
  CHECK ((kind = 'personal') = (personal_user_id IS NOT NULL)),
  CHECK ((kind = 'personal') = (org_type = 'personal'))
);
-- Two organizations never share a slug.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_slug ON organizations (slug);
-- One mapping for an outside id, found from a token's claim.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_external_id ON organizations (external_id) WHERE external_id IS NOT NULL;
-- One personal organization a user, and the way back to it for a removed member.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_personal_user ON organizations (personal_user_id)
  WHERE personal_user_id IS NOT NULL;

-- Deferred: a sign-up writes the user before their personal organization.
DO $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_constraint
    WHERE conrelid = 'users'::regclass AND conname = 'users_current_organization_id_fkey'
  ) THEN
    ALTER TABLE users ADD CONSTRAINT users_current_organization_id_fkey
      FOREIGN KEY (current_organization_id) REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED;
  END IF;
END
$$;

CREATE TABLE IF NOT EXISTS organization_members (
  organization_id text   NOT NULL REFERENCES organizations (id),
  user_id         text   NOT NULL REFERENCES users (id),
  role            text   NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  joined_at       bigint NOT NULL,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);
-- The organizations of a user: the switcher, row-level security, and the clean-up when an account is deleted.
CREATE INDEX IF NOT EXISTS organization_members_by_user ON organization_members (user_id);

CREATE TABLE IF NOT EXISTS org_subscriptions (
  organization_id      text   NOT NULL PRIMARY KEY REFERENCES organizations (id),
  plan_id              text   NOT NULL REFERENCES plans (id),
  status               text   NOT NULL CHECK (status IN
    ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused')),
  current_period_start bigint NOT NULL,
  current_period_end   bigint NOT NULL,
  trial_ends_at        bigint,
  past_due_since       bigint,
  updated_at           bigint NOT NULL,
  CHECK (current_period_end > current_period_start),
  CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
  CHECK (status <> 'past_due' OR past_due_since IS NOT NULL)
);

CREATE TABLE IF NOT EXISTS organization_invitations (
  organization_id text   NOT NULL REFERENCES organizations (id),
  id              text   NOT NULL,
  -- Lower case.
  email           text   NOT NULL,
  role            text   NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- SHA-256 of the token, hexadecimal; the token itself is shown once and never stored.
  token_hash      text   NOT NULL CHECK (length(token_hash) = 64),
  status          text   NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
  invited_by      text   NOT NULL REFERENCES users (id),
  created_at      bigint NOT NULL,
  expires_at      bigint NOT NULL,
  resolved_at     bigint,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK ((status = 'pending') = (resolved_at IS NULL))
);
-- An invitee has nothing but the token.
CREATE UNIQUE INDEX IF NOT EXISTS organization_invitations_token ON organization_invitations (token_hash);
-- One pending invitation an organization and address; also the count of pending seats.
CREATE UNIQUE INDEX IF NOT EXISTS organization_invitations_pending ON organization_invitations (organization_id, email)
  WHERE status = 'pending';

CREATE TABLE IF NOT EXISTS active_sessions (
  user_id           text   NOT NULL REFERENCES users (id),
  -- The client's own id for the browser: unique per user, so that another user's id is simply unknown.
  id                text   NOT NULL,
  user_agent        text,
  browser_info      text,
  ip_address        text,
  created_at        bigint NOT NULL,
  last_heartbeat_at bigint NOT NULL,
  ended_at          bigint,
  end_reason        text   CHECK (end_reason IN ('terminated', 'signed_in_elsewhere')),
  request_id        text   NOT NULL,
  PRIMARY KEY (user_id, id),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
-- A heartbeat rewrites the row; with room beside it no index has to follow.
) WITH (fillfactor = 80);

-- The ledger of what was used, with the answer that was given, so that a repeated request gets the same one.
CREATE TABLE IF NOT EXISTS usage_events (
  organization_id text   NOT NULL REFERENCES organizations (id),
  -- 'key:' and the caller's idempotency key, or an id of our own.
  id              text   NOT NULL,
  user_id         text   NOT NULL REFERENCES users (id),
  feature         text   NOT NULL,
  event_type      text   NOT NULL,
  quantity        bigint NOT NULL CHECK (quantity >= 1),
  -- 1: counted. 0: refused at the limit, kept only under an idempotency key so that the refusal can be repeated.
  accepted        bigint NOT NULL CHECK (accepted IN (0, 1)),
  plan_id         text   NOT NULL,
  limit_value     bigint NOT NULL,
  period_start    bigint NOT NULL,
  -- NULL: the meter never resets.
  period_end      bigint,
  -- The totals after this event, or at the refusal.
  period_total    bigint NOT NULL,
  lifetime_total  bigint NOT NULL,
  -- SHA-256 of what was asked: the same key with another request is a mistake to be told.
  request_hash    text   NOT NULL,
  request_id      text   NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, id)
);
-- `aggregate_usage` reads a span of time of one organization, not its whole ledger.
CREATE INDEX IF NOT EXISTS usage_events_by_time ON usage_events (organization_id, created_at);

-- The running totals of the ledger. Period 0 is the lifetime total.
CREATE TABLE IF NOT EXISTS usage_counters (
  organization_id text   NOT NULL REFERENCES organizations (id),
  feature         text   NOT NULL,
  period_start    bigint NOT NULL,
  quantity        bigint NOT NULL CHECK (quantity >= 0),
  PRIMARY KEY (organization_id, feature, period_start)
-- Every upload rewrites two rows; with room beside them no index has to follow.
) WITH (fillfactor = 50);

-- Who did what; ids grow with time, so an organization's history reads in order.
CREATE TABLE IF NOT EXISTS audit_events (
  organization_id text   NOT NULL REFERENCES organizations (id),
  id              text   NOT NULL,
  actor_id        text   NOT NULL,
  action          text   NOT NULL,
  -- What was acted on: a user, an invitation, a session, an organization.
  target_id       text   NOT NULL,
  details         text   NOT NULL DEFAULT '{}',
  request_id      text   NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- Events to be delivered; the scheduler removes what was delivered, so the table stays as small as its backlog.
CREATE TABLE IF NOT EXISTS outbox (
  id              text   NOT NULL PRIMARY KEY,
  organization_id text   NOT NULL REFERENCES organizations (id),
  event_type      text   NOT NULL,
  target_id       text   NOT NULL,
  payload         text   NOT NULL DEFAULT '{}',
  created_at      bigint NOT NULL
);

-- What an organization may do: its plan and the state of its subscription, one row for each organization that is there
-- (an archived one is not).
-- `access_until` is the moment at which what costs money or adds people stops: the same rule as
-- `rules::subscription::Subscription::access_until`, and a test holds the two together.
CREATE OR REPLACE VIEW entitlements AS
SELECT
  o.id AS organization_id,
  o.name AS organization_name,
  o.slug AS organization_slug,
  o.kind AS organization_kind,
  o.billing_email,
  o.created_at AS organization_created_at,
  s.status AS subscription_status,
  s.trial_ends_at,
  s.current_period_start,
  s.current_period_end,
  CASE s.status
    WHEN 'active' THEN 9007199254740991
    WHEN 'trialing' THEN s.trial_ends_at
    WHEN 'past_due' THEN s.past_due_since + p.grace_days * 86400000
    ELSE 0
  END AS access_until,
  p.id AS plan_id,
  p.name AS plan_name,
  p.seats,
  p.concurrent_sessions,
  p.sales_contact
FROM organizations o
JOIN org_subscriptions s ON s.organization_id = o.id
JOIN plans p ON p.id = s.plan_id
WHERE o.archived_at IS NULL;

-- A member's place in an organization with everything a decision needs: one row for each membership.
CREATE OR REPLACE VIEW standings AS
SELECT
  m.user_id,
  m.role,
  CASE m.role WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END::bigint AS role_rank,
  m.joined_at,
  e.*
FROM organization_members m
JOIN entitlements e ON e.organization_id = m.organization_id;

-- A personal organization has exactly one member: its user. The error carries the rule's name, as on D1.
CREATE OR REPLACE FUNCTION personal_organization_gains_nobody() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.personal_user_id <> NEW.user_id) THEN
    RAISE EXCEPTION 'personal_organization_has_one_member'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'personal_organization_has_one_member';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER personal_organization_gains_nobody
BEFORE INSERT ON organization_members
FOR EACH ROW EXECUTE FUNCTION personal_organization_gains_nobody();

CREATE OR REPLACE FUNCTION personal_organization_keeps_its_user() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM organizations o WHERE o.id = OLD.organization_id AND o.kind = 'personal' AND o.archived_at IS NULL
  ) THEN
    RAISE EXCEPTION 'personal_organization_has_one_member'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'personal_organization_has_one_member';
  END IF;
  RETURN OLD;
END
$$;
CREATE OR REPLACE TRIGGER personal_organization_keeps_its_user
BEFORE DELETE ON organization_members
FOR EACH ROW EXECUTE FUNCTION personal_organization_keeps_its_user();

CREATE OR REPLACE FUNCTION personal_organization_is_owned() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF (NEW.role <> 'owner' OR NEW.user_id <> OLD.user_id OR NEW.organization_id <> OLD.organization_id)
    AND EXISTS (SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.kind = 'personal') THEN
    RAISE EXCEPTION 'personal_organization_has_one_member'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'personal_organization_has_one_member';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER personal_organization_is_owned
BEFORE UPDATE OF role, user_id, organization_id ON organization_members
FOR EACH ROW EXECUTE FUNCTION personal_organization_is_owned();

-- A plan's audience fits the organization: individual plans for personal ones, team plans for teams.
CREATE OR REPLACE FUNCTION subscription_fits_audience() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NOT EXISTS (
    SELECT FROM plans p JOIN organizations o ON o.id = NEW.organization_id
    WHERE p.id = NEW.plan_id
      AND p.audience IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
  ) THEN
    RAISE EXCEPTION 'plan_audience_mismatch' USING ERRCODE = 'check_violation', CONSTRAINT = 'plan_audience_mismatch';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER subscription_fits_audience_on_insert
BEFORE INSERT ON org_subscriptions
FOR EACH ROW EXECUTE FUNCTION subscription_fits_audience();
CREATE OR REPLACE TRIGGER subscription_fits_audience_on_update
BEFORE UPDATE OF plan_id, organization_id ON org_subscriptions
FOR EACH ROW EXECUTE FUNCTION subscription_fits_audience();
