-- Tallygate's tables on Postgres (14 or newer). `schema.sql` holds the same for D1, and a test holds the two together.
--
-- Conventions as there: times are integer milliseconds since the epoch, money is integer cents, flags are 0/1, documents
-- are JSON text, -1 is unlimited. Every whole number is a bigint, because the functions bind theirs as such.
--
-- To be applied by the database's administrator, as one transaction: psql --single-transaction -f schema.postgres.sql.
-- It may be applied again: creating what exists is no error.
--
-- Four kinds of callers: `tallygate` is the role that the functions sign in with, and `tallygate_console` that of the function
-- for the operator's staff; nobody else writes.
-- `anon` and `authenticated` are the roles of PostgREST and Supabase: their people read through row-level security.

SET client_min_messages = warning;

DO $$
BEGIN
  -- No password, so it cannot sign in over a network until it is given one: ALTER ROLE tallygate PASSWORD '…'.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tallygate') THEN
    CREATE ROLE tallygate LOGIN;
    -- What a caller has given up waiting for neither goes on nor holds locks.
    ALTER ROLE tallygate SET statement_timeout = '10s';
    ALTER ROLE tallygate SET idle_in_transaction_session_timeout = '10s';
  END IF;
  -- What the operator's staff does (`console`): all that the functions may, and what only the operator may.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tallygate_console') THEN
    CREATE ROLE tallygate_console LOGIN;
    ALTER ROLE tallygate_console SET statement_timeout = '10s';
    ALTER ROLE tallygate_console SET idle_in_transaction_session_timeout = '10s';
  END IF;
  GRANT tallygate TO tallygate_console;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN CREATE ROLE anon NOLOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN CREATE ROLE authenticated NOLOGIN; END IF;
END
$$;

-- Which migrations the database has had (`migrations/`, `npm run migrate`). A database that is made from this file has had
-- all of them.
CREATE TABLE IF NOT EXISTS schema_migrations (
  number     bigint NOT NULL PRIMARY KEY,
  name       text   NOT NULL,
  -- SHA-256 of the migration's file, hexadecimal.
  hash       text   NOT NULL,
  applied_at bigint NOT NULL
);

-- What holds for the whole catalog: one row, loaded with the plans.
CREATE TABLE IF NOT EXISTS catalog_settings (
  id                   bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  name                 text    NOT NULL,
  -- ISO 4217 in lower case, as Stripe writes it.
  currency             text    NOT NULL,
  -- Whether admins may act in billing; owners always may.
  admins_may_bill      bigint NOT NULL CHECK (admins_may_bill IN (0, 1)),
  -- A downgrade below the seats in use is refused, or kept as pending with a warning.
  downgrade_over_seats text    NOT NULL CHECK (downgrade_over_seats IN ('refuse', 'warn')),
  -- 1: what costs money or adds people needs the id and the secret of a live session; 0: a session is looked at where it is sent.
  sessions_enforced    bigint NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1)),
  -- What one customer may fill the house with.
  most_live_sessions   bigint NOT NULL DEFAULT 50 CHECK (most_live_sessions >= 1),
  most_founded_teams   bigint NOT NULL DEFAULT 20 CHECK (most_founded_teams >= 1),
  most_pending_invitations bigint NOT NULL DEFAULT 500 CHECK (most_pending_invitations >= 1),
  most_invitations_a_day bigint NOT NULL DEFAULT 200 CHECK (most_invitations_a_day >= 1),
  most_invitations_to_address_a_day bigint NOT NULL DEFAULT 5 CHECK (most_invitations_to_address_a_day >= 1),
  most_refused_keys_a_day bigint NOT NULL DEFAULT 1000 CHECK (most_refused_keys_a_day >= 1),
  most_keys_a_day bigint NOT NULL DEFAULT 1000000 CHECK (most_keys_a_day >= 1),
  most_open_reservations bigint NOT NULL DEFAULT 1000 CHECK (most_open_reservations >= 1),
  -- How often a catalog was pushed: a push that was decided on an older one fails.
  revision bigint NOT NULL DEFAULT 0 CHECK (revision >= 0),
  -- How mails look and speak.
  language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de')),
  color text,
  logo_url text,
  support_email text,
  -- What people prefer who have not said so, where it is something else than everywhere: JSON by the names of preferences.
  preferences text NOT NULL DEFAULT '{}'
);

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
  -- The audience that falls to this plan when a trial or a subscription has ended; without one it may only read.
  fallback            text   CHECK (fallback IN ('individual', 'team', 'any')),
  trial_days          bigint NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 365),
  grace_days          bigint NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 90),
  sales_contact       text,
  -- How long raw events are kept, in days; -1 for ever, NULL as long as the operator keeps them.
  retention_days      bigint CHECK (retention_days = -1 OR retention_days >= 1),
  -- A plan that left the catalog, or has a later version, keeps its row while organizations are on it, and is no longer
  -- offered.
  retired             bigint NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  -- The catalog's own `sessions_enforced`.
  sessions_enforced   bigint NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1))
);

CREATE TABLE IF NOT EXISTS plan_features (
  plan_id     text   NOT NULL REFERENCES plans (id),
  feature     text   NOT NULL,
  kind        text   NOT NULL CHECK (kind IN ('flag', 'config', 'meter')),
  -- A flag's 0/1 or a config's JSON; NULL for a meter.
  value       text,
  limit_value bigint CHECK (limit_value >= -1),
  reset       text   CHECK (reset IN ('calendar_month', 'billing_period', 'once', 'gauge')),
  -- How many of what is counted make the unit that is limited and priced: 60 for seconds by the minute.
  unit_size bigint NOT NULL DEFAULT 1 CHECK (unit_size >= 1),
  -- 1: counts people, each once a period.
  is_distinct bigint NOT NULL DEFAULT 0 CHECK (is_distinct IN (0, 1)),
  -- What a unit beyond the limit costs, in millionths of the currency; NULL: nothing goes on beyond it.
  unit_price_micros bigint CHECK (unit_price_micros >= 1),
  -- The most that a period's overage costs; at it there is no more, or (stops_at_cap 0) it costs no more.
  cap_cents bigint CHECK (cap_cents >= 1),
  stops_at_cap bigint NOT NULL DEFAULT 1 CHECK (stops_at_cap IN (0, 1)),
  -- 1: the product goes on where the database cannot be asked.
  allows_on_outage bigint NOT NULL DEFAULT 0 CHECK (allows_on_outage IN (0, 1)),
  PRIMARY KEY (plan_id, feature),
  CHECK ((kind = 'meter') = (limit_value IS NOT NULL AND reset IS NOT NULL)),
  CHECK ((kind = 'meter') = (value IS NULL)),
  CHECK (kind = 'meter' OR (limit_value IS NULL AND reset IS NULL))
);

-- What Stripe sells a plan by. A price that is no longer offered keeps its row while somebody may still pay it.
CREATE TABLE IF NOT EXISTS plan_prices (
  stripe_price_id text    NOT NULL PRIMARY KEY,
  plan_id         text    NOT NULL REFERENCES plans (id),
  billing_interval text   NOT NULL CHECK (billing_interval IN ('month', 'year')),
  offered         bigint NOT NULL CHECK (offered IN (0, 1))
);
-- One offered price a plan and interval.
CREATE UNIQUE INDEX IF NOT EXISTS plan_prices_offered ON plan_prices (plan_id, billing_interval) WHERE offered = 1;

-- What is counted, and against which meter: `rate_sheet` counts against `uploads`.
CREATE TABLE IF NOT EXISTS event_types (
  event_type text NOT NULL PRIMARY KEY,
  feature    text NOT NULL,
  -- How much one of it counts.
  weight     bigint NOT NULL DEFAULT 1 CHECK (weight >= 1),
  -- Calls of it last so long at most; NULL: it is no call.
  longest_call_seconds bigint CHECK (longest_call_seconds >= 1)
);

-- When the product is told how much of a meter is used.
CREATE TABLE IF NOT EXISTS plan_alerts (
  plan_id text    NOT NULL REFERENCES plans (id),
  feature text    NOT NULL,
  name    text    NOT NULL,
  percent bigint NOT NULL CHECK (percent BETWEEN 1 AND 1000),
  PRIMARY KEY (plan_id, feature, name)
);

-- Content that plans open: a module, a sound package.
CREATE TABLE IF NOT EXISTS packages (
  id              text    NOT NULL PRIMARY KEY,
  name            text    NOT NULL,
  category        text    NOT NULL,
  -- The first plan that opens it, and every later one does; NULL: any.
  minimum_plan_id text    REFERENCES plans (id),
  -- 1: nobody has it without a plan that runs.
  requires_subscription bigint NOT NULL CHECK (requires_subscription IN (0, 1)),
  position        bigint NOT NULL,
  retired         bigint NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
);

CREATE TABLE IF NOT EXISTS users (
  -- The auth provider's subject.
  id                      text   NOT NULL PRIMARY KEY,
  -- Lower case; NULL while no address is known.
  email                   text,
  email_verified          bigint NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  -- When the provider said so: what is older never overwrites what is newer. 0 while only a token said so that did not
  -- vouch for it.
  email_updated_at        bigint NOT NULL,
  -- When the provider last said whose the address is; 0 while that was only concluded (`auth`).
  email_said_at           bigint NOT NULL DEFAULT 0,
  -- While the provider denies the address: the newest conclusion, which counts again if the denial is lifted by an older
  -- word (`auth`). An address here is nobody's.
  concluded_email         text,
  concluded_verified      bigint CHECK (concluded_verified IN (0, 1)),
  concluded_at            bigint,
  name                    text   NOT NULL,
  -- When the provider said so; 0 while only tokens did, which often have no name.
  profile_updated_at      bigint NOT NULL DEFAULT 0,
  -- Chosen during onboarding; unique whatever its case.
  username                text   CHECK (username ~ '^[A-Za-z0-9_]{3,30}$'),
  account_type            text   NOT NULL DEFAULT 'user' CHECK (account_type IN ('super_admin', 'admin', 'user')),
  -- The foreign key is added below: users and organizations name each other.
  current_organization_id text,
  -- The free team trial is given once to the user who founds a team, whoever owns it later.
  team_trial_started_at   bigint,
  onboarding_completed_at bigint,
  banned_at               bigint,
  -- Who banned: what the provider did, the provider lifts; what the operator did, the operator alone.
  banned_by               text   CHECK (banned_by IN ('provider', 'operator')),
  deleted_at              bigint,
  created_at              bigint NOT NULL,
  request_id              text   NOT NULL,
  -- The newest that have set something of the person's, the newest first: one whose answer was lost may be sent again after others.
  recent_requests         text   NOT NULL DEFAULT '',
  CHECK (email_verified = 0 OR email IS NOT NULL),
  CHECK (onboarding_completed_at IS NULL OR username IS NOT NULL),
  CHECK (banned_by IS NULL OR banned_at IS NOT NULL)
);
-- "Is the invited address a member already?" in the time of one look-up, however many users there are.
CREATE INDEX IF NOT EXISTS users_by_email ON users (email) WHERE email IS NOT NULL;
-- Two users never share a username.
CREATE UNIQUE INDEX IF NOT EXISTS users_username ON users (lower(username)) WHERE username IS NOT NULL;
-- Found by the beginning of a name (`console`), in the plain order of bytes: in that of a language a beginning is no span.
CREATE INDEX IF NOT EXISTS users_search_id ON users (id COLLATE "C");
CREATE INDEX IF NOT EXISTS users_search_email ON users (email COLLATE "C", id COLLATE "C") WHERE email IS NOT NULL;
CREATE INDEX IF NOT EXISTS users_search_username ON users (lower(username COLLATE "C"), id COLLATE "C") WHERE username IS NOT NULL;
CREATE INDEX IF NOT EXISTS users_by_name ON users (lower(name COLLATE "C"), id COLLATE "C");
-- The operator's staff: a user who is not of it is not in it.
CREATE INDEX IF NOT EXISTS users_of_staff ON users (account_type) WHERE account_type <> 'user';

-- What people say of themselves, and what they have answered on the way in (`account`).
CREATE TABLE IF NOT EXISTS user_profiles (
  user_id                   text   NOT NULL PRIMARY KEY REFERENCES users (id),
  full_name                 text,
  display_name              text,
  avatar_url                text,
  personal_title            text,
  first_name                text,
  middle_name               text,
  last_name                 text,
  -- A number's two parts, as E.164 has them: `+49` and the digits behind it.
  phone_country_code        text,
  phone_number              text,
  personal_apt_suite        text,
  personal_street_address_1 text,
  personal_street_address_2 text,
  personal_city             text,
  personal_state            text,
  personal_postal_code      text,
  -- ISO 3166-1, two capital letters.
  personal_country          text,
  bio                       text,
  -- Lists of typed entries, as JSON.
  education                 text,
  work_experience           text,
  business_position         text,
  business_company          text,
  company_website           text,
  business_apt_suite        text,
  business_street_address_1 text,
  business_street_address_2 text,
  business_city             text,
  business_state            text,
  business_postal_code      text,
  business_country          text,
  -- JSON.
  billing_address           text,
  -- As IANA names it.
  time_zone                 text,
  -- BCP 47.
  language                  text,
  created_at                bigint NOT NULL,
  -- Grows with each change, also within one millisecond: a change may be made on the condition that it is still the same.
  updated_at                bigint NOT NULL,
  request_id                text   NOT NULL
);

CREATE TABLE IF NOT EXISTS onboarding_steps (
  user_id    text   NOT NULL REFERENCES users (id),
  -- The product's own name of it.
  step       text   NOT NULL,
  -- JSON, the product's own.
  answers    text,
  saved_at   bigint NOT NULL,
  request_id text   NOT NULL,
  PRIMARY KEY (user_id, step)
);

-- What people do with the product's content (`account`): packages that they have opened or were granted, what they prefer, and
-- their sessions with it.
CREATE TABLE IF NOT EXISTS user_packages (
  user_id        text    NOT NULL REFERENCES users (id),
  package_id     text    NOT NULL REFERENCES packages (id),
  -- A grant of the operator's, which opens the package whatever the plan: until when, and how often; NULL without end.
  granted_at     bigint,
  granted_by     text,
  grant_ends_at  bigint,
  grant_uses     bigint CHECK (grant_uses >= 1),
  -- How often it was opened, and how often of these by the grant alone.
  uses           bigint NOT NULL DEFAULT 0 CHECK (uses >= 0),
  granted_uses   bigint NOT NULL DEFAULT 0 CHECK (granted_uses >= 0),
  last_opened_at bigint,
  request_id     text    NOT NULL,
  -- The newest that have counted a use, the newest first: one whose answer was lost may be sent again after others.
  recent_requests text NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, package_id),
  CHECK (granted_at IS NOT NULL OR grant_ends_at IS NULL AND grant_uses IS NULL AND granted_by IS NULL)
);

-- What somebody prefers, where it is not what everybody does: a row for each that they have set.
CREATE TABLE IF NOT EXISTS user_preferences (
  user_id    text    NOT NULL REFERENCES users (id),
  -- A group and a name within it: `audio.volume`.
  name       text    NOT NULL,
  -- JSON.
  value      text    NOT NULL,
  updated_at bigint  NOT NULL,
  request_id text    NOT NULL,
  PRIMARY KEY (user_id, name)
);

-- One session with the product's content; ids grow with time, or are made of the caller's idempotency key.
CREATE TABLE IF NOT EXISTS user_analytics_sessions (
  user_id       text    NOT NULL REFERENCES users (id),
  id            text    NOT NULL,
  -- A day (UTC, its first millisecond).
  day           bigint NOT NULL,
  seconds       bigint NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item          text,
  completed     bigint NOT NULL CHECK (completed IN (0, 1)),
  stress_before bigint CHECK (stress_before BETWEEN 1 AND 10),
  stress_after  bigint CHECK (stress_after BETWEEN 1 AND 10),
  mood          bigint CHECK (mood BETWEEN -10 AND 10),
  occurred_at   bigint NOT NULL,
  request_id    text    NOT NULL,
  PRIMARY KEY (user_id, id)
);
-- A person's days, weeks and months.
CREATE INDEX IF NOT EXISTS user_analytics_sessions_by_day ON user_analytics_sessions (user_id, day);

-- What the sessions of a day come to: written with each of them (`analytics_day_is_kept`).
CREATE TABLE IF NOT EXISTS user_analytics_days (
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
  -- Whose leaving archived it: their last look back at what is still being paid for.
  archived_by      text   REFERENCES users (id),
  created_at       bigint NOT NULL,
  -- How many refusals under an idempotency key are remembered of a day (UTC, its first millisecond).
  refused_keys_day bigint,
  refused_keys     bigint NOT NULL DEFAULT 0 CHECK (refused_keys >= 0),
  -- What its owners and admins say of it.
  description      text,
  avatar_url       text,
  -- JSON, the product's own.
  settings         text,
  CHECK ((kind = 'personal') = (personal_user_id IS NOT NULL)),
  CHECK ((kind = 'personal') = (org_type = 'personal'))
);
-- Two organizations never share a slug.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_slug ON organizations (slug);
-- One mapping for an outside id, found from a token's claim.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_external_id ON organizations (external_id) WHERE external_id IS NOT NULL;
-- How many teams somebody has founded that are still there, or can be had back.
CREATE INDEX IF NOT EXISTS organizations_founded ON organizations (founded_by, archived_at) WHERE kind = 'team';
-- What somebody's leaving archived, in the time of one look-up.
CREATE INDEX IF NOT EXISTS organizations_archived_by ON organizations (archived_by) WHERE archived_by IS NOT NULL;
-- One personal organization a user, and the way back to it for a removed member.
CREATE UNIQUE INDEX IF NOT EXISTS organizations_personal_user ON organizations (personal_user_id)
  WHERE personal_user_id IS NOT NULL;
-- Found by the beginning of a name (`console`).
CREATE INDEX IF NOT EXISTS organizations_search_id ON organizations (id COLLATE "C");
CREATE INDEX IF NOT EXISTS organizations_search_slug ON organizations (slug COLLATE "C", id COLLATE "C");
-- Of teams; a personal organization is found by its person.
CREATE INDEX IF NOT EXISTS organizations_by_name ON organizations (lower(name COLLATE "C"), id COLLATE "C") WHERE kind = 'team';

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

-- Organizations that somebody was in and is no more: what is kept of them there is theirs to be shown (`account`, `export`).
CREATE TABLE IF NOT EXISTS former_members (
  user_id         text NOT NULL REFERENCES users (id),
  organization_id text NOT NULL REFERENCES organizations (id),
  PRIMARY KEY (user_id, organization_id)
);

CREATE TABLE IF NOT EXISTS org_subscriptions (
  organization_id      text   NOT NULL PRIMARY KEY REFERENCES organizations (id),
  plan_id              text   NOT NULL REFERENCES plans (id),
  status               text   NOT NULL CHECK (status IN
    ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused')),
  current_period_start bigint NOT NULL,
  current_period_end   bigint NOT NULL,
  trial_ends_at        bigint,
  past_due_since       bigint,
  billing_interval     text   NOT NULL DEFAULT 'month' CHECK (billing_interval IN ('month', 'year')),
  -- The subscription at Stripe that this row follows; NULL while nothing was ever paid through Stripe.
  stripe_subscription_id text,
  -- When it ends, where it was cancelled and not yet over.
  cancel_at            bigint,
  -- A change that waits for the end of the period.
  pending_plan_id      text   REFERENCES plans (id),
  pending_interval     text   CHECK (pending_interval IN ('month', 'year')),
  pending_at           bigint,
  updated_at           bigint NOT NULL,
  -- The request that last changed it, where one did.
  request_id           text,
  -- The plan that Stripe's price is of, where an operator has moved the organization to another: for as long as it pays that
  -- price, the plan that it was moved to is its plan.
  moved_from_plan_id text REFERENCES plans (id),
  -- The end of a trial that was told of as over.
  trial_told_end bigint,
  -- What `plan_overrides` gives at this moment in place of the plan, and when that is to be looked at again.
  override_plan_id text REFERENCES plans (id),
  override_seats bigint,
  override_sessions bigint,
  override_ends_at bigint,
  CHECK ((pending_plan_id IS NULL) = (pending_interval IS NULL) AND (pending_plan_id IS NULL) = (pending_at IS NULL)),
  CHECK (current_period_end > current_period_start),
  CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
  CHECK (status <> 'past_due' OR past_due_since IS NOT NULL)
);
-- How many a change of a plan meets (`console`).
CREATE INDEX IF NOT EXISTS org_subscriptions_by_plan ON org_subscriptions (plan_id);
-- Whose overrides are to be looked at again: an organization without one is not in it.
CREATE INDEX IF NOT EXISTS org_subscriptions_overridden ON org_subscriptions (override_ends_at) WHERE override_ends_at IS NOT NULL;

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
  -- How often it was sent again, and on which day (UTC, its first millisecond).
  resends         bigint  NOT NULL DEFAULT 0 CHECK (resends >= 0),
  resends_day     bigint,
  -- The end that was told of as passed: sent again, it has another one.
  told_end        bigint,
  -- Who accepted or declined it: the address may be none of theirs any more when their account is deleted.
  answered_by     text REFERENCES users (id),
  -- Whose address it was, where they have another one since: they are to be forgotten with it.
  formerly_of text REFERENCES users (id),
  PRIMARY KEY (organization_id, id),
  CHECK ((status = 'pending') = (resolved_at IS NULL))
);
-- An invitee has nothing but the token.
CREATE UNIQUE INDEX IF NOT EXISTS organization_invitations_token ON organization_invitations (token_hash);
-- One pending invitation an organization and address; also the count of pending seats.
CREATE UNIQUE INDEX IF NOT EXISTS organization_invitations_pending ON organization_invitations (organization_id, email)
  WHERE status = 'pending';
-- What was sent to somebody whose account is deleted, in the time of one look-up.
CREATE INDEX IF NOT EXISTS organization_invitations_by_email ON organization_invitations (email);
CREATE INDEX IF NOT EXISTS organization_invitations_answered_by ON organization_invitations (answered_by)
  WHERE answered_by IS NOT NULL;
-- The same of the addresses that somebody has left.
CREATE INDEX IF NOT EXISTS organization_invitations_formerly_of ON organization_invitations (formerly_of) WHERE formerly_of IS NOT NULL;

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
  -- The provider's own session that the token named: the same id under another one is another browser.
  provider_session  text,
  -- SHA-256 of the session's secret, hexadecimal; the secret itself is shown once and never stored.
  secret_hash       text,
  PRIMARY KEY (user_id, id),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
-- A heartbeat rewrites the row; with room beside it no index has to follow.
) WITH (fillfactor = 80);

-- The ledger of what was used, with the answer that was given, so that a repeated request gets the same one.
CREATE TABLE IF NOT EXISTS usage_events (
  organization_id text   NOT NULL REFERENCES organizations (id),
  -- 'key:' and the caller's idempotency key, or an id of our own.
  id              text   NOT NULL,
  -- NULL: a service key asked, and of nobody in particular.
  user_id         text    REFERENCES users (id),
  feature         text   NOT NULL,
  event_type      text   NOT NULL,
  quantity        bigint NOT NULL CHECK (quantity >= 0),
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
  -- The service key that asked, where no person did.
  key_id text,
  -- Of whom it is, where that was told: the product's own id of a person.
  subject text,
  kind text    NOT NULL DEFAULT 'track' CHECK (kind IN ('track', 'set', 'release')),
  -- What it did to the meter; NULL in rows of versions before: the quantity.
  counted bigint,
  -- What it cost beyond the limit, and the period's overage after it.
  cost_cents bigint NOT NULL DEFAULT 0,
  overage_cents bigint NOT NULL DEFAULT 0,
  -- Which change of the counter it is: a change is made once, however often it is sent.
  change_number bigint,
  -- The product's own, as JSON.
  attributes text,
  -- When it happened, where that was told; else when it was written.
  occurred_at bigint,
  -- When it was written, of events under a key, whose ids are not in the order of time: each later than the one before it.
  keyed_at bigint,
  -- Which one of its day (UTC) it is of those.
  key_of_day bigint,
  -- What it did to a reservation, of what it says `reserved_quantity` (in what is counted): made it, used it or gave it back.
  reservation_step text CHECK (reservation_step IN ('reserve', 'confirm', 'release')),
  -- The reservation or the call that it belongs to.
  reservation_id text,
  reserved_quantity bigint,
  -- What all reservations of the meter held after it.
  reserved_total bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, id),
  CHECK (user_id IS NOT NULL OR key_id IS NOT NULL)
);
-- `aggregate_usage` reads a span of time of one organization, not its whole ledger.
CREATE INDEX IF NOT EXISTS usage_events_by_time ON usage_events (organization_id, created_at);

-- The ledger in the order of time, of events under a key (ids of our own are in that order by themselves).
CREATE INDEX IF NOT EXISTS usage_events_keyed ON usage_events (organization_id, keyed_at) WHERE keyed_at IS NOT NULL;

-- The running totals of the ledger, by the period; period 0 is of a meter that never resets (versions before also kept the
-- lifetime's total of others there).
CREATE TABLE IF NOT EXISTS usage_counters (
  organization_id text   NOT NULL REFERENCES organizations (id),
  feature         text   NOT NULL,
  period_start    bigint NOT NULL,
  quantity        bigint NOT NULL CHECK (quantity >= 0),
  -- What the period costs beyond the limit so far.
  overage_cents   bigint NOT NULL DEFAULT 0,
  -- How many changes were made to it: see `usage_events.change_number`.
  changes         bigint NOT NULL DEFAULT 0,
  -- When its period ends, and the plan it was last counted on; NULL where no version since has counted.
  period_end bigint,
  plan_id text,
  -- The limit that it was last counted against, with what was granted.
  limit_value bigint,
  PRIMARY KEY (organization_id, feature, period_start)
-- Every upload rewrites two rows; with room beside them no index has to follow.
) WITH (fillfactor = 50);

-- What an organization was told of a meter's use: each once a period.
CREATE TABLE IF NOT EXISTS usage_alerts (
  organization_id text    NOT NULL REFERENCES organizations (id),
  feature         text    NOT NULL,
  period_start    bigint NOT NULL,
  -- `80_percent`, `100_percent`, others of the catalog's; `overage`, `upgrade_prompt`.
  name            text    NOT NULL,
  -- In units, at that moment.
  used            bigint NOT NULL,
  limit_value     bigint NOT NULL,
  created_at      bigint NOT NULL,
  acknowledged_at bigint,
  acknowledged_by text,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, name),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

-- Whom a distinct meter has counted: each once a period.
CREATE TABLE IF NOT EXISTS usage_people (
  organization_id text    NOT NULL REFERENCES organizations (id),
  feature         text    NOT NULL,
  period_start    bigint NOT NULL,
  subject         text    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, subject)
);

-- Room that is held for work that goes on. What was settled holds none, nor does what has expired, without anybody's doing.
CREATE TABLE IF NOT EXISTS usage_reservations (
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
  -- The plan that it was made on; NULL in rows of versions before.
  plan_id text,
  PRIMARY KEY (organization_id, id),
  CHECK ((settled_at IS NULL) = (settled_as IS NULL))
);

-- What holds room is added up by every request that wants some: the sum is read here, without the rows.
CREATE INDEX IF NOT EXISTS usage_reservations_open ON usage_reservations (organization_id, feature, expires_at, quantity)
  WHERE settled_at IS NULL;

-- The plans that an organization was on: what is told late of a period that is over meets the one that it ended with.
CREATE TABLE IF NOT EXISTS former_plans (
  organization_id text    NOT NULL REFERENCES organizations (id),
  -- From then on it was on another one.
  ended_at        bigint  NOT NULL,
  plan_id         text    NOT NULL,
  PRIMARY KEY (organization_id, ended_at)
);

-- More of a meter than the plan gives: while a grant holds, the meter's limit is higher by it.
CREATE TABLE IF NOT EXISTS usage_grants (
  organization_id text    NOT NULL REFERENCES organizations (id),
  id              text    NOT NULL,
  feature         text    NOT NULL,
  -- In units, as the limit.
  quantity        bigint  NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000),
  -- For people.
  reason          text    NOT NULL,
  starts_at       bigint  NOT NULL,
  -- From then on it holds no more; 2^53 - 1: never.
  ends_at         bigint  NOT NULL,
  created_at      bigint  NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (starts_at < ends_at)
);
-- What holds is added up by every request that meets a limit: the sum is read here, without the rows.
CREATE INDEX IF NOT EXISTS usage_grants_holding ON usage_grants (organization_id, ends_at, feature, starts_at, quantity);

-- What the operator has given an organization in place of what its plan says, until an end (`console`): the entitlements of another
-- plan, or another limit. Of two of a kind the one before ends where the next one begins.
CREATE TABLE IF NOT EXISTS plan_overrides (
  organization_id text   NOT NULL REFERENCES organizations (id),
  kind            text   NOT NULL CHECK (kind IN ('plan', 'limit')),
  -- Of a limit: a meter, `seats` or `concurrent_sessions`; else empty.
  feature         text   NOT NULL,
  -- From then on it holds no more.
  ends_at         bigint NOT NULL,
  -- The act's.
  id              text   NOT NULL,
  plan_id         text   REFERENCES plans (id),
  -- Of a meter in units; -1 is unlimited.
  limit_value     bigint CHECK (limit_value >= -1),
  -- For people.
  reason          text   NOT NULL,
  starts_at       bigint NOT NULL,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, kind, feature, ends_at, id),
  CHECK ((kind = 'plan') = (plan_id IS NOT NULL) AND (kind = 'plan') = (limit_value IS NULL) AND (kind = 'plan') = (feature = '')),
  CHECK (limit_value <> 0 OR feature NOT IN ('seats', 'concurrent_sessions')),
  CHECK (starts_at <= ends_at)
);

-- Calls: each holds room while it lasts, and is counted when it ends.
CREATE TABLE IF NOT EXISTS call_logs (
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

-- What the scheduler does by itself: one row a job, which is also its lease.
CREATE TABLE IF NOT EXISTS scheduled_jobs (
  job           text    NOT NULL PRIMARY KEY,
  -- The run that has it, until when: a run that died holds nobody up for longer.
  holder        text    NOT NULL,
  leased_until  bigint NOT NULL,
  -- Behind which row the next page begins, by its key; '' where it has one part or none.
  after_first   text    NOT NULL DEFAULT '',
  after_second  text    NOT NULL DEFAULT '',
  -- 1: the next tick goes on with it, whatever its rhythm.
  is_unfinished bigint NOT NULL DEFAULT 1 CHECK (is_unfinished IN (0, 1)),
  started_at    bigint NOT NULL,
  -- When it was last through.
  finished_at   bigint,
  -- How many rows the run has changed, and which step of it counted last.
  changed       bigint NOT NULL DEFAULT 0,
  counted_by    text    NOT NULL DEFAULT '',
  -- Why the last run stopped, where it failed.
  failure       TEXT
);

-- How much of the ledger an organization's roll-ups hold: events with ids of our own up to one, those under keys up to a moment.
CREATE TABLE IF NOT EXISTS usage_rollups (
  organization_id text    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- The span that was rolled up last, without its first and with its last.
  own_from        text    NOT NULL,
  own_to          text    NOT NULL,
  keyed_from      bigint NOT NULL,
  keyed_to        bigint NOT NULL,
  -- All that was written before is in; 0 while the first round is not through.
  rolled_up_to    bigint NOT NULL,
  request_id      text    NOT NULL,
  -- The same of the sums by person, which go on behind these: the span that was added last, and the step that did it.
  people_from text NOT NULL DEFAULT '',
  people_to text NOT NULL DEFAULT '',
  people_keyed_from bigint NOT NULL DEFAULT 0,
  people_keyed_to bigint NOT NULL DEFAULT 0,
  people_request_id text NOT NULL DEFAULT ''
);

-- The ledger's sums by day and by month (UTC), of when things happened.
CREATE TABLE IF NOT EXISTS usage_aggregations (
  organization_id text    NOT NULL REFERENCES organizations (id),
  span            text    NOT NULL CHECK (span IN ('day', 'month')),
  feature         text    NOT NULL,
  starts_at       bigint NOT NULL,
  events          bigint NOT NULL,
  -- What they did to the meter.
  quantity        bigint NOT NULL,
  -- How many had an attribute `score`, and the sum of these in thousandths.
  scored          bigint NOT NULL,
  score_sum       bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, span, feature, starts_at)
);

-- What each user has counted of a meter in a period, as far as the ledger is added up by person (`usage_rollups.people_to`).
CREATE TABLE IF NOT EXISTS usage_by_person (
  organization_id text   NOT NULL REFERENCES organizations (id),
  feature         text   NOT NULL,
  period_start    bigint NOT NULL,
  user_id         text   NOT NULL REFERENCES users (id),
  -- What their events did to the meter: less than nothing of a gauge, where they took off what others had added.
  quantity        bigint NOT NULL,
  request_id      text   NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, user_id)
);

-- What each meter of a period came to when it was over: the billing history, and what is put on invoices.
CREATE TABLE IF NOT EXISTS usage_summaries (
  organization_id        text   NOT NULL REFERENCES organizations (id),
  period_start           bigint NOT NULL,
  feature                text   NOT NULL,
  -- 0: what the period came to when it was closed. Above: what was counted in it afterwards, each time a further one.
  correction             bigint NOT NULL DEFAULT 0 CHECK (correction >= 0),
  -- When it was over: at its end, or where another period began before that.
  period_end             bigint NOT NULL,
  plan_id                text   NOT NULL,
  -- In what is counted; in units that were begun; and those of them beyond the plan's limit, where it has a price for these.
  quantity               bigint NOT NULL,
  units                  bigint NOT NULL,
  overage_units          bigint NOT NULL,
  overage_cents          bigint NOT NULL CHECK (overage_cents >= 0),
  currency               text   NOT NULL,
  -- `nothing`: it costs nothing. `not_billed`: it was counted before overage was put on invoices. `closed`: to be judged;
  -- `carried`: to be judged again with what comes; `billing`: Stripe is asked; `billed`: it is an item at Stripe.
  state                  text   NOT NULL CHECK (state IN ('nothing', 'not_billed', 'closed', 'carried', 'billing', 'billed')),
  -- Why it is carried.
  reason                 text   CHECK (reason IN ('below_minimum', 'no_customer')),
  -- 1: something is to be done with it yet, or its invoice is not known.
  is_open                bigint NOT NULL CHECK (is_open IN (0, 1)),
  -- How often Stripe was asked, which step asked last, when it may be asked again, and what it said where it would not.
  attempts               bigint NOT NULL DEFAULT 0,
  attempted_by           text  ,
  retry_at               bigint NOT NULL DEFAULT 0,
  failure                text  ,
  stripe_customer_id     text  ,
  stripe_invoice_item_id text  ,
  -- NULL: the item waits for an invoice.
  stripe_invoice_id      text  ,
  closed_at              bigint NOT NULL,
  billed_at              bigint,
  -- When it was seen that somebody had deleted its item at Stripe: nothing is charged for it.
  withdrawn_at           bigint,
  request_id             text   NOT NULL,
  PRIMARY KEY (organization_id, period_start, feature, correction),
  CHECK ((state = 'billed') = (billed_at IS NOT NULL)),
  CHECK ((state = 'billed') = (stripe_invoice_item_id IS NOT NULL)),
  CHECK ((state = 'carried') = (reason IS NOT NULL))
);
-- What is to be done yet.
CREATE INDEX IF NOT EXISTS usage_summaries_open ON usage_summaries (organization_id) WHERE is_open = 1;

-- Which trials were warned of, and how many days before their end.
CREATE TABLE IF NOT EXISTS trial_warnings (
  organization_id text    NOT NULL REFERENCES organizations (id),
  trial_ends_at   bigint NOT NULL,
  days            bigint NOT NULL CHECK (days IN (1, 3)),
  request_id      text    NOT NULL,
  created_at      bigint NOT NULL,
  PRIMARY KEY (organization_id, trial_ends_at, days)
);

-- What a product's own servers ask with, in place of a person's token (`npm run key`).
CREATE TABLE IF NOT EXISTS service_keys (
  id              text    NOT NULL PRIMARY KEY,
  name            text    NOT NULL,
  -- SHA-256 of the key, hexadecimal; the key itself is shown once and never stored.
  key_hash        text    NOT NULL CHECK (length(key_hash) = 64),
  can_write_usage bigint NOT NULL CHECK (can_write_usage IN (0, 1)),
  can_read_usage  bigint NOT NULL CHECK (can_read_usage IN (0, 1)),
  -- The one organization that it is for; NULL: all.
  organization_id text    REFERENCES organizations (id),
  ends_at         bigint,
  revoked_at      bigint,
  -- A day (UTC, its first millisecond).
  last_used_day   bigint,
  created_at      bigint NOT NULL,
  -- The operator's own endpoints: of no one organization.
  can_manage_webhooks bigint NOT NULL DEFAULT 0
    CHECK (can_manage_webhooks = 0 OR can_manage_webhooks = 1 AND organization_id IS NULL)
);
CREATE UNIQUE INDEX IF NOT EXISTS service_keys_hash ON service_keys (key_hash);
-- Those of an organization.
CREATE INDEX IF NOT EXISTS service_keys_by_organization ON service_keys (organization_id) WHERE organization_id IS NOT NULL;

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

-- What the operator's staff has done (`console`), by whom and why; ids grow with time.
CREATE TABLE IF NOT EXISTS operator_acts (
  id              text    NOT NULL PRIMARY KEY,
  -- Of the staff.
  actor_id        text    NOT NULL REFERENCES users (id),
  action          text    NOT NULL,
  -- What was acted on: `user`, `organization`, `key`, `message`, `plan`.
  target_kind     text    NOT NULL,
  target_id       text    NOT NULL,
  -- In whose history it stands as well; NULL: in nobody's.
  organization_id text    REFERENCES organizations (id),
  reason          text    NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
  -- JSON.
  state_before    text    NOT NULL,
  state_after     text    NOT NULL,
  -- 1: what it decides is done. A batch that is sent again does not do it again.
  is_applied      bigint NOT NULL DEFAULT 0 CHECK (is_applied IN (0, 1)),
  request_id      text    NOT NULL,
  created_at      bigint NOT NULL,
  -- Under which its actor has asked for it, where it is done once under it, and the SHA-256 of what was asked.
  idempotency_key text,
  request_hash text
);
-- What was done to somebody or something, the newest last.
CREATE INDEX IF NOT EXISTS operator_acts_by_target ON operator_acts (target_id, id);
-- One act a key.
CREATE UNIQUE INDEX IF NOT EXISTS operator_acts_key ON operator_acts (actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Organizations whose people have become individuals (`npm run move-to-b2c`).
CREATE TABLE IF NOT EXISTS moved_organizations (
  organization_id        text    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- What it was on then.
  plan_id                text    NOT NULL,
  status                 text    NOT NULL,
  -- `finished`: it is archived, and there is no way back.
  state                  text    NOT NULL CHECK (state IN ('moved', 'rolled_back', 'finished')),
  -- How many of its people stand in `moved_rows`. A page that finds the database changed since it was read writes -1 and fails by it.
  people                 bigint NOT NULL CHECK (people >= 0),
  -- Until when its people have what they got for it; NULL where it had nothing to give.
  ends_at                bigint,
  -- Its subscription at Stripe, and whether the move has ended that with its period. (Where it was cancelled already, it has not.)
  stripe_subscription_id text,
  is_ended_by_move       bigint NOT NULL DEFAULT 0 CHECK (is_ended_by_move IN (0, 1)),
  -- What was brought of its analytics, told apart or not.
  analytics_sessions     bigint NOT NULL DEFAULT 0 CHECK (analytics_sessions >= 0),
  analytics_seconds      bigint NOT NULL DEFAULT 0 CHECK (analytics_seconds >= 0),
  moved_at               bigint NOT NULL,
  request_id             text    NOT NULL
);

-- What the move has changed, row by row: what it was, which a way back restores, and what it became, by which is told what somebody
-- did since. JSON, of the columns that were changed.
CREATE TABLE IF NOT EXISTS moved_rows (
  organization_id text    NOT NULL REFERENCES organizations (id),
  -- `organization_members` is no change, but who was in it, and what became of them.
  table_name      text    NOT NULL CHECK (table_name IN (
    'organization_members', 'org_subscriptions', 'users', 'organization_invitations', 'user_packages', 'user_analytics_sessions')),
  -- The row's key within the table; of two parts, with a space between them.
  row_key         text    NOT NULL,
  -- Whose it is.
  user_id         text    REFERENCES users (id),
  -- NULL: there was none.
  row_before      text,
  row_after       text    NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, table_name, row_key)
);

-- Sessions of a moved organization that could not be told apart by person.
CREATE TABLE IF NOT EXISTS moved_analytics (
  organization_id text    NOT NULL REFERENCES organizations (id),
  id              text    NOT NULL,
  seconds         bigint NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item            text,
  completed       bigint NOT NULL CHECK (completed IN (0, 1)),
  stress_before   bigint CHECK (stress_before BETWEEN 1 AND 10),
  stress_after    bigint CHECK (stress_after BETWEEN 1 AND 10),
  mood            bigint CHECK (mood BETWEEN -10 AND 10),
  occurred_at     bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (organization_id, id)
);

-- Events to be delivered. They are kept for a month, so that they can be sent again; the scheduler clears them.
CREATE TABLE IF NOT EXISTS outbox (
  id              text   NOT NULL PRIMARY KEY,
  organization_id text   NOT NULL REFERENCES organizations (id),
  event_type      text   NOT NULL,
  target_id       text   NOT NULL,
  payload         text   NOT NULL DEFAULT '{}',
  created_at      bigint NOT NULL,
  -- The number under which it is sent: larger than those of the events that were given out before.
  sequence        bigint
);
-- An organization's that were given out, in the order in which they happened.
CREATE INDEX IF NOT EXISTS outbox_given_out ON outbox (organization_id, id) WHERE sequence IS NOT NULL;

-- What no organization is told of, and the operator's endpoints are: `outbox` without an organization.
CREATE TABLE IF NOT EXISTS operator_events (
  id              text   NOT NULL PRIMARY KEY,
  event_type      text   NOT NULL,
  target_id       text   NOT NULL,
  payload         text   NOT NULL,
  created_at      bigint NOT NULL,
  -- As of `outbox`; NULL: it is not given out yet.
  sequence        bigint
);
-- Those that are not given out, and the largest number.
CREATE INDEX IF NOT EXISTS operator_events_by_sequence ON operator_events (sequence);

-- Where events are sent to (`webhooks`).
CREATE TABLE IF NOT EXISTS webhook_endpoints (
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
  -- When it first answered well after it was made, changed or had failed; NULL while nobody knows whether it does.
  answered_at     bigint,
  -- Somebody has removed it: it is paused, without an address and secrets, until its deliveries are cleared.
  removed_at      bigint,
  -- The first id that an event of that moment can have: an event's own time may be that of a provider who told it late.
  listens_from_id text,
  -- The newest that have changed it, the newest first, as of a person (`users`).
  recent_requests text NOT NULL DEFAULT '',
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  CHECK ((former_secret IS NULL) = (former_secret_ends_at IS NULL))
);
-- An organization's, and the operator's.
CREATE INDEX IF NOT EXISTS webhook_endpoints_by_organization ON webhook_endpoints (organization_id, created_at, id);

-- What became of an event at an endpoint. One that is delivered at once is one row written.
CREATE TABLE IF NOT EXISTS webhook_deliveries (
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
CREATE INDEX IF NOT EXISTS webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been given out to endpoints: one row, from the first endpoint on.
CREATE TABLE IF NOT EXISTS webhook_progress (
  id                 bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  last_sequence      bigint NOT NULL,
  -- Of the events up to this number each endpoint that wants one has its delivery.
  delivered_sequence bigint NOT NULL,
  -- All events up to this id are given out, and none comes before it any more.
  settled_to         text    NOT NULL
);

-- Which mail about an event somebody got, or is yet to get: each once, whatever is sent again. It holds no address: a person is
-- named by their id, an invited one by the invitation.
CREATE TABLE IF NOT EXISTS mail_deliveries (
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
CREATE INDEX IF NOT EXISTS mail_deliveries_due ON mail_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
-- What was sent to somebody.
CREATE INDEX IF NOT EXISTS mail_deliveries_by_recipient ON mail_deliveries (recipient);

-- How far events have been looked at for mails: one row, from the first run with a provider on.
CREATE TABLE IF NOT EXISTS mail_progress (
  id             bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  -- All events up to this id have had their mails, and none comes before it any more.
  settled_to     text    NOT NULL,
  -- What happened before is told to nobody by mail.
  began_at       bigint NOT NULL,
  -- Until then the provider is left alone, because it said that it is too much, or nothing sound.
  deferred_until bigint NOT NULL DEFAULT 0
);

-- Which mails somebody wants; who has no row wants all of them, in the catalog's language.
CREATE TABLE IF NOT EXISTS mail_preferences (
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
CREATE TABLE IF NOT EXISTS mail_suppressions (
  -- Lower case.
  address    text    NOT NULL PRIMARY KEY,
  reason     text    NOT NULL CHECK (reason IN ('bounced', 'complained', 'unsubscribed')),
  created_at bigint NOT NULL
);

-- Who an organization is to Stripe: made once, and the only way from Stripe's messages back to an organization.
CREATE TABLE IF NOT EXISTS billing_customers (
  organization_id    text    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  stripe_customer_id text    NOT NULL,
  created_at         bigint NOT NULL,
  -- When Stripe was last asked where its invoices are sent.
  observed_at        bigint NOT NULL DEFAULT 0,
  -- 1: Stripe has to be told another address yet, because the one that it has was a deleted user's.
  email_is_stale     bigint NOT NULL DEFAULT 0 CHECK (email_is_stale IN (0, 1))
);
CREATE UNIQUE INDEX IF NOT EXISTS billing_customers_stripe ON billing_customers (stripe_customer_id);
-- Found by the beginning of what Stripe calls it (`console`).
CREATE INDEX IF NOT EXISTS billing_customers_search ON billing_customers (stripe_customer_id COLLATE "C");
-- What Stripe has to be told yet.
CREATE INDEX IF NOT EXISTS billing_customers_stale ON billing_customers (stripe_customer_id) WHERE email_is_stale = 1;

-- The newest known state of each of an organization's subscriptions at Stripe. `org_subscriptions` follows from these.
CREATE TABLE IF NOT EXISTS billing_subscriptions (
  organization_id        text    NOT NULL REFERENCES organizations (id),
  stripe_subscription_id text    NOT NULL,
  stripe_item_id         text    NOT NULL,
  stripe_price_id        text    NOT NULL,
  stripe_schedule_id     text,
  -- Stripe's own word for it, `incomplete_expired` included.
  status                 text    NOT NULL,
  -- What a period costs.
  amount_cents           bigint NOT NULL,
  currency               text    NOT NULL,
  billing_interval       text    NOT NULL CHECK (billing_interval IN ('month', 'year')),
  current_period_start   bigint NOT NULL,
  current_period_end     bigint NOT NULL,
  trial_ends_at          bigint,
  past_due_since         bigint,
  cancel_at              bigint,
  ended_at               bigint,
  -- The end of the first month on the fallback plan, where it has ended.
  fallback_period_end    bigint,
  started_at             bigint NOT NULL,
  -- All of its items, the plan's own among them: JSON, as `billing::items` writes it.
  items                  text    NOT NULL DEFAULT '[]',
  -- When Stripe was asked for it: of two answers the one that was asked for later is the newer one.
  observed_at               bigint NOT NULL,
  request_id             text    NOT NULL,
  -- When Stripe was last asked because no message had come.
  reconciled_at bigint,
  PRIMARY KEY (organization_id, stripe_subscription_id)
);
-- Found by the beginning of what Stripe calls them (`console`).
CREATE INDEX IF NOT EXISTS billing_subscriptions_stripe ON billing_subscriptions (stripe_subscription_id COLLATE "C", organization_id COLLATE "C");

-- Invoices: the billing history.
CREATE TABLE IF NOT EXISTS billing_invoices (
  organization_id        text    NOT NULL REFERENCES organizations (id),
  stripe_invoice_id      text    NOT NULL,
  stripe_subscription_id text,
  number                 text,
  status                 text    NOT NULL,
  reason                 text,
  currency               text    NOT NULL,
  subtotal_cents         bigint NOT NULL,
  total_cents            bigint NOT NULL,
  due_cents              bigint NOT NULL,
  paid_cents             bigint NOT NULL,
  attempts               bigint NOT NULL,
  -- Stripe's pages: to be paid at, and to be kept.
  hosted_url             text,
  pdf_url                text,
  period_start           bigint NOT NULL,
  period_end             bigint NOT NULL,
  created_at             bigint NOT NULL,
  finalized_at           bigint,
  paid_at                bigint,
  voided_at              bigint,
  observed_at               bigint NOT NULL,
  request_id             text    NOT NULL,
  PRIMARY KEY (organization_id, stripe_invoice_id)
);
-- An organization's history, the newest first, page by page.
CREATE INDEX IF NOT EXISTS billing_invoices_by_time ON billing_invoices (organization_id, created_at);

-- What was given back of each charge.
CREATE TABLE IF NOT EXISTS billing_refunds (
  organization_id   text    NOT NULL REFERENCES organizations (id),
  stripe_charge_id  text    NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id text,
  currency          text    NOT NULL,
  charged_cents     bigint NOT NULL,
  -- The sum so far; it only grows.
  refunded_cents    bigint NOT NULL,
  created_at        bigint NOT NULL,
  PRIMARY KEY (organization_id, stripe_charge_id)
);

-- What payers have disputed at their bank.
CREATE TABLE IF NOT EXISTS billing_disputes (
  organization_id   text   NOT NULL REFERENCES organizations (id),
  stripe_dispute_id text   NOT NULL,
  stripe_charge_id  text   NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id text  ,
  currency          text   NOT NULL,
  disputed_cents    bigint NOT NULL,
  reason            text  ,
  -- Stripe's own word for it: `needs_response`, `won`, `lost` and others.
  status            text   NOT NULL,
  created_at        bigint NOT NULL,
  -- When the message was sent that says so: of two the later one counts.
  said_at           bigint NOT NULL,
  PRIMARY KEY (organization_id, stripe_dispute_id)
);

-- Messages of other companies, each once. One that could not be applied is kept and may come again.
CREATE TABLE IF NOT EXISTS webhook_inbox (
  provider        text    NOT NULL CHECK (provider IN ('stripe')),
  event_id        text    NOT NULL,
  event_type      text    NOT NULL,
  outcome         text    NOT NULL CHECK (outcome IN
    ('applied', 'ignored', 'unknown_customer', 'unknown_price', 'wrong_audience', 'gone')),
  organization_id text    REFERENCES organizations (id),
  -- The message without what is of persons, where it was not applied.
  payload         text,
  -- When the sender says that it happened.
  happened_at     bigint NOT NULL,
  received_at     bigint NOT NULL,
  request_id      text    NOT NULL,
  PRIMARY KEY (provider, event_id)
);
-- What waits for the operator.
CREATE INDEX IF NOT EXISTS webhook_inbox_kept ON webhook_inbox (received_at) WHERE payload IS NOT NULL;

-- The operator's figures (`console`), as the scheduler rolls them up: a row for each day and each month (UTC).
CREATE TABLE IF NOT EXISTS figures (
  span                   text   NOT NULL CHECK (span IN ('day', 'month')),
  starts_at              bigint NOT NULL,
  -- All that happened before is in; 0 while a day is being rolled up.
  rolled_up_to           bigint NOT NULL DEFAULT 0,
  -- Accounts: how many there are at the end, and how many came and went.
  people                 bigint NOT NULL DEFAULT 0,
  signed_up              bigint NOT NULL DEFAULT 0,
  accounts_deleted       bigint NOT NULL DEFAULT 0,
  -- Organizations at the end that are not archived; those that pay, archived or not; and trials that go on.
  personal_organizations bigint NOT NULL DEFAULT 0,
  teams                  bigint NOT NULL DEFAULT 0,
  paying_personal        bigint NOT NULL DEFAULT 0,
  paying_teams           bigint NOT NULL DEFAULT 0,
  trials_running         bigint NOT NULL DEFAULT 0,
  -- Organizations that paid for the first time, and that were converted one way or the other.
  became_paying          bigint NOT NULL DEFAULT 0,
  became_teams           bigint NOT NULL DEFAULT 0,
  became_personal        bigint NOT NULL DEFAULT 0,
  trials_begun           bigint NOT NULL DEFAULT 0,
  trials_converted       bigint NOT NULL DEFAULT 0,
  trials_ended           bigint NOT NULL DEFAULT 0,
  -- Monthly recurring revenue at the end, and what has changed it: the last two are losses.
  mrr_cents              bigint NOT NULL DEFAULT 0,
  new_cents              bigint NOT NULL DEFAULT 0 CHECK (new_cents >= 0),
  expansion_cents        bigint NOT NULL DEFAULT 0 CHECK (expansion_cents >= 0),
  reactivation_cents     bigint NOT NULL DEFAULT 0 CHECK (reactivation_cents >= 0),
  contraction_cents      bigint NOT NULL DEFAULT 0 CHECK (contraction_cents <= 0),
  churn_cents            bigint NOT NULL DEFAULT 0 CHECK (churn_cents <= 0),
  -- Seats of teams whose plan limits them, in use and offered; and seats in use where the plan limits none.
  seats_used             bigint NOT NULL DEFAULT 0,
  seats_offered          bigint NOT NULL DEFAULT 0,
  unlimited_seats_used   bigint NOT NULL DEFAULT 0,
  -- Sessions that gave way to another one of the same person.
  sessions_replaced      bigint NOT NULL DEFAULT 0,
  -- As they were when the day was rolled up: deliveries that wait, and Stripe's messages that could not be applied.
  undelivered_events     bigint NOT NULL DEFAULT 0,
  kept_messages          bigint NOT NULL DEFAULT 0,
  -- The step that added to it last: each adds once.
  request_id             text   NOT NULL,
  PRIMARY KEY (span, starts_at)
);

-- What all organizations together have used of a meter, and what their periods that were closed then cost beyond their plans.
CREATE TABLE IF NOT EXISTS meter_figures (
  span          text   NOT NULL CHECK (span IN ('day', 'month')),
  starts_at     bigint NOT NULL,
  feature       text   NOT NULL,
  events        bigint NOT NULL,
  -- In what is counted; of a gauge, by how much it has changed.
  quantity      bigint NOT NULL,
  overage_cents bigint NOT NULL,
  request_id    text   NOT NULL,
  PRIMARY KEY (span, starts_at, feature)
);

-- What the figures hold of each organization: what has changed is told by comparing with it. Written where it has changed.
CREATE TABLE IF NOT EXISTS figure_states (
  organization_id text   NOT NULL PRIMARY KEY REFERENCES organizations (id),
  kind            text   NOT NULL CHECK (kind IN ('personal', 'team')),
  -- NULL: it is on no trial.
  trial_ends_at   bigint,
  mrr_cents       bigint NOT NULL CHECK (mrr_cents >= 0),
  -- 1: it has paid before; if it pays again, it has come back.
  has_paid        bigint NOT NULL CHECK (has_paid IN (0, 1))
);

-- How far the figures are: one row, from the first run on.
CREATE TABLE IF NOT EXISTS figure_progress (
  id         bigint NOT NULL PRIMARY KEY CHECK (id = 1),
  -- The day that is being rolled up, or was last.
  day        bigint NOT NULL,
  -- What of it is being gone through.
  part       text   NOT NULL CHECK (part IN ('organizations', 'people', 'over')),
  -- The page that was added last, without its first and with its last.
  after_id   text   NOT NULL,
  until_id   text   NOT NULL,
  request_id text   NOT NULL
);

-- What an organization may do: its plan, or what overrides it, and the state of its subscription, one row for each organization that is there
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
    WHEN 'past_due' THEN s.past_due_since + (SELECT paid.grace_days FROM plans paid WHERE paid.id = s.plan_id) * 86400000
    ELSE 0
  END AS access_until,
  p.id AS plan_id,
  p.name AS plan_name,
  COALESCE(s.override_seats, p.seats) AS seats,
  COALESCE(s.override_sessions, p.concurrent_sessions) AS concurrent_sessions,
  p.sales_contact,
  p.sessions_enforced,
  s.plan_id AS paid_plan_id
FROM organizations o
JOIN org_subscriptions s ON s.organization_id = o.id
JOIN plans p ON p.id = COALESCE(s.override_plan_id, s.plan_id)
WHERE o.archived_at IS NULL;

-- A member's place in an organization with everything a decision needs: one row for each membership.
CREATE OR REPLACE VIEW memberships AS
SELECT
  m.user_id,
  m.role,
  CASE m.role WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END::bigint AS role_rank,
  m.joined_at,
  e.*
FROM organization_members m
JOIN entitlements e ON e.organization_id = m.organization_id;

-- The ledger's events that count, each with its day, its score in thousandths and of whom it is: a view, since the engines read
-- JSON in words of their own.
CREATE OR REPLACE VIEW counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_typeof(attributes::json -> 'score') = 'number' THEN
    CASE WHEN (attributes::json ->> 'score')::numeric BETWEEN -1000000 AND 1000000
      THEN round((attributes::json ->> 'score')::numeric * 1000)::bigint END
  END AS score,
  period_start, COALESCE(subject, user_id) AS person
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);

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

-- A personal organization has exactly one member: its user. The error carries the rule's name, as on D1.
CREATE OR REPLACE FUNCTION personal_organization_gains_nobody() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (
    SELECT FROM organizations o WHERE o.id = NEW.organization_id AND o.kind = 'personal'
      AND (o.personal_user_id <> NEW.user_id OR NEW.role <> 'owner')
  ) THEN
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
    AND EXISTS (
      SELECT FROM organizations o WHERE o.id IN (NEW.organization_id, OLD.organization_id) AND o.kind = 'personal'
    ) THEN
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

-- A trial that ended unpaid falls to another plan with the first request after its end (`http::caller`), which
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
CREATE OR REPLACE TRIGGER subscription_fell_back
AFTER UPDATE OF status ON org_subscriptions
FOR EACH ROW
WHEN (OLD.status = 'trialing' AND NEW.status = 'active' AND NEW.plan_id <> OLD.plan_id
  AND OLD.stripe_subscription_id IS NULL AND NEW.stripe_subscription_id IS NULL AND NEW.request_id IS NOT NULL)
EXECUTE FUNCTION subscription_fell_back();

-- A trial's time is over with whatever ends it from then on; where nothing does, the scheduler tells of it (`end_trials`).
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
CREATE OR REPLACE TRIGGER org_trial_is_over
AFTER UPDATE OF status ON org_subscriptions
FOR EACH ROW
WHEN (OLD.status = 'trialing' AND NEW.status <> 'trialing' AND NEW.updated_at >= OLD.trial_ends_at
  AND OLD.trial_told_end IS DISTINCT FROM OLD.trial_ends_at AND NEW.request_id IS NOT NULL)
EXECUTE FUNCTION org_trial_is_over();

-- A plan is left with the change to another one, whether by what is paid or by an override; where that begins a new period, not
-- before it.
CREATE OR REPLACE FUNCTION former_plan_is_kept() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    greatest(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END),
    COALESCE(OLD.override_plan_id, OLD.plan_id))
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER former_plan_is_kept
AFTER UPDATE OF plan_id, override_plan_id ON org_subscriptions
FOR EACH ROW
WHEN (COALESCE(NEW.override_plan_id, NEW.plan_id) <> COALESCE(OLD.override_plan_id, OLD.plan_id))
EXECUTE FUNCTION former_plan_is_kept();

-- Whether another plan fits is another question once an organization is of the other kind.
CREATE OR REPLACE FUNCTION override_fits_no_more() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE org_subscriptions SET override_ends_at = 0 WHERE organization_id = NEW.id AND override_ends_at IS NOT NULL;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER override_fits_no_more
AFTER UPDATE OF kind ON organizations
FOR EACH ROW
WHEN (NEW.kind <> OLD.kind)
EXECUTE FUNCTION override_fits_no_more();

-- Whether sessions are enforced holds for the whole catalog, and stands in each plan's row too: every request reads that one anyway.
CREATE OR REPLACE FUNCTION plans_know_of_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE plans SET sessions_enforced = NEW.sessions_enforced WHERE sessions_enforced <> NEW.sessions_enforced;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER plans_know_of_sessions
AFTER UPDATE OF sessions_enforced ON catalog_settings
FOR EACH ROW EXECUTE FUNCTION plans_know_of_sessions();

CREATE OR REPLACE FUNCTION new_plan_knows_of_sessions() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE plans SET sessions_enforced = settings.sessions_enforced
  FROM catalog_settings settings WHERE settings.id = 1 AND plans.id = NEW.id;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER new_plan_knows_of_sessions
AFTER INSERT ON plans
FOR EACH ROW EXECUTE FUNCTION new_plan_knows_of_sessions();

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

-- How many refusals an organization has had remembered today (UTC): what is kept for its own sake has a limit, too.
CREATE OR REPLACE FUNCTION refused_key_is_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE organizations SET
    refused_keys = CASE refused_keys_day WHEN NEW.created_at - NEW.created_at % 86400000 THEN refused_keys + 1 ELSE 1 END,
    refused_keys_day = NEW.created_at - NEW.created_at % 86400000
  WHERE id = NEW.organization_id;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER refused_key_is_counted
AFTER INSERT ON usage_events
FOR EACH ROW WHEN (NEW.accepted = 0)
EXECUTE FUNCTION refused_key_is_counted();

-- Who is an administrator is for the operator to say, who owns the tables or asks by `console`: the functions, whatever their role
-- is called, may take it away, as a deletion does, and never give it.
CREATE OR REPLACE FUNCTION account_type_is_the_operators() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.account_type <> 'user' AND NEW.account_type <> OLD.account_type
    AND NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    AND NOT pg_has_role(current_user, 'tallygate_console', 'USAGE') THEN
    RAISE EXCEPTION 'account_type_is_the_operators'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'account_type_is_the_operators';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER account_type_is_the_operators
BEFORE UPDATE OF account_type ON users
FOR EACH ROW EXECUTE FUNCTION account_type_is_the_operators();

-- What the staff has done is not changed, but that it says once that it is done; the console's role may not delete it.
CREATE OR REPLACE FUNCTION acts_are_not_changed() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'history_is_append_only' USING ERRCODE = 'restrict_violation';
END
$$;
CREATE OR REPLACE TRIGGER acts_are_not_changed
BEFORE UPDATE ON operator_acts
FOR EACH ROW WHEN (OLD.is_applied = 1 OR NEW.is_applied = 0)
EXECUTE FUNCTION acts_are_not_changed();

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

-- Row-level security -------------------------------------------------------------------------------------------------

-- Who asks through PostgREST or Supabase: the subject of the verified token; NULL for everybody else.
CREATE OR REPLACE FUNCTION tallygate_caller() RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub'
$$;

-- The caller's organizations; where `managed`, only those that they run. With its owner's rights, because a policy of
-- organization_members that read organization_members would call itself without end.
CREATE OR REPLACE FUNCTION tallygate_organizations(managed boolean) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.organization_id
  FROM organization_members m
  JOIN users u ON u.id = m.user_id AND u.banned_at IS NULL AND u.deleted_at IS NULL
  JOIN organizations o ON o.id = m.organization_id AND o.archived_at IS NULL
  WHERE m.user_id = tallygate_caller() AND (NOT managed OR m.role IN ('owner', 'admin'))
$$;

-- The organizations whose money the caller may see: as `billing/history` has it, owners, and admins where the catalog lets
-- them bill. With its owner's rights, as above.
CREATE OR REPLACE FUNCTION tallygate_billed_organizations() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT m.organization_id
  FROM organization_members m
  JOIN users u ON u.id = m.user_id AND u.banned_at IS NULL AND u.deleted_at IS NULL
  JOIN organizations o ON o.id = m.organization_id AND o.archived_at IS NULL
  WHERE m.user_id = tallygate_caller()
    AND (m.role = 'owner' OR m.role = 'admin' AND EXISTS (SELECT FROM catalog_settings c WHERE c.admins_may_bill = 1))
$$;

-- Supabase grants everything on a new table to its people; here each right is given by name. Row-level security does
-- not stop TRUNCATE, so the right to it must not be there.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'catalog_settings', 'plans', 'plan_features', 'plan_prices', 'event_types', 'users', 'user_profiles', 'onboarding_steps', 'user_packages', 'user_preferences',
    'user_analytics_sessions', 'user_analytics_days', 'former_members', 'organizations',
    'organization_members', 'org_subscriptions', 'organization_invitations', 'active_sessions', 'usage_events',
    'usage_counters', 'usage_alerts', 'usage_people', 'usage_reservations', 'former_plans', 'usage_grants', 'plan_overrides', 'call_logs', 'plan_alerts', 'packages', 'service_keys', 'billing_customers', 'billing_subscriptions', 'billing_invoices', 'billing_refunds',
    'webhook_inbox', 'audit_events', 'outbox', 'scheduled_jobs', 'usage_rollups', 'usage_aggregations', 'usage_by_person', 'trial_warnings',
    'operator_events', 'webhook_endpoints', 'webhook_deliveries', 'webhook_progress', 'usage_summaries', 'billing_disputes',
    'mail_deliveries', 'mail_progress', 'mail_preferences', 'mail_suppressions',
    'figures', 'meter_figures', 'figure_states', 'figure_progress'
  ] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('DROP POLICY IF EXISTS tallygate_does_everything ON %I', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
-- The functions write what they have to and no more: the history is added to and never changed, plans are the catalog's, and
-- rows are deleted only where that is what an action does.
REVOKE INSERT, UPDATE, DELETE ON catalog_settings, plans, plan_features, plan_prices, plan_alerts, packages, event_types FROM tallygate;
REVOKE INSERT, UPDATE, DELETE ON service_keys FROM tallygate;
GRANT UPDATE (last_used_day) ON service_keys TO tallygate;
-- What holds in place of a plan is the operator's to say.
REVOKE INSERT, UPDATE, DELETE ON plan_overrides FROM tallygate;
REVOKE DELETE ON usage_alerts, usage_people, call_logs, usage_grants FROM tallygate;
REVOKE UPDATE, DELETE ON former_plans FROM tallygate;
-- What holds room is not deleted.
DROP POLICY IF EXISTS only_what_holds_nothing_is_deleted ON usage_reservations;
CREATE POLICY only_what_holds_nothing_is_deleted ON usage_reservations AS RESTRICTIVE FOR DELETE TO tallygate
  USING (settled_at IS NOT NULL OR expires_at <= (extract(epoch FROM now()) * 1000)::bigint);
REVOKE UPDATE, DELETE ON audit_events FROM tallygate;
REVOKE DELETE ON users, organizations, org_subscriptions, organization_invitations, usage_counters,
  billing_subscriptions, billing_invoices, billing_refunds FROM tallygate;
REVOKE DELETE ON scheduled_jobs, usage_rollups, usage_aggregations, usage_by_person, trial_warnings FROM tallygate;
REVOKE DELETE ON webhook_progress FROM tallygate;
-- Only an endpoint that somebody has removed is deleted.
DROP POLICY IF EXISTS only_what_was_removed_is_deleted ON webhook_endpoints;
CREATE POLICY only_what_was_removed_is_deleted ON webhook_endpoints AS RESTRICTIVE FOR DELETE TO tallygate
  USING (removed_at IS NOT NULL);
REVOKE DELETE ON usage_summaries, billing_disputes FROM tallygate;
REVOKE DELETE ON mail_progress FROM tallygate;
REVOKE DELETE ON figures, meter_figures, figure_states, figure_progress FROM tallygate;
-- What the scheduler clears of the ledger is what was refused, and what cost nothing in a period that ends.
DROP POLICY IF EXISTS only_what_nobody_needs_is_deleted ON usage_events;
CREATE POLICY only_what_nobody_needs_is_deleted ON usage_events AS RESTRICTIVE FOR DELETE TO tallygate
  USING (accepted = 0 OR period_end IS NOT NULL AND cost_cents = 0);
REVOKE INSERT, UPDATE ON users FROM tallygate;
GRANT INSERT (id, email, email_verified, email_updated_at, email_said_at, concluded_email, concluded_verified,
  concluded_at, name, profile_updated_at, username, current_organization_id,
  team_trial_started_at, onboarding_completed_at, banned_at, banned_by, deleted_at, created_at, request_id) ON users TO tallygate;
GRANT UPDATE ON users TO tallygate;
-- What only the operator may: the console's role has it beside what it has as one of the functions.
REVOKE ALL ON operator_acts FROM PUBLIC, anon, authenticated, tallygate;
GRANT SELECT, INSERT, UPDATE (is_applied) ON operator_acts TO tallygate_console;
ALTER TABLE operator_acts ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS the_console_does_everything ON operator_acts;
CREATE POLICY the_console_does_everything ON operator_acts TO tallygate_console USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE (revoked_at) ON service_keys TO tallygate_console;
GRANT INSERT, UPDATE (ends_at) ON plan_overrides TO tallygate_console;
GRANT UPDATE (value, limit_value, unit_price_micros, cap_cents, stops_at_cap) ON plan_features TO tallygate_console;
GRANT UPDATE (revision) ON catalog_settings TO tallygate_console;
-- For the administrator alone.
REVOKE ALL ON schema_migrations FROM PUBLIC, anon, authenticated;
REVOKE ALL ON moved_organizations, moved_rows, moved_analytics FROM PUBLIC, anon, authenticated, tallygate;
ALTER TABLE schema_migrations ENABLE ROW LEVEL SECURITY;
ALTER TABLE moved_organizations ENABLE ROW LEVEL SECURITY;
-- The functions see which organizations are moved, and no more of a move.
GRANT SELECT (organization_id, state) ON moved_organizations TO tallygate;
DROP POLICY IF EXISTS the_functions_read ON moved_organizations;
CREATE POLICY the_functions_read ON moved_organizations FOR SELECT TO tallygate USING (true);
ALTER TABLE moved_rows ENABLE ROW LEVEL SECURITY;
ALTER TABLE moved_analytics ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA public TO tallygate, anon, authenticated;

-- What is for sale is for everybody to see.
GRANT SELECT ON plans, plan_features, plan_alerts, packages, event_types TO anon, authenticated;
DROP POLICY IF EXISTS everybody_reads ON plan_alerts;
CREATE POLICY everybody_reads ON plan_alerts FOR SELECT TO anon, authenticated USING (true);
DROP POLICY IF EXISTS everybody_reads ON packages;
CREATE POLICY everybody_reads ON packages FOR SELECT TO anon, authenticated USING (true);
DROP POLICY IF EXISTS everybody_reads ON plans;
CREATE POLICY everybody_reads ON plans FOR SELECT TO anon, authenticated USING (true);
DROP POLICY IF EXISTS everybody_reads ON plan_features;
CREATE POLICY everybody_reads ON plan_features FOR SELECT TO anon, authenticated USING (true);
DROP POLICY IF EXISTS everybody_reads ON event_types;
CREATE POLICY everybody_reads ON event_types FOR SELECT TO anon, authenticated USING (true);

-- What was paid, for those who may bill; what Stripe calls whom is for nobody.
GRANT SELECT ON billing_invoices, billing_refunds TO authenticated;
DROP POLICY IF EXISTS managers_read ON billing_invoices;
DROP POLICY IF EXISTS billers_read ON billing_invoices;
CREATE POLICY billers_read ON billing_invoices FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
DROP POLICY IF EXISTS managers_read ON billing_refunds;
DROP POLICY IF EXISTS billers_read ON billing_refunds;
CREATE POLICY billers_read ON billing_refunds FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));

-- What a period came to, and what was disputed; what is between us and Stripe is for nobody.
GRANT SELECT (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units,
  overage_cents, currency, state, reason, stripe_invoice_item_id, stripe_invoice_id, closed_at, billed_at, withdrawn_at) ON usage_summaries TO authenticated;
DROP POLICY IF EXISTS billers_read ON usage_summaries;
CREATE POLICY billers_read ON usage_summaries FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
GRANT SELECT ON billing_disputes TO authenticated;
DROP POLICY IF EXISTS billers_read ON billing_disputes;
CREATE POLICY billers_read ON billing_disputes FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));

-- One's own user and sessions. The sub-select makes the planner ask for the caller once, not once a row.
GRANT SELECT ON users TO authenticated;
-- A secret's hash is for nobody.
GRANT SELECT (user_id, id, user_agent, browser_info, ip_address, created_at, last_heartbeat_at, ended_at, end_reason, request_id)
  ON active_sessions TO authenticated;
GRANT SELECT ON user_profiles, onboarding_steps, user_packages, user_preferences, user_analytics_sessions, user_analytics_days,
  former_members TO authenticated;
DROP POLICY IF EXISTS people_read_their_own ON users;
CREATE POLICY people_read_their_own ON users FOR SELECT TO authenticated
  USING (id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON active_sessions;
CREATE POLICY people_read_their_own ON active_sessions FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON user_profiles;
CREATE POLICY people_read_their_own ON user_profiles FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON onboarding_steps;
CREATE POLICY people_read_their_own ON onboarding_steps FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON user_packages;
CREATE POLICY people_read_their_own ON user_packages FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON user_preferences;
CREATE POLICY people_read_their_own ON user_preferences FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON user_analytics_sessions;
CREATE POLICY people_read_their_own ON user_analytics_sessions FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON user_analytics_days;
CREATE POLICY people_read_their_own ON user_analytics_days FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));
DROP POLICY IF EXISTS people_read_their_own ON former_members;
CREATE POLICY people_read_their_own ON former_members FOR SELECT TO authenticated
  USING (user_id = (SELECT tallygate_caller()));

-- What belongs to an organization, for its members.
GRANT SELECT ON organizations, organization_members, usage_events, usage_counters, usage_alerts, usage_aggregations TO authenticated;
DROP POLICY IF EXISTS members_read ON usage_aggregations;
CREATE POLICY members_read ON usage_aggregations FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
-- Why it was granted is between the operator and whoever it was granted to.
GRANT SELECT (organization_id, id, feature, quantity, starts_at, ends_at, created_at) ON usage_grants TO authenticated;
DROP POLICY IF EXISTS members_read ON usage_grants;
CREATE POLICY members_read ON usage_grants FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
GRANT SELECT (organization_id, kind, feature, ends_at, id, plan_id, limit_value, starts_at) ON plan_overrides TO authenticated;
DROP POLICY IF EXISTS members_read ON plan_overrides;
CREATE POLICY members_read ON plan_overrides FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
DROP POLICY IF EXISTS members_read ON usage_alerts;
CREATE POLICY members_read ON usage_alerts FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
GRANT SELECT (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, past_due_since,
  billing_interval, cancel_at, pending_plan_id, pending_interval, pending_at, updated_at,
  override_plan_id, override_seats, override_sessions, override_ends_at) ON org_subscriptions TO authenticated;
DROP POLICY IF EXISTS members_read ON organizations;
CREATE POLICY members_read ON organizations FOR SELECT TO authenticated
  USING (id IN (SELECT tallygate_organizations(false)));
DROP POLICY IF EXISTS members_read ON organization_members;
CREATE POLICY members_read ON organization_members FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
DROP POLICY IF EXISTS members_read ON org_subscriptions;
CREATE POLICY members_read ON org_subscriptions FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
DROP POLICY IF EXISTS members_read ON usage_events;
CREATE POLICY members_read ON usage_events FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));
DROP POLICY IF EXISTS members_read ON usage_counters;
CREATE POLICY members_read ON usage_counters FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(false)));

-- Invitations are for owners and admins, and a token's hash is for nobody.
GRANT SELECT (organization_id, id, email, role, status, invited_by, created_at, expires_at, resolved_at)
  ON organization_invitations TO authenticated;
DROP POLICY IF EXISTS managers_read ON organization_invitations;
CREATE POLICY managers_read ON organization_invitations FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_organizations(true)));

-- Views that show each caller what the tables show them. Before version 15 a view reads with its owner's rights, past
-- all policies, and is therefore not for people there.
REVOKE ALL ON entitlements, memberships, counted_events FROM PUBLIC, anon, authenticated;
GRANT SELECT ON entitlements, memberships, counted_events TO tallygate;
REVOKE ALL ON event_organizations, event_users, event_actors, event_members, event_invitations, event_subscriptions, event_invoices,
  event_ended_sessions, event_payloads FROM PUBLIC, anon, authenticated;
GRANT SELECT ON event_organizations, event_users, event_actors, event_members, event_invitations, event_subscriptions, event_invoices,
  event_ended_sessions, event_payloads TO tallygate;
DO $$
BEGIN
  IF current_setting('server_version_num')::integer >= 150000 THEN
    ALTER VIEW entitlements SET (security_invoker = true);
    ALTER VIEW memberships SET (security_invoker = true);
    GRANT SELECT ON entitlements, memberships TO authenticated;
  END IF;
END
$$;

-- Functions ----------------------------------------------------------------------------------------------------------
-- For those who also work with the database itself. Their errors are names: `username_taken`, `user_not_found`.

-- Milliseconds since the epoch, as all columns hold them.
CREATE OR REPLACE FUNCTION tallygate_now() RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT floor(extract(epoch FROM now()) * 1000)::bigint
$$;

-- The same day of the next month, or its last one where there is no such day.
CREATE OR REPLACE FUNCTION tallygate_month_after(moment bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT (extract(epoch FROM timestamp 'epoch' + moment * interval '1 millisecond' + interval '1 month') * 1000)::bigint
$$;

-- A UUID of version 7, like every id that the functions make: it begins with the time.
CREATE OR REPLACE FUNCTION tallygate_new_id() RETURNS text
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT left(t.hex, 8) || '-' || right(t.hex, 4) || '-7' || substr(gen_random_uuid()::text, 16)
  FROM (SELECT lpad(to_hex(tallygate_now()), 12, '0') AS hex) t
$$;

-- Whether the caller may take a username: 3 to 30 of a–z, A–Z, 0–9 and _, and nobody else's in any case. One's own is
-- available to oneself. With its owner's rights, because people do not see each other's rows.
CREATE OR REPLACE FUNCTION check_username_available(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(wanted ~ '^[A-Za-z0-9_]{3,30}$', false) AND NOT EXISTS (
    SELECT FROM users u
    WHERE lower(u.username) = lower(wanted) AND u.username IS NOT NULL AND u.id IS DISTINCT FROM tallygate_caller())
$$;

-- Whether an organization may use a feature now: its plan is paid for or on trial, and the plan has the flag, holds a
-- config that does not say no, or has something left on the meter. `features.sso` is the flag `sso` within the config
-- `features`, unless the plan has a feature of that whole name.
CREATE OR REPLACE FUNCTION check_feature_access(organization text, feature_key text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((
    SELECT CASE f.kind
      WHEN 'flag' THEN f.value = '1'
      WHEN 'config' THEN coalesce(
        f.value::jsonb #> CASE f.feature WHEN feature_key THEN '{}' ELSE (string_to_array(feature_key, '.'))[2:] END
          NOT IN ('false', 'null', '0'), false)
      ELSE given.limit_value = -1 OR f.unit_price_micros IS NOT NULL OR (given.limit_value + coalesce((
        SELECT sum(g.quantity)::bigint FROM usage_grants g
        WHERE g.organization_id = e.organization_id AND g.feature = f.feature AND g.starts_at <= tallygate_now() AND g.ends_at > tallygate_now()
      ), 0)) * f.unit_size > coalesce((
        SELECT c.quantity FROM usage_counters c
        WHERE c.organization_id = e.organization_id AND c.feature = f.feature AND c.period_start = CASE f.reset
          WHEN 'calendar_month' THEN
            (extract(epoch FROM date_trunc(
              'month', timestamp 'epoch' + tallygate_now() * interval '1 millisecond')) * 1000)::bigint
          WHEN 'billing_period' THEN e.current_period_start
          ELSE 0
        END), 0)
    END
    FROM entitlements e
    JOIN plan_features f ON f.plan_id = e.plan_id
      AND (f.feature = feature_key OR (f.kind = 'config' AND f.feature = split_part(feature_key, '.', 1)))
    CROSS JOIN LATERAL (SELECT coalesce((
      SELECT v.limit_value FROM plan_overrides v
      WHERE v.organization_id = e.organization_id AND v.kind = 'limit' AND v.feature = f.feature
        AND v.starts_at <= tallygate_now() AND v.ends_at > tallygate_now()
      ORDER BY v.starts_at DESC LIMIT 1), f.limit_value) AS limit_value) given
    WHERE e.organization_id = organization AND e.access_until > tallygate_now()
    ORDER BY f.feature = feature_key DESC
    LIMIT 1
  ), false)
$$;

-- What an organization used from one moment up to another, by feature and kind of event, and by how many people:
-- distinct users are what `user_active` is about.
CREATE OR REPLACE FUNCTION aggregate_usage(organization text, from_time bigint, until_time bigint)
RETURNS TABLE (feature text, event_type text, events bigint, quantity bigint, distinct_users bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT u.feature, u.event_type, count(*), sum(u.quantity)::bigint, count(DISTINCT u.user_id)
  FROM usage_events u
  WHERE u.organization_id = organization AND u.accepted = 1 AND u.created_at >= from_time AND u.created_at < until_time
  GROUP BY u.feature, u.event_type
  ORDER BY u.feature, u.event_type
$$;

-- Takes the overrides that have ended out of subscriptions, whosever (`shared/src/plan_overrides.rs`).
CREATE OR REPLACE FUNCTION tallygate_settle_overrides(at bigint) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE org_subscriptions SET
    override_plan_id = (
        SELECT given.plan_id FROM plan_overrides given
        JOIN plans plan ON plan.id = given.plan_id
        JOIN organizations owner ON owner.id = given.organization_id
          AND plan.audience IN ('any', CASE owner.kind WHEN 'personal' THEN 'individual' ELSE 'team' END)
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'plan' AND given.feature = ''
          AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_seats = (
        SELECT given.limit_value FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit' AND given.feature = 'seats'
          AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_sessions = (
        SELECT given.limit_value FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.kind = 'limit'
          AND given.feature = 'concurrent_sessions' AND given.ends_at > at AND given.ends_at > given.starts_at
        ORDER BY given.ends_at LIMIT 1),
      override_ends_at = (
        SELECT MIN(given.ends_at) FROM plan_overrides given
        WHERE given.organization_id = org_subscriptions.organization_id AND given.ends_at > at
          AND (given.kind = 'plan' OR given.feature IN ('seats', 'concurrent_sessions'))),
      updated_at = at
  WHERE override_ends_at <= at;
END
$$;

-- What each request begins with (`shared/src/http/caller.rs`): overrides that have ended are taken out, a trial of ours that
-- is over falls to the catalog's fallback plan, and the caller's membership in the organization that the request is about is
-- kept in settings of the transaction, for the statements that follow. The organization is the one asked for, else the one
-- that the token names, else the caller's current one.
CREATE OR REPLACE FUNCTION tallygate_open_request(
  caller text, organization text, claim text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_active bigint;
  kept text;
  requested_id text;
  settled_at bigint;
  unverified_since bigint;
  is_denied bigint;
BEGIN
  IF EXISTS (SELECT FROM org_subscriptions s WHERE s.override_ends_at <= at) THEN
    PERFORM tallygate_settle_overrides(at);
  END IF;
  -- One statement, so that the caller and the membership are of one moment.
  SELECT CASE WHEN u.banned_at IS NULL AND u.deleted_at IS NULL THEN 1 ELSE 0 END, m::text, m.organization_id,
    CASE m.subscription_status WHEN 'trialing' THEN m.trial_ends_at END,
    CASE u.email_verified WHEN 0 THEN u.email_updated_at END,
    CASE WHEN u.email_said_at > 0 AND u.email_said_at = u.email_updated_at THEN 1 ELSE 0 END
  INTO is_active, kept, requested_id, settled_at, unverified_since, is_denied
  FROM users u
  LEFT JOIN memberships m ON m.user_id = u.id AND u.banned_at IS NULL AND u.deleted_at IS NULL
    AND m.organization_id = coalesce(
      organization,
      (SELECT o.id FROM organizations o WHERE o.id = claim),
      (SELECT o.id FROM organizations o WHERE o.external_id = claim AND o.external_id IS NOT NULL),
      u.current_organization_id)
  WHERE u.id = caller;
  IF settled_at <= at THEN
    UPDATE org_subscriptions s SET
      plan_id = p.id, status = 'active', billing_interval = 'month', current_period_start = at,
      current_period_end = month_later, trial_ends_at = NULL, updated_at = at, request_id = request
    FROM plans p JOIN organizations o ON o.id = requested_id
    WHERE s.organization_id = requested_id AND s.status = 'trialing' AND s.trial_ends_at <= at
      AND s.stripe_subscription_id IS NULL AND p.retired = 0
      AND p.fallback IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END);
    SELECT m::text INTO kept FROM memberships m WHERE m.user_id = caller AND m.organization_id = requested_id;
  END IF;
  PERFORM set_config('tallygate.caller', coalesce(is_active::text, ''), true),
    set_config('tallygate.unverified_since', coalesce(unverified_since::text, ''), true),
    set_config('tallygate.email_is_denied', coalesce(is_denied::text, ''), true),
    set_config('tallygate.user_id', coalesce(caller, ''), true),
    set_config('tallygate.organization_id', coalesce(requested_id, ''), true),
    set_config('tallygate.membership', coalesce(kept, ''), true);
END
$$;

-- The same for a service key: the organization that it names or is bound to, as a member without a person.
CREATE OR REPLACE FUNCTION tallygate_open_key_request(
  hash text, scope text, organization text, at bigint, month_later bigint, request text
) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  kept text;
  asking json;
  requested_id text;
  may_ask boolean;
BEGIN
  IF EXISTS (SELECT FROM org_subscriptions s WHERE s.override_ends_at <= at) THEN
    PERFORM tallygate_settle_overrides(at);
  END IF;
  -- What manages the operator's endpoints asks for the key again where it decides: it is not revoked in between.
  IF scope = 'webhooks:manage' THEN
    PERFORM FROM service_keys k WHERE k.key_hash = hash FOR NO KEY UPDATE;
  END IF;
  SELECT row_to_json(k), coalesce(organization, k.organization_id),
    k.revoked_at IS NULL AND (k.ends_at IS NULL OR k.ends_at > at)
      AND (k.organization_id IS NULL OR organization IS NULL OR k.organization_id = organization)
      AND CASE scope WHEN 'usage:write' THEN k.can_write_usage WHEN 'usage:read' THEN k.can_read_usage ELSE 0 END = 1
  INTO asking, requested_id, may_ask
  FROM service_keys k WHERE k.key_hash = hash;
  IF may_ask THEN
    UPDATE org_subscriptions s SET
      plan_id = p.id, status = 'active', billing_interval = 'month', current_period_start = at,
      current_period_end = month_later, trial_ends_at = NULL, updated_at = at, request_id = request
    FROM plans p JOIN organizations o ON o.id = requested_id AND o.archived_at IS NULL
    WHERE s.organization_id = requested_id AND s.status = 'trialing' AND s.trial_ends_at <= at
      AND s.stripe_subscription_id IS NULL AND p.retired = 0
      AND p.fallback IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END);
    SELECT (ROW(NULL, 'member', 2, 0, e.*)::memberships)::text INTO kept
    FROM entitlements e WHERE e.organization_id = requested_id;
  END IF;
  PERFORM set_config('tallygate.caller', '', true), set_config('tallygate.user_id', '', true),
    set_config('tallygate.organization_id', coalesce(CASE WHEN may_ask THEN requested_id END, ''), true),
    set_config('tallygate.service_key', coalesce(asking::text, ''), true),
    set_config('tallygate.membership', coalesce(kept, ''), true);
END
$$;

-- The user's personal organization; NULL where there is none.
CREATE OR REPLACE FUNCTION get_personal_org_id(person text DEFAULT tallygate_caller()) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT o.id FROM organizations o WHERE o.personal_user_id = person AND o.archived_at IS NULL
$$;

-- Whether the user works in their personal organization: such people see no team features.
CREATE OR REPLACE FUNCTION is_personal_org_user(person text DEFAULT tallygate_caller()) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM users u JOIN organizations o ON o.id = u.current_organization_id
    WHERE u.id = person AND o.kind = 'personal' AND o.archived_at IS NULL)
$$;

-- Takes a username, if one is given, and marks the onboarding as done; it can't be done without one. Returns when it
-- was done: doing it again keeps the first time.
CREATE OR REPLACE FUNCTION complete_onboarding(person text, wanted text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  done_at bigint;
BEGIN
  IF wanted IS NOT NULL AND wanted !~ '^[A-Za-z0-9_]{3,30}$' THEN
    RAISE EXCEPTION 'username_invalid' USING ERRCODE = 'check_violation', COLUMN = 'username';
  END IF;
  PERFORM FROM users u WHERE u.id = person AND u.deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user_not_found' USING ERRCODE = 'no_data_found';
  END IF;
  BEGIN
    UPDATE users u SET
      username = coalesce(wanted, u.username),
      onboarding_completed_at = coalesce(u.onboarding_completed_at, tallygate_now())
    WHERE u.id = person AND coalesce(wanted, u.username) IS NOT NULL
    RETURNING u.onboarding_completed_at INTO done_at;
  EXCEPTION WHEN unique_violation THEN
    RAISE EXCEPTION 'username_taken'
      USING ERRCODE = 'unique_violation', COLUMN = 'username', CONSTRAINT = 'users_username';
  END;
  IF done_at IS NULL THEN
    RAISE EXCEPTION 'username_required' USING ERRCODE = 'not_null_violation', COLUMN = 'username';
  END IF;
  RETURN done_at;
END
$$;

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

-- A personal organization with its owner and its subscription to the plan that individuals start on. Without a trial,
-- a plan that costs something waits for checkout.
CREATE OR REPLACE FUNCTION tallygate_open_personal_org(person text, with_trial boolean) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  made text := tallygate_new_id();
  request text := tallygate_new_id();
  started_at bigint := tallygate_now();
  plan plans%ROWTYPE;
  display_name text;
  short_id text;
  wanted_slug text;
  on_trial boolean;
BEGIN
  SELECT u.name INTO display_name FROM users u WHERE u.id = person AND u.deleted_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'user_not_found' USING ERRCODE = 'no_data_found';
  END IF;
  SELECT p.* INTO plan FROM plans p
  WHERE p.starts IN ('individual', 'any') AND p.retired = 0 ORDER BY p.position LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no_starting_plan' USING ERRCODE = 'no_data_found';
  END IF;
  on_trial := with_trial AND plan.trial_days > 0;

  -- As `rules::slug::Slug::personal`: what follows the provider's prefix, its first eight letters and digits.
  short_id := left(regexp_replace(lower(regexp_replace(person, '^.*_', '')), '[^a-z0-9]', '', 'g'), 8);
  wanted_slug := CASE short_id WHEN '' THEN 'personal' ELSE 'personal-' || short_id END;
  IF EXISTS (SELECT FROM organizations o WHERE o.slug = wanted_slug) THEN
    wanted_slug := wanted_slug || '-' || right(made, 6);
  END IF;

  INSERT INTO organizations (id, kind, org_type, name, slug, personal_user_id, founded_by, created_at)
  VALUES (made, 'personal', 'personal',
    left(coalesce((regexp_match(display_name, '\S+'))[1], 'My'), 88) || '''s Workspace',
    wanted_slug, person, person, started_at);
  INSERT INTO organization_members (organization_id, user_id, role, joined_at, request_id)
  VALUES (made, person, 'owner', started_at, request);
  INSERT INTO org_subscriptions
    (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at)
  VALUES (made, plan.id,
    CASE
      WHEN on_trial THEN 'trialing'
      WHEN plan.trial_days > 0 AND plan.price_month_cents IS DISTINCT FROM 0 THEN 'incomplete'
      ELSE 'active'
    END,
    started_at,
    CASE WHEN on_trial THEN started_at + plan.trial_days * 86400000 ELSE tallygate_month_after(started_at) END,
    CASE WHEN on_trial THEN started_at + plan.trial_days * 86400000 END,
    started_at);
  UPDATE users u SET current_organization_id = made WHERE u.id = person AND u.current_organization_id IS NULL;
  PERFORM tallygate_record(made, person, 'organization.created', made, request);
  RETURN made;
END
$$;

-- The user's personal organization, made if it is not there yet. Returns its id.
CREATE OR REPLACE FUNCTION create_personal_org(person text) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  found_id text;
BEGIN
  -- Two at once wait for each other here.
  PERFORM FROM users u WHERE u.id = person FOR UPDATE;
  SELECT o.id INTO found_id FROM organizations o WHERE o.personal_user_id = person;
  RETURN coalesce(found_id, tallygate_open_personal_org(person, true));
END
$$;

-- Turns a personal organization into a team: its user stays as the owner and gets a new personal organization, since
-- everybody has one to come back to. A plan for individuals is exchanged for the one that teams start on, with its trial
-- where the founder has had none, else waiting for checkout. Returns the organization's id.
CREATE OR REPLACE FUNCTION convert_personal_to_team_org(
  organization text, team_name text DEFAULT NULL, team_slug text DEFAULT NULL
) RETURNS text
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  request text := tallygate_new_id();
  started_at bigint := tallygate_now();
  person text;
  plan plans%ROWTYPE;
  trial_used_at bigint;
  new_status text;
BEGIN
  SELECT o.personal_user_id INTO person FROM organizations o
  WHERE o.id = organization AND o.archived_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'organization_not_found' USING ERRCODE = 'no_data_found';
  END IF;
  IF person IS NULL THEN
    RAISE EXCEPTION 'not_a_personal_organization' USING ERRCODE = 'check_violation';
  END IF;
  SELECT u.team_trial_started_at INTO trial_used_at FROM users u WHERE u.id = person FOR UPDATE;

  UPDATE organizations o SET
    kind = 'team', org_type = 'business', personal_user_id = NULL,
    name = coalesce(nullif(btrim(team_name), ''), o.name), slug = coalesce(team_slug, o.slug)
  WHERE o.id = organization;

  -- A plan for everybody is kept as it is.
  IF NOT EXISTS (
    SELECT FROM org_subscriptions s JOIN plans p ON p.id = s.plan_id
    WHERE s.organization_id = organization AND p.audience = 'any'
  ) THEN
    SELECT p.* INTO plan FROM plans p
    WHERE p.starts IN ('team', 'any') AND p.audience IN ('team', 'any') AND p.retired = 0 ORDER BY p.position LIMIT 1;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'no_team_plan' USING ERRCODE = 'no_data_found';
    END IF;
    new_status := CASE
      WHEN plan.trial_days > 0 AND trial_used_at IS NULL THEN 'trialing'
      WHEN plan.price_month_cents = 0 THEN 'active'
      ELSE 'incomplete'
    END;
    INSERT INTO org_subscriptions AS s
      (organization_id, plan_id, status, current_period_start, current_period_end, trial_ends_at, updated_at)
    VALUES (organization, plan.id, new_status, started_at,
      CASE new_status
        WHEN 'trialing' THEN started_at + plan.trial_days * 86400000
        ELSE tallygate_month_after(started_at)
      END,
      CASE new_status WHEN 'trialing' THEN started_at + plan.trial_days * 86400000 END,
      started_at)
    ON CONFLICT (organization_id) DO UPDATE SET
      plan_id = excluded.plan_id, status = excluded.status, current_period_start = excluded.current_period_start,
      current_period_end = excluded.current_period_end, trial_ends_at = excluded.trial_ends_at, past_due_since = NULL,
      updated_at = excluded.updated_at;
    IF new_status = 'trialing' THEN
      UPDATE users u SET team_trial_started_at = started_at WHERE u.id = person;
    ELSIF new_status = 'incomplete' THEN
      -- A team that waits for its checkout is nobody's current organization.
      UPDATE users u SET current_organization_id = NULL
      WHERE u.id = person AND u.current_organization_id = organization;
    END IF;
  END IF;

  PERFORM tallygate_open_personal_org(person, false);
  PERFORM tallygate_record(organization, person, 'organization.converted', organization, request);
  RETURN organization;
END
$$;

-- Makes a function of a statement that a worker sends again and again, so that its plan stays with each connection. Its name
-- is the statement's hash: nobody can give a name another meaning. It runs with the rights of whoever calls it.
CREATE OR REPLACE FUNCTION tallygate_keep(statement text, types text, gives_rows bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  name text := 'tallygate_kept_' || left(encode(sha256(convert_to(statement, 'UTF8')), 'hex'), 32);
  signature text := format('public.%I(%s)', name, types);
BEGIN
  IF types !~ '^((text|bigint)(, (text|bigint))*)?$' OR length(statement) > 100000 THEN
    RAISE EXCEPTION 'not_to_be_kept' USING ERRCODE = '22023';
  END IF;
  -- Two workers want to have the same one kept.
  PERFORM pg_advisory_xact_lock(hashtext('tallygate_keep'));
  IF to_regprocedure(signature) IS NOT NULL THEN
    RETURN;
  END IF;
  IF (SELECT count(*) FROM pg_proc WHERE proname >= 'tallygate_kept_' AND proname < 'tallygate_kept`') >= 1000 THEN
    RAISE EXCEPTION 'too_many_kept' USING ERRCODE = '54000';
  END IF;
  EXECUTE format(
    'CREATE FUNCTION %s RETURNS SETOF json LANGUAGE plpgsql AS %L',
    signature,
    CASE gives_rows
      WHEN 1 THEN '#variable_conflict use_column
DECLARE tallygate_row record;
BEGIN
  FOR tallygate_row IN
' || statement || '
  LOOP RETURN NEXT row_to_json(tallygate_row); END LOOP;
END'
      ELSE '#variable_conflict use_column
BEGIN
' || statement || ';
END'
    END);
  EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, anon, authenticated', signature);
  EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tallygate', signature);
END
$$;

-- Functions are open to everybody unless they are closed. What writes is for the functions' role alone.
DO $$
DECLARE
  signature text;
BEGIN
  FOREACH signature IN ARRAY ARRAY[
    'tallygate_caller()', 'tallygate_organizations(boolean)', 'tallygate_now()', 'tallygate_month_after(bigint)',
    'tallygate_new_id()', 'check_username_available(text)', 'check_feature_access(text, text)',
    'tallygate_settle_overrides(bigint)',
    'tallygate_open_request(text, text, text, bigint, bigint, text)',
    'tallygate_open_key_request(text, text, text, bigint, bigint, text)',
    'aggregate_usage(text, bigint, bigint)', 'get_personal_org_id(text)', 'is_personal_org_user(text)',
    'complete_onboarding(text, text)', 'tallygate_record(text, text, text, text, text)',
    'tallygate_open_personal_org(text, boolean)', 'create_personal_org(text)',
    'convert_personal_to_team_org(text, text, text)', 'tallygate_keep(text, text, bigint)'
  ] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC, anon, authenticated', signature);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO tallygate', signature);
  END LOOP;
END
$$;
GRANT EXECUTE ON FUNCTION
  tallygate_caller(), tallygate_organizations(boolean), tallygate_now(), check_username_available(text),
  check_feature_access(text, text), aggregate_usage(text, bigint, bigint), get_personal_org_id(text),
  is_personal_org_user(text)
TO authenticated;

-- A new database has had every migration. (One that has had some of them is brought up by `npm run migrate`.)
WITH had (number, name, hash) AS (VALUES
  (1, 'baseline', '6d9e080ebe4570b4431b3b23df7e207f3d066f74f26f078f0f78cf6dea576945'),
  (2, 'sessions_and_limits', '5919b6052e5fe696ae6e71f87ab5b432c2a8e2e08b460fc92188d63b6dd4d510'),
  (3, 'what_is_left_of_somebody', 'b404469658ef3fbfec7c3ce74e0c7b599ae927e5338d3be8f2edf776beaa9260'),
  (4, 'usage', '20797729f63ebaeec5a1dfe88b82b6e6c78a516f9ba6474ca824f19f498313a0'),
  (5, 'reservations_and_calls', 'c1808d40a4f194562ddc90e88ce4cf49f8d77347c224df501a804ad1ca8dfe9c'),
  (6, 'plan_versions', 'ee07ddb6def9ff40a99d5ee6e699cc130a54b8760742509d1f39b30903200505'),
  (7, 'scheduler', '6bf542c09c9ff2ffc1524ffb08ee42ad7983a557adf5447c9aa8db68c211850a'),
  (8, 'who_told_what', 'f9d0be3b4e06c59b01ad1e6b42d15005b1da921840045192f1fcec6d6714c64e'),
  (9, 'webhooks', 'e14af0295374cb0f283958cef92a694506603a199edfa0c67b96d08df2cc10a2'),
  (10, 'overage', 'f5124fee9832a62a25e67a89ee096878e489c89b4ce4ddcf22ecbdb2690817d8'),
  (11, 'keys_a_day', 'a3b9cb4e76804dd37c1abba4fb4e9989a508067ae48285b5138cd7324405395d'),
  (12, 'events', '1745adcd45ed2e147e9ac13cc59d7bae96d1f893d1474e1f996f2791ba5f13c7'),
  (13, 'sessions_in_plans', '0468e5018dd96b601c99a02d4021dbb78a1a05c78243d8150e674f18483dd11e'),
  (14, 'mails', '91ea35b6e35d575f127e71aa1708f9634d107e3a37c3128c6af18b52f02d8eb6'),
  (15, 'endpoints_take_turns', 'fd494881f367f93ee2c8e90fb8411b3d73657e738824118e1d05af51f662a18c'),
  (16, 'grants_and_former_plans', '8feb6abf97c1908ae32d65e044e8f25d3167cc43b8262cd4ce3bbd02d3e1336d'),
  (17, 'account', '6728184cbacb529fc10c174cd9577c685d2638d57ee9bc2f9180e17bbe8a83b1'),
  (18, 'content', '64f4dfa5fc1723cf7c2bc330aade39d620b18a8fef79182c7118fd5b4408d0ce'),
  (19, 'kept_statements', '4690ba30c919f53af834f703df754ed25dd0b0bf1ad4165783948f52b99ca5cd'),
  (20, 'operator_events', '4eaad773455c34af0012dd39b8b360ef48e8652e12836fcd89d49d73c9e26a37'),
  (21, 'founders_and_keys', '8354ba697e6566492514c1629bebadb967f9efd759165627bcb1aef02a38700d'),
  (22, 'console', 'de56646371402b506d406556c2993126abebc70df628f939a29f3cbb272d9fbb'),
  (23, 'kept_of_a_person', 'e3c258a024a49d7ae84b179c7f0654881ef6259c31c3cadad038ae0d8465909c'),
  (24, 'plan_overrides', 'b5dbe287666772cb7da9cd4a6e89bc8e356781b6928f2ed62199e1cb0e64e4ce'),
  (25, 'figures', 'b2c954a0f01f7d56b794a3656bd5d3f14c956640284da9937d3e17dd58bdfedc'),
  (26, 'move', '1b2bd07fb8180ab89294c9d6cd713fe4280ef5d4e6fd7acc7df9c6e155b59335'),
  (27, 'opened_requests', '18eb00e6f8534fe4bee3ec29474fcc965a8422dce0548d60c6a50295e0f58386'),
  (28, 'moved_organizations_are_read', '88ee80f8d024c9ac2566f21e59cd846fd8137f5766bcbf6100c7a00f13884efa'),
  (29, 'usage_by_person', '68fd8ab8bc76294909d949eb741b418bfbed2791f3720138d857f0de296883b1'),
  (30, 'openings_are_remembered', '4ca76c89715442653afe81ce5e6a5441cef4347830f695045ec8bfc1395d359d'),
  (31, 'changes_are_remembered', '37c98a44c1b533b602a171a1c0b1107d317ef74b2a99a62d85db578bc5e54c03')
)
INSERT INTO schema_migrations (number, name, hash, applied_at)
SELECT had.number, had.name, had.hash, floor(extract(epoch FROM now()) * 1000)::bigint
FROM had
WHERE NOT EXISTS (SELECT 1 FROM schema_migrations);

RESET client_min_messages;
