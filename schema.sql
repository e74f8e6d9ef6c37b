-- Tallygate's tables on D1 (SQLite). `schema.postgres.sql` holds the same for Postgres.
--
-- Conventions: times are integer milliseconds since the epoch, money is integer cents, flags are 0/1, documents are JSON
-- text, -1 is unlimited. A column `request_id` names the request that last changed the row: within one batch, what
-- follows a decision hangs on the row that carries the request's own id.
--
-- A row written costs a thousand times a row read and every index touched is a row written. Tables are therefore
-- clustered by the key they are read by (WITHOUT ROWID), and each further index says what it is for.
-- Every statement may be run again: creating what exists is no error.

-- Which migrations the database has had (`migrations/`, `npm run migrate`). A database that is made from this file has had
-- all of them.
CREATE TABLE IF NOT EXISTS schema_migrations (
  number     INTEGER NOT NULL PRIMARY KEY,
  name       TEXT    NOT NULL,
  -- SHA-256 of the migration's file, hexadecimal.
  hash       TEXT    NOT NULL,
  applied_at INTEGER NOT NULL
);

-- What holds for the whole catalog: one row, loaded with the plans.
CREATE TABLE IF NOT EXISTS catalog_settings (
  id                   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  name                 TEXT    NOT NULL,
  -- ISO 4217 in lower case, as Stripe writes it.
  currency             TEXT    NOT NULL,
  -- Whether admins may act in billing; owners always may.
  admins_may_bill      INTEGER NOT NULL CHECK (admins_may_bill IN (0, 1)),
  -- A downgrade below the seats in use is refused, or kept as pending with a warning.
  downgrade_over_seats TEXT    NOT NULL CHECK (downgrade_over_seats IN ('refuse', 'warn')),
  -- 1: what costs money or adds people needs the id and the secret of a live session; 0: a session is looked at where it is sent.
  sessions_enforced    INTEGER NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1)),
  -- What one customer may fill the house with.
  most_live_sessions   INTEGER NOT NULL DEFAULT 50 CHECK (most_live_sessions >= 1),
  most_founded_teams   INTEGER NOT NULL DEFAULT 20 CHECK (most_founded_teams >= 1),
  most_pending_invitations INTEGER NOT NULL DEFAULT 500 CHECK (most_pending_invitations >= 1),
  most_invitations_a_day INTEGER NOT NULL DEFAULT 200 CHECK (most_invitations_a_day >= 1),
  most_invitations_to_address_a_day INTEGER NOT NULL DEFAULT 5 CHECK (most_invitations_to_address_a_day >= 1),
  most_refused_keys_a_day INTEGER NOT NULL DEFAULT 1000 CHECK (most_refused_keys_a_day >= 1),
  most_keys_a_day INTEGER NOT NULL DEFAULT 1000000 CHECK (most_keys_a_day >= 1),
  most_open_reservations INTEGER NOT NULL DEFAULT 1000 CHECK (most_open_reservations >= 1),
  -- How often a catalog was pushed: a push that was decided on an older one fails.
  revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
  -- How mails look and speak.
  language TEXT NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'de')),
  color TEXT,
  logo_url TEXT,
  support_email TEXT,
  -- What people prefer who have not said so, where it is something else than everywhere: JSON by the names of preferences.
  preferences TEXT NOT NULL DEFAULT '{}'
);

-- Plans and features: loaded from a catalog by `npm run catalog`, read by every request.
CREATE TABLE IF NOT EXISTS plans (
  id                  TEXT    NOT NULL PRIMARY KEY,
  name                TEXT    NOT NULL,
  audience            TEXT    NOT NULL CHECK (audience IN ('individual', 'team', 'any')),
  position            INTEGER NOT NULL,
  -- NULL: not sold by itself (contact sales, or the operator has set no price yet).
  price_month_cents   INTEGER CHECK (price_month_cents >= 0),
  price_year_cents    INTEGER CHECK (price_year_cents >= 0),
  seats               INTEGER NOT NULL CHECK (seats = -1 OR seats >= 1),
  concurrent_sessions INTEGER NOT NULL CHECK (concurrent_sessions = -1 OR concurrent_sessions >= 1),
  -- The audience whose new organizations start on this plan.
  starts              TEXT    CHECK (starts IN ('individual', 'team', 'any')),
  -- The audience that falls to this plan when a trial or a subscription has ended; without one it may only read.
  fallback            TEXT    CHECK (fallback IN ('individual', 'team', 'any')),
  trial_days          INTEGER NOT NULL DEFAULT 0 CHECK (trial_days BETWEEN 0 AND 365),
  grace_days          INTEGER NOT NULL DEFAULT 0 CHECK (grace_days BETWEEN 0 AND 90),
  sales_contact       TEXT,
  -- How long raw events are kept, in days; -1 for ever, NULL as long as the operator keeps them.
  retention_days      INTEGER CHECK (retention_days = -1 OR retention_days >= 1),
  -- A plan that left the catalog, or has a later version, keeps its row while organizations are on it, and is no longer
  -- offered.
  retired             INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1)),
  -- The catalog's own `sessions_enforced`.
  sessions_enforced   INTEGER NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS plan_features (
  plan_id     TEXT    NOT NULL REFERENCES plans (id),
  feature     TEXT    NOT NULL,
  kind        TEXT    NOT NULL CHECK (kind IN ('flag', 'config', 'meter')),
  -- A flag's 0/1 or a config's JSON; NULL for a meter.
  value       TEXT,
  limit_value INTEGER CHECK (limit_value >= -1),
  reset       TEXT    CHECK (reset IN ('calendar_month', 'billing_period', 'once', 'gauge')),
  -- How many of what is counted make the unit that is limited and priced: 60 for seconds by the minute.
  unit_size INTEGER NOT NULL DEFAULT 1 CHECK (unit_size >= 1),
  -- 1: counts people, each once a period.
  is_distinct INTEGER NOT NULL DEFAULT 0 CHECK (is_distinct IN (0, 1)),
  -- What a unit beyond the limit costs, in millionths of the currency; NULL: nothing goes on beyond it.
  unit_price_micros INTEGER CHECK (unit_price_micros >= 1),
  -- The most that a period's overage costs; at it there is no more, or (stops_at_cap 0) it costs no more.
  cap_cents INTEGER CHECK (cap_cents >= 1),
  stops_at_cap INTEGER NOT NULL DEFAULT 1 CHECK (stops_at_cap IN (0, 1)),
  -- 1: the product goes on where the database cannot be asked.
  allows_on_outage INTEGER NOT NULL DEFAULT 0 CHECK (allows_on_outage IN (0, 1)),
  PRIMARY KEY (plan_id, feature),
  CHECK ((kind = 'meter') = (limit_value IS NOT NULL AND reset IS NOT NULL)),
  CHECK ((kind = 'meter') = (value IS NULL)),
  CHECK (kind = 'meter' OR (limit_value IS NULL AND reset IS NULL))
) WITHOUT ROWID;

-- What Stripe sells a plan by. A price that is no longer offered keeps its row while somebody may still pay it.
CREATE TABLE IF NOT EXISTS plan_prices (
  stripe_price_id TEXT    NOT NULL PRIMARY KEY,
  plan_id         TEXT    NOT NULL REFERENCES plans (id),
  billing_interval TEXT   NOT NULL CHECK (billing_interval IN ('month', 'year')),
  offered         INTEGER NOT NULL CHECK (offered IN (0, 1))
) WITHOUT ROWID;
-- One offered price a plan and interval.
CREATE UNIQUE INDEX IF NOT EXISTS plan_prices_offered ON plan_prices (plan_id, billing_interval) WHERE offered = 1;

-- What is counted, and against which meter: `rate_sheet` counts against `uploads`.
CREATE TABLE IF NOT EXISTS event_types (
  event_type TEXT NOT NULL PRIMARY KEY,
  feature    TEXT NOT NULL,
  -- How much one of it counts.
  weight     INTEGER NOT NULL DEFAULT 1 CHECK (weight >= 1),
  -- Calls of it last so long at most; NULL: it is no call.
  longest_call_seconds INTEGER CHECK (longest_call_seconds >= 1)
) WITHOUT ROWID;

-- When the product is told how much of a meter is used.
CREATE TABLE IF NOT EXISTS plan_alerts (
  plan_id TEXT    NOT NULL REFERENCES plans (id),
  feature TEXT    NOT NULL,
  name    TEXT    NOT NULL,
  percent INTEGER NOT NULL CHECK (percent BETWEEN 1 AND 1000),
  PRIMARY KEY (plan_id, feature, name)
) WITHOUT ROWID;

-- Content that plans open: a module, a sound package.
CREATE TABLE IF NOT EXISTS packages (
  id              TEXT    NOT NULL PRIMARY KEY,
  name            TEXT    NOT NULL,
  category        TEXT    NOT NULL,
  -- The first plan that opens it, and every later one does; NULL: any.
  minimum_plan_id TEXT    REFERENCES plans (id),
  -- 1: nobody has it without a plan that runs.
  requires_subscription INTEGER NOT NULL CHECK (requires_subscription IN (0, 1)),
  position        INTEGER NOT NULL,
  retired         INTEGER NOT NULL DEFAULT 0 CHECK (retired IN (0, 1))
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS users (
  -- The auth provider's subject.
  id                      TEXT    NOT NULL PRIMARY KEY,
  -- Lower case; NULL while no address is known.
  email                   TEXT,
  email_verified          INTEGER NOT NULL DEFAULT 0 CHECK (email_verified IN (0, 1)),
  -- When the provider said so: what is older never overwrites what is newer. 0 while only a token said so that did not
  -- vouch for it.
  email_updated_at        INTEGER NOT NULL,
  -- When the provider last said whose the address is; 0 while that was only concluded (`auth`).
  email_said_at           INTEGER NOT NULL DEFAULT 0,
  -- While the provider denies the address: the newest conclusion, which counts again if the denial is lifted by an older
  -- word (`auth`). An address here is nobody's.
  concluded_email         TEXT,
  concluded_verified      INTEGER CHECK (concluded_verified IN (0, 1)),
  concluded_at            INTEGER,
  name                    TEXT    NOT NULL,
  -- When the provider said so; 0 while only tokens did, which often have no name.
  profile_updated_at      INTEGER NOT NULL DEFAULT 0,
  -- Chosen during onboarding; unique whatever its case.
  username                TEXT    CHECK (length(username) BETWEEN 3 AND 30 AND username NOT GLOB '*[^A-Za-z0-9_]*'),
  account_type            TEXT    NOT NULL DEFAULT 'user' CHECK (account_type IN ('super_admin', 'admin', 'user')),
  current_organization_id TEXT    REFERENCES organizations (id) DEFERRABLE INITIALLY DEFERRED,
  -- The free team trial is given once to the user who founds a team, whoever owns it later.
  team_trial_started_at   INTEGER,
  onboarding_completed_at INTEGER,
  banned_at               INTEGER,
  -- Who banned: what the provider did, the provider lifts; what the operator did, the operator alone.
  banned_by               TEXT    CHECK (banned_by IN ('provider', 'operator')),
  deleted_at              INTEGER,
  created_at              INTEGER NOT NULL,
  request_id              TEXT    NOT NULL,
  -- The newest that have set something of the person's, the newest first: one whose answer was lost may be sent again after others.
  recent_requests         TEXT    NOT NULL DEFAULT '',
  CHECK (email_verified = 0 OR email IS NOT NULL),
  CHECK (onboarding_completed_at IS NULL OR username IS NOT NULL),
  CHECK (banned_by IS NULL OR banned_at IS NOT NULL)
) WITHOUT ROWID;
-- "Is the invited address a member already?" in the time of one look-up, however many users there are.
CREATE INDEX IF NOT EXISTS users_by_email ON users (email) WHERE email IS NOT NULL;
-- Two users never share a username. A user without one is not in it: signing up writes no further row.
CREATE UNIQUE INDEX IF NOT EXISTS users_username ON users (lower(username)) WHERE username IS NOT NULL;
-- Found by the beginning of their name (`console`).
CREATE INDEX IF NOT EXISTS users_by_name ON users (lower(name), id);
-- The operator's staff: a user who is not of it is not in it.
CREATE INDEX IF NOT EXISTS users_of_staff ON users (account_type) WHERE account_type <> 'user';

-- What people say of themselves, and what they have answered on the way in (`account`).
CREATE TABLE IF NOT EXISTS user_profiles (
  user_id                   TEXT    NOT NULL PRIMARY KEY REFERENCES users (id),
  full_name                 TEXT,
  display_name              TEXT,
  avatar_url                TEXT,
  personal_title            TEXT,
  first_name                TEXT,
  middle_name               TEXT,
  last_name                 TEXT,
  -- A number's two parts, as E.164 has them: `+49` and the digits behind it.
  phone_country_code        TEXT,
  phone_number              TEXT,
  personal_apt_suite        TEXT,
  personal_street_address_1 TEXT,
  personal_street_address_2 TEXT,
  personal_city             TEXT,
  personal_state            TEXT,
  personal_postal_code      TEXT,
  -- ISO 3166-1, two capital letters.
  personal_country          TEXT,
  bio                       TEXT,
  -- Lists of typed entries, as JSON.
  education                 TEXT,
  work_experience           TEXT,
  business_position         TEXT,
  business_company          TEXT,
  company_website           TEXT,
  business_apt_suite        TEXT,
  business_street_address_1 TEXT,
  business_street_address_2 TEXT,
  business_city             TEXT,
  business_state            TEXT,
  business_postal_code      TEXT,
  business_country          TEXT,
  -- JSON.
  billing_address           TEXT,
  -- As IANA names it.
  time_zone                 TEXT,
  -- BCP 47.
  language                  TEXT,
  created_at                INTEGER NOT NULL,
  -- Grows with each change, also within one millisecond: a change may be made on the condition that it is still the same.
  updated_at                INTEGER NOT NULL,
  request_id                TEXT    NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS onboarding_steps (
  user_id    TEXT    NOT NULL REFERENCES users (id),
  -- The product's own name of it.
  step       TEXT    NOT NULL,
  -- JSON, the product's own.
  answers    TEXT,
  saved_at   INTEGER NOT NULL,
  request_id TEXT    NOT NULL,
  PRIMARY KEY (user_id, step)
) WITHOUT ROWID;

-- What people do with the product's content (`account`): packages that they have opened or were granted, what they prefer, and
-- their sessions with it.
CREATE TABLE IF NOT EXISTS user_packages (
  user_id        TEXT    NOT NULL REFERENCES users (id),
  package_id     TEXT    NOT NULL REFERENCES packages (id),
  -- A grant of the operator's, which opens the package whatever the plan: until when, and how often; NULL without end.
  granted_at     INTEGER,
  granted_by     TEXT,
  grant_ends_at  INTEGER,
  grant_uses     INTEGER CHECK (grant_uses >= 1),
  -- How often it was opened, and how often of these by the grant alone.
  uses           INTEGER NOT NULL DEFAULT 0 CHECK (uses >= 0),
  granted_uses   INTEGER NOT NULL DEFAULT 0 CHECK (granted_uses >= 0),
  last_opened_at INTEGER,
  request_id     TEXT    NOT NULL,
  -- The newest that have counted a use, the newest first: one whose answer was lost may be sent again after others.
  recent_requests TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (user_id, package_id),
  CHECK (granted_at IS NOT NULL OR grant_ends_at IS NULL AND grant_uses IS NULL AND granted_by IS NULL)
) WITHOUT ROWID;

-- What somebody prefers, where it is not what everybody does: a row for each that they have set.
CREATE TABLE IF NOT EXISTS user_preferences (
  user_id    TEXT    NOT NULL REFERENCES users (id),
  -- A group and a name within it: `audio.volume`.
  name       TEXT    NOT NULL,
  -- JSON.
  value      TEXT    NOT NULL,
  updated_at INTEGER NOT NULL,
  request_id TEXT    NOT NULL,
  PRIMARY KEY (user_id, name)
) WITHOUT ROWID;

-- One session with the product's content; ids grow with time, or are made of the caller's idempotency key.
CREATE TABLE IF NOT EXISTS user_analytics_sessions (
  user_id       TEXT    NOT NULL REFERENCES users (id),
  id            TEXT    NOT NULL,
  -- A day (UTC, its first millisecond).
  day           INTEGER NOT NULL,
  seconds       INTEGER NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item          TEXT,
  completed     INTEGER NOT NULL CHECK (completed IN (0, 1)),
  stress_before INTEGER CHECK (stress_before BETWEEN 1 AND 10),
  stress_after  INTEGER CHECK (stress_after BETWEEN 1 AND 10),
  mood          INTEGER CHECK (mood BETWEEN -10 AND 10),
  occurred_at   INTEGER NOT NULL,
  request_id    TEXT    NOT NULL,
  PRIMARY KEY (user_id, id)
) WITHOUT ROWID;
-- A person's days, weeks and months.
CREATE INDEX IF NOT EXISTS user_analytics_sessions_by_day ON user_analytics_sessions (user_id, day);

-- What the sessions of a day come to: written with each of them (`analytics_day_is_kept`).
CREATE TABLE IF NOT EXISTS user_analytics_days (
  user_id        TEXT    NOT NULL REFERENCES users (id),
  -- A day (UTC, its first millisecond).
  day            INTEGER NOT NULL,
  sessions       INTEGER NOT NULL CHECK (sessions >= 1),
  seconds        INTEGER NOT NULL CHECK (seconds >= 0),
  completed      INTEGER NOT NULL CHECK (completed BETWEEN 0 AND sessions),
  -- The different items, each between two blanks, and how many they are.
  items          TEXT    NOT NULL,
  distinct_items INTEGER NOT NULL CHECK (distinct_items >= 0),
  -- Sums, and of how many sessions: not all of them tell.
  stress_before  INTEGER NOT NULL,
  told_before    INTEGER NOT NULL CHECK (told_before >= 0),
  stress_after   INTEGER NOT NULL,
  told_after     INTEGER NOT NULL CHECK (told_after >= 0),
  mood           INTEGER NOT NULL,
  told_mood      INTEGER NOT NULL CHECK (told_mood >= 0),
  PRIMARY KEY (user_id, day)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS organizations (
  id               TEXT    NOT NULL PRIMARY KEY,
  kind             TEXT    NOT NULL CHECK (kind IN ('personal', 'team')),
  org_type         TEXT    NOT NULL CHECK (org_type IN ('personal', 'business', 'family', 'education', 'other')),
  name             TEXT    NOT NULL,
  slug             TEXT    NOT NULL,
  billing_email    TEXT,
  -- The auth provider's id of the same organization (Clerk's `org_…`), where there is one.
  external_id      TEXT,
  -- Whose personal organization it is; NULL for a team.
  personal_user_id TEXT    REFERENCES users (id),
  founded_by       TEXT    NOT NULL REFERENCES users (id),
  archived_at      INTEGER,
  -- Whose leaving archived it: their last look back at what is still being paid for.
  archived_by      TEXT    REFERENCES users (id),
  created_at       INTEGER NOT NULL,
  -- How many refusals under an idempotency key are remembered of a day (UTC, its first millisecond).
  refused_keys_day INTEGER,
  refused_keys     INTEGER NOT NULL DEFAULT 0 CHECK (refused_keys >= 0),
  -- What its owners and admins say of it.
  description      TEXT,
  avatar_url       TEXT,
  -- JSON, the product's own.
  settings         TEXT,
  CHECK ((kind = 'personal') = (personal_user_id IS NOT NULL)),
  CHECK ((kind = 'personal') = (org_type = 'personal'))
) WITHOUT ROWID;
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
-- Teams by the beginning of their name (`console`); a personal organization is found by its person.
CREATE INDEX IF NOT EXISTS organizations_by_name ON organizations (lower(name), id) WHERE kind = 'team';

CREATE TABLE IF NOT EXISTS organization_members (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  user_id         TEXT    NOT NULL REFERENCES users (id),
  role            TEXT    NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  joined_at       INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, user_id)
) WITHOUT ROWID;
-- The organizations of a user: the switcher, and the clean-up when an account is deleted.
CREATE INDEX IF NOT EXISTS organization_members_by_user ON organization_members (user_id);

-- Organizations that somebody was in and is no more: what is kept of them there is theirs to be shown (`account`, `export`).
CREATE TABLE IF NOT EXISTS former_members (
  user_id         TEXT NOT NULL REFERENCES users (id),
  organization_id TEXT NOT NULL REFERENCES organizations (id),
  PRIMARY KEY (user_id, organization_id)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS org_subscriptions (
  organization_id      TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  plan_id              TEXT    NOT NULL REFERENCES plans (id),
  status               TEXT    NOT NULL CHECK (status IN
    ('incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'canceled', 'paused')),
  current_period_start INTEGER NOT NULL,
  current_period_end   INTEGER NOT NULL,
  trial_ends_at        INTEGER,
  past_due_since       INTEGER,
  billing_interval     TEXT    NOT NULL DEFAULT 'month' CHECK (billing_interval IN ('month', 'year')),
  -- The subscription at Stripe that this row follows; NULL while nothing was ever paid through Stripe.
  stripe_subscription_id TEXT,
  -- When it ends, where it was cancelled and not yet over.
  cancel_at            INTEGER,
  -- A change that waits for the end of the period.
  pending_plan_id      TEXT    REFERENCES plans (id),
  pending_interval     TEXT    CHECK (pending_interval IN ('month', 'year')),
  pending_at           INTEGER,
  updated_at           INTEGER NOT NULL,
  -- The request that last changed it, where one did.
  request_id           TEXT,
  -- The plan that Stripe's price is of, where an operator has moved the organization to another: for as long as it pays that
  -- price, the plan that it was moved to is its plan.
  moved_from_plan_id TEXT REFERENCES plans (id),
  -- The end of a trial that was told of as over.
  trial_told_end INTEGER,
  -- What `plan_overrides` gives at this moment in place of the plan, and when that is to be looked at again.
  override_plan_id TEXT REFERENCES plans (id),
  override_seats INTEGER,
  override_sessions INTEGER,
  override_ends_at INTEGER,
  CHECK ((pending_plan_id IS NULL) = (pending_interval IS NULL) AND (pending_plan_id IS NULL) = (pending_at IS NULL)),
  CHECK (current_period_end > current_period_start),
  CHECK (status <> 'trialing' OR trial_ends_at IS NOT NULL),
  CHECK (status <> 'past_due' OR past_due_since IS NOT NULL)
) WITHOUT ROWID;
-- How many a change of a plan meets (`console`).
CREATE INDEX IF NOT EXISTS org_subscriptions_by_plan ON org_subscriptions (plan_id);
-- Whose overrides are to be looked at again: an organization without one is not in it.
CREATE INDEX IF NOT EXISTS org_subscriptions_overridden ON org_subscriptions (override_ends_at) WHERE override_ends_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS organization_invitations (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  -- Lower case.
  email           TEXT    NOT NULL,
  role            TEXT    NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- SHA-256 of the token, hexadecimal; the token itself is shown once and never stored.
  token_hash      TEXT    NOT NULL CHECK (length(token_hash) = 64),
  status          TEXT    NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'revoked', 'expired')),
  invited_by      TEXT    NOT NULL REFERENCES users (id),
  created_at      INTEGER NOT NULL,
  expires_at      INTEGER NOT NULL,
  resolved_at     INTEGER,
  request_id      TEXT    NOT NULL,
  -- How often it was sent again, and on which day (UTC, its first millisecond).
  resends         INTEGER NOT NULL DEFAULT 0 CHECK (resends >= 0),
  resends_day     INTEGER,
  -- The end that was told of as passed: sent again, it has another one.
  told_end        INTEGER,
  -- Who accepted or declined it: the address may be none of theirs any more when their account is deleted.
  answered_by     TEXT REFERENCES users (id),
  -- Whose address it was, where they have another one since: they are to be forgotten with it.
  formerly_of TEXT REFERENCES users (id),
  PRIMARY KEY (organization_id, id),
  CHECK ((status = 'pending') = (resolved_at IS NULL))
) WITHOUT ROWID;
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
  user_id           TEXT    NOT NULL REFERENCES users (id),
  -- The client's own id for the browser: unique per user, so that another user's id is simply unknown.
  id                TEXT    NOT NULL,
  user_agent        TEXT,
  browser_info      TEXT,
  ip_address        TEXT,
  created_at        INTEGER NOT NULL,
  last_heartbeat_at INTEGER NOT NULL,
  ended_at          INTEGER,
  end_reason        TEXT    CHECK (end_reason IN ('terminated', 'signed_in_elsewhere')),
  request_id        TEXT   NOT NULL,
  -- The provider's own session that the token named: the same id under another one is another browser.
  provider_session  TEXT,
  -- SHA-256 of the session's secret, hexadecimal; the secret itself is shown once and never stored.
  secret_hash       TEXT,
  PRIMARY KEY (user_id, id),
  CHECK ((ended_at IS NULL) = (end_reason IS NULL))
) WITHOUT ROWID;

-- The ledger of what was used, with the answer that was given, so that a repeated request gets the same one.
CREATE TABLE IF NOT EXISTS usage_events (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- 'key:' and the caller's idempotency key, or an id of our own.
  id              TEXT    NOT NULL,
  -- NULL: a service key asked, and of nobody in particular.
  user_id         TEXT    REFERENCES users (id),
  feature         TEXT    NOT NULL,
  event_type      TEXT    NOT NULL,
  quantity        INTEGER NOT NULL CHECK (quantity >= 0),
  -- 1: counted. 0: refused at the limit, kept only under an idempotency key so that the refusal can be repeated.
  accepted        INTEGER NOT NULL CHECK (accepted IN (0, 1)),
  plan_id         TEXT    NOT NULL,
  limit_value     INTEGER NOT NULL,
  period_start    INTEGER NOT NULL,
  -- NULL: the meter never resets.
  period_end      INTEGER,
  -- The totals after this event, or at the refusal.
  period_total    INTEGER NOT NULL,
  lifetime_total  INTEGER NOT NULL,
  -- SHA-256 of what was asked: the same key with another request is a mistake to be told.
  request_hash    TEXT    NOT NULL,
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  -- The service key that asked, where no person did.
  key_id TEXT,
  -- Of whom it is, where that was told: the product's own id of a person.
  subject TEXT,
  kind TEXT    NOT NULL DEFAULT 'track' CHECK (kind IN ('track', 'set', 'release')),
  -- What it did to the meter; NULL in rows of versions before: the quantity.
  counted INTEGER,
  -- What it cost beyond the limit, and the period's overage after it.
  cost_cents INTEGER NOT NULL DEFAULT 0,
  overage_cents INTEGER NOT NULL DEFAULT 0,
  -- Which change of the counter it is: a change is made once, however often it is sent.
  change_number INTEGER,
  -- The product's own, as JSON.
  attributes TEXT,
  -- When it happened, where that was told; else when it was written.
  occurred_at INTEGER,
  -- When it was written, of events under a key, whose ids are not in the order of time: each later than the one before it.
  keyed_at INTEGER,
  -- Which one of its day (UTC) it is of those.
  key_of_day INTEGER,
  -- What it did to a reservation, of what it says `reserved_quantity` (in what is counted): made it, used it or gave it back.
  reservation_step TEXT CHECK (reservation_step IN ('reserve', 'confirm', 'release')),
  -- The reservation or the call that it belongs to.
  reservation_id TEXT,
  reserved_quantity INTEGER,
  -- What all reservations of the meter held after it.
  reserved_total INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, id),
  CHECK (user_id IS NOT NULL OR key_id IS NOT NULL)
) WITHOUT ROWID;

-- The ledger in the order of time, of events under a key (ids of our own are in that order by themselves).
CREATE INDEX IF NOT EXISTS usage_events_keyed ON usage_events (organization_id, keyed_at) WHERE keyed_at IS NOT NULL;

-- The running totals of the ledger, by the period; period 0 is of a meter that never resets (versions before also kept the
-- lifetime's total of others there).
CREATE TABLE IF NOT EXISTS usage_counters (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  quantity        INTEGER NOT NULL CHECK (quantity >= 0),
  -- What the period costs beyond the limit so far.
  overage_cents   INTEGER NOT NULL DEFAULT 0,
  -- How many changes were made to it: see `usage_events.change_number`.
  changes         INTEGER NOT NULL DEFAULT 0,
  -- When its period ends, and the plan it was last counted on; NULL where no version since has counted.
  period_end INTEGER,
  plan_id TEXT,
  -- The limit that it was last counted against, with what was granted.
  limit_value INTEGER,
  PRIMARY KEY (organization_id, feature, period_start)
) WITHOUT ROWID;

-- What an organization was told of a meter's use: each once a period.
CREATE TABLE IF NOT EXISTS usage_alerts (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  -- `80_percent`, `100_percent`, others of the catalog's; `overage`, `upgrade_prompt`.
  name            TEXT    NOT NULL,
  -- In units, at that moment.
  used            INTEGER NOT NULL,
  limit_value     INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  acknowledged_at INTEGER,
  acknowledged_by TEXT,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, name),
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
) WITHOUT ROWID;

-- Whom a distinct meter has counted: each once a period.
CREATE TABLE IF NOT EXISTS usage_people (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  subject         TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, subject)
) WITHOUT ROWID;

-- Room that is held for work that goes on. What was settled holds none, nor does what has expired, without anybody's doing.
CREATE TABLE IF NOT EXISTS usage_reservations (
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
  -- The plan that it was made on; NULL in rows of versions before.
  plan_id TEXT,
  PRIMARY KEY (organization_id, id),
  CHECK ((settled_at IS NULL) = (settled_as IS NULL))
) WITHOUT ROWID;

-- What holds room is added up by every request that wants some: the sum is read here, without the rows.
CREATE INDEX IF NOT EXISTS usage_reservations_open ON usage_reservations (organization_id, feature, expires_at, quantity)
  WHERE settled_at IS NULL;

-- The plans that an organization was on: what is told late of a period that is over meets the one that it ended with.
CREATE TABLE IF NOT EXISTS former_plans (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- From then on it was on another one.
  ended_at        INTEGER NOT NULL,
  plan_id         TEXT    NOT NULL,
  PRIMARY KEY (organization_id, ended_at)
) WITHOUT ROWID;

-- More of a meter than the plan gives: while a grant holds, the meter's limit is higher by it.
CREATE TABLE IF NOT EXISTS usage_grants (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  feature         TEXT    NOT NULL,
  -- In units, as the limit.
  quantity        INTEGER NOT NULL CHECK (quantity BETWEEN 1 AND 1000000000),
  -- For people.
  reason          TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  -- From then on it holds no more; 2^53 - 1: never.
  ends_at         INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id),
  CHECK (starts_at < ends_at)
) WITHOUT ROWID;
-- What holds is added up by every request that meets a limit: the sum is read here, without the rows.
CREATE INDEX IF NOT EXISTS usage_grants_holding ON usage_grants (organization_id, ends_at, feature, starts_at, quantity);

-- What the operator has given an organization in place of what its plan says, until an end (`console`): the entitlements of another
-- plan, or another limit. Of two of a kind the one before ends where the next one begins.
CREATE TABLE IF NOT EXISTS plan_overrides (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('plan', 'limit')),
  -- Of a limit: a meter, `seats` or `concurrent_sessions`; else empty.
  feature         TEXT    NOT NULL,
  -- From then on it holds no more.
  ends_at         INTEGER NOT NULL,
  -- The act's.
  id              TEXT    NOT NULL,
  plan_id         TEXT    REFERENCES plans (id),
  -- Of a meter in units; -1 is unlimited.
  limit_value     INTEGER CHECK (limit_value >= -1),
  -- For people.
  reason          TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, kind, feature, ends_at, id),
  CHECK ((kind = 'plan') = (plan_id IS NOT NULL) AND (kind = 'plan') = (limit_value IS NULL) AND (kind = 'plan') = (feature = '')),
  CHECK (limit_value <> 0 OR feature NOT IN ('seats', 'concurrent_sessions')),
  CHECK (starts_at <= ends_at)
) WITHOUT ROWID;

-- Calls: each holds room while it lasts, and is counted when it ends.
CREATE TABLE IF NOT EXISTS call_logs (
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

-- What the scheduler does by itself: one row a job, which is also its lease.
CREATE TABLE IF NOT EXISTS scheduled_jobs (
  job           TEXT    NOT NULL PRIMARY KEY,
  -- The run that has it, until when: a run that died holds nobody up for longer.
  holder        TEXT    NOT NULL,
  leased_until  INTEGER NOT NULL,
  -- Behind which row the next page begins, by its key; '' where it has one part or none.
  after_first   TEXT    NOT NULL DEFAULT '',
  after_second  TEXT    NOT NULL DEFAULT '',
  -- 1: the next tick goes on with it, whatever its rhythm.
  is_unfinished INTEGER NOT NULL DEFAULT 1 CHECK (is_unfinished IN (0, 1)),
  started_at    INTEGER NOT NULL,
  -- When it was last through.
  finished_at   INTEGER,
  -- How many rows the run has changed, and which step of it counted last.
  changed       INTEGER NOT NULL DEFAULT 0,
  counted_by    TEXT    NOT NULL DEFAULT '',
  -- Why the last run stopped, where it failed.
  failure       TEXT
) WITHOUT ROWID;

-- How much of the ledger an organization's roll-ups hold: events with ids of our own up to one, those under keys up to a moment.
CREATE TABLE IF NOT EXISTS usage_rollups (
  organization_id TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- The span that was rolled up last, without its first and with its last.
  own_from        TEXT    NOT NULL,
  own_to          TEXT    NOT NULL,
  keyed_from      INTEGER NOT NULL,
  keyed_to        INTEGER NOT NULL,
  -- All that was written before is in; 0 while the first round is not through.
  rolled_up_to    INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  -- The same of the sums by person, which go on behind these: the span that was added last, and the step that did it.
  people_from TEXT NOT NULL DEFAULT '',
  people_to TEXT NOT NULL DEFAULT '',
  people_keyed_from INTEGER NOT NULL DEFAULT 0,
  people_keyed_to INTEGER NOT NULL DEFAULT 0,
  people_request_id TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- The ledger's sums by day and by month (UTC), of when things happened.
CREATE TABLE IF NOT EXISTS usage_aggregations (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  span            TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  feature         TEXT    NOT NULL,
  starts_at       INTEGER NOT NULL,
  events          INTEGER NOT NULL,
  -- What they did to the meter.
  quantity        INTEGER NOT NULL,
  -- How many had an attribute `score`, and the sum of these in thousandths.
  scored          INTEGER NOT NULL,
  score_sum       INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, span, feature, starts_at)
) WITHOUT ROWID;

-- What each user has counted of a meter in a period, as far as the ledger is added up by person (`usage_rollups.people_to`).
CREATE TABLE IF NOT EXISTS usage_by_person (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  feature         TEXT    NOT NULL,
  period_start    INTEGER NOT NULL,
  user_id         TEXT    NOT NULL REFERENCES users (id),
  -- What their events did to the meter: less than nothing of a gauge, where they took off what others had added.
  quantity        INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, feature, period_start, user_id)
) WITHOUT ROWID;

-- What each meter of a period came to when it was over: the billing history, and what is put on invoices.
CREATE TABLE IF NOT EXISTS usage_summaries (
  organization_id        TEXT    NOT NULL REFERENCES organizations (id),
  period_start           INTEGER NOT NULL,
  feature                TEXT    NOT NULL,
  -- 0: what the period came to when it was closed. Above: what was counted in it afterwards, each time a further one.
  correction             INTEGER NOT NULL DEFAULT 0 CHECK (correction >= 0),
  -- When it was over: at its end, or where another period began before that.
  period_end             INTEGER NOT NULL,
  plan_id                TEXT    NOT NULL,
  -- In what is counted; in units that were begun; and those of them beyond the plan's limit, where it has a price for these.
  quantity               INTEGER NOT NULL,
  units                  INTEGER NOT NULL,
  overage_units          INTEGER NOT NULL,
  overage_cents          INTEGER NOT NULL CHECK (overage_cents >= 0),
  currency               TEXT    NOT NULL,
  -- `nothing`: it costs nothing. `not_billed`: it was counted before overage was put on invoices. `closed`: to be judged;
  -- `carried`: to be judged again with what comes; `billing`: Stripe is asked; `billed`: it is an item at Stripe.
  state                  TEXT    NOT NULL CHECK (state IN ('nothing', 'not_billed', 'closed', 'carried', 'billing', 'billed')),
  -- Why it is carried.
  reason                 TEXT    CHECK (reason IN ('below_minimum', 'no_customer')),
  -- 1: something is to be done with it yet, or its invoice is not known.
  is_open                INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  -- How often Stripe was asked, which step asked last, when it may be asked again, and what it said where it would not.
  attempts               INTEGER NOT NULL DEFAULT 0,
  attempted_by           TEXT   ,
  retry_at               INTEGER NOT NULL DEFAULT 0,
  failure                TEXT   ,
  stripe_customer_id     TEXT   ,
  stripe_invoice_item_id TEXT   ,
  -- NULL: the item waits for an invoice.
  stripe_invoice_id      TEXT   ,
  closed_at              INTEGER NOT NULL,
  billed_at              INTEGER,
  -- When it was seen that somebody had deleted its item at Stripe: nothing is charged for it.
  withdrawn_at           INTEGER,
  request_id             TEXT    NOT NULL,
  PRIMARY KEY (organization_id, period_start, feature, correction),
  CHECK ((state = 'billed') = (billed_at IS NOT NULL)),
  CHECK ((state = 'billed') = (stripe_invoice_item_id IS NOT NULL)),
  CHECK ((state = 'carried') = (reason IS NOT NULL))
) WITHOUT ROWID;
-- What is to be done yet.
CREATE INDEX IF NOT EXISTS usage_summaries_open ON usage_summaries (organization_id) WHERE is_open = 1;

-- Which trials were warned of, and how many days before their end.
CREATE TABLE IF NOT EXISTS trial_warnings (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  trial_ends_at   INTEGER NOT NULL,
  days            INTEGER NOT NULL CHECK (days IN (1, 3)),
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  PRIMARY KEY (organization_id, trial_ends_at, days)
) WITHOUT ROWID;

-- What a product's own servers ask with, in place of a person's token (`npm run key`).
CREATE TABLE IF NOT EXISTS service_keys (
  id              TEXT    NOT NULL PRIMARY KEY,
  name            TEXT    NOT NULL,
  -- SHA-256 of the key, hexadecimal; the key itself is shown once and never stored.
  key_hash        TEXT    NOT NULL CHECK (length(key_hash) = 64),
  can_write_usage INTEGER NOT NULL CHECK (can_write_usage IN (0, 1)),
  can_read_usage  INTEGER NOT NULL CHECK (can_read_usage IN (0, 1)),
  -- The one organization that it is for; NULL: all.
  organization_id TEXT    REFERENCES organizations (id),
  ends_at         INTEGER,
  revoked_at      INTEGER,
  -- A day (UTC, its first millisecond).
  last_used_day   INTEGER,
  created_at      INTEGER NOT NULL,
  -- The operator's own endpoints: of no one organization.
  can_manage_webhooks INTEGER NOT NULL DEFAULT 0
    CHECK (can_manage_webhooks = 0 OR can_manage_webhooks = 1 AND organization_id IS NULL)
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS service_keys_hash ON service_keys (key_hash);
-- Those of an organization.
CREATE INDEX IF NOT EXISTS service_keys_by_organization ON service_keys (organization_id) WHERE organization_id IS NOT NULL;

-- Who did what; ids grow with time, so an organization's history reads in order.
CREATE TABLE IF NOT EXISTS audit_events (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  actor_id        TEXT    NOT NULL,
  action          TEXT    NOT NULL,
  -- What was acted on: a user, an invitation, a session, an organization.
  target_id       TEXT    NOT NULL,
  details         TEXT    NOT NULL DEFAULT '{}',
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  PRIMARY KEY (organization_id, id)
) WITHOUT ROWID;

-- What the operator's staff has done (`console`), by whom and why; ids grow with time.
CREATE TABLE IF NOT EXISTS operator_acts (
  id              TEXT    NOT NULL PRIMARY KEY,
  -- Of the staff.
  actor_id        TEXT    NOT NULL REFERENCES users (id),
  action          TEXT    NOT NULL,
  -- What was acted on: `user`, `organization`, `key`, `message`, `plan`.
  target_kind     TEXT    NOT NULL,
  target_id       TEXT    NOT NULL,
  -- In whose history it stands as well; NULL: in nobody's.
  organization_id TEXT    REFERENCES organizations (id),
  reason          TEXT    NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
  -- JSON.
  state_before    TEXT    NOT NULL,
  state_after     TEXT    NOT NULL,
  -- 1: what it decides is done. A batch that is sent again does not do it again.
  is_applied      INTEGER NOT NULL DEFAULT 0 CHECK (is_applied IN (0, 1)),
  request_id      TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  -- Under which its actor has asked for it, where it is done once under it, and the SHA-256 of what was asked.
  idempotency_key TEXT,
  request_hash TEXT
) WITHOUT ROWID;
-- What was done to somebody or something, the newest last.
CREATE INDEX IF NOT EXISTS operator_acts_by_target ON operator_acts (target_id, id);
-- One act a key.
CREATE UNIQUE INDEX IF NOT EXISTS operator_acts_key ON operator_acts (actor_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Organizations whose people have become individuals (`npm run move-to-b2c`).
CREATE TABLE IF NOT EXISTS moved_organizations (
  organization_id        TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  -- What it was on then.
  plan_id                TEXT    NOT NULL,
  status                 TEXT    NOT NULL,
  -- `finished`: it is archived, and there is no way back.
  state                  TEXT    NOT NULL CHECK (state IN ('moved', 'rolled_back', 'finished')),
  -- How many of its people stand in `moved_rows`. A page that finds the database changed since it was read writes -1 and fails by it.
  people                 INTEGER NOT NULL CHECK (people >= 0),
  -- Until when its people have what they got for it; NULL where it had nothing to give.
  ends_at                INTEGER,
  -- Its subscription at Stripe, and whether the move has ended that with its period. (Where it was cancelled already, it has not.)
  stripe_subscription_id TEXT,
  is_ended_by_move       INTEGER NOT NULL DEFAULT 0 CHECK (is_ended_by_move IN (0, 1)),
  -- What was brought of its analytics, told apart or not.
  analytics_sessions     INTEGER NOT NULL DEFAULT 0 CHECK (analytics_sessions >= 0),
  analytics_seconds      INTEGER NOT NULL DEFAULT 0 CHECK (analytics_seconds >= 0),
  moved_at               INTEGER NOT NULL,
  request_id             TEXT    NOT NULL
) WITHOUT ROWID;

-- What the move has changed, row by row: what it was, which a way back restores, and what it became, by which is told what somebody
-- did since. JSON, of the columns that were changed.
CREATE TABLE IF NOT EXISTS moved_rows (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  -- `organization_members` is no change, but who was in it, and what became of them.
  table_name      TEXT    NOT NULL CHECK (table_name IN (
    'organization_members', 'org_subscriptions', 'users', 'organization_invitations', 'user_packages', 'user_analytics_sessions')),
  -- The row's key within the table; of two parts, with a space between them.
  row_key         TEXT    NOT NULL,
  -- Whose it is.
  user_id         TEXT    REFERENCES users (id),
  -- NULL: there was none.
  row_before      TEXT,
  row_after       TEXT    NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, table_name, row_key)
) WITHOUT ROWID;

-- Sessions of a moved organization that could not be told apart by person.
CREATE TABLE IF NOT EXISTS moved_analytics (
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  id              TEXT    NOT NULL,
  seconds         INTEGER NOT NULL CHECK (seconds BETWEEN 0 AND 86400),
  item            TEXT,
  completed       INTEGER NOT NULL CHECK (completed IN (0, 1)),
  stress_before   INTEGER CHECK (stress_before BETWEEN 1 AND 10),
  stress_after    INTEGER CHECK (stress_after BETWEEN 1 AND 10),
  mood            INTEGER CHECK (mood BETWEEN -10 AND 10),
  occurred_at     INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (organization_id, id)
) WITHOUT ROWID;

-- Events to be delivered. They are kept for a month, so that they can be sent again; the scheduler clears them.
CREATE TABLE IF NOT EXISTS outbox (
  id              TEXT    NOT NULL PRIMARY KEY,
  organization_id TEXT    NOT NULL REFERENCES organizations (id),
  event_type      TEXT    NOT NULL,
  target_id       TEXT    NOT NULL,
  payload         TEXT    NOT NULL DEFAULT '{}',
  created_at      INTEGER NOT NULL,
  -- The number under which it is sent: larger than those of the events that were given out before.
  sequence        INTEGER
) WITHOUT ROWID;
-- An organization's that were given out, in the order in which they happened.
CREATE INDEX IF NOT EXISTS outbox_given_out ON outbox (organization_id, id) WHERE sequence IS NOT NULL;

-- What no organization is told of, and the operator's endpoints are: `outbox` without an organization.
CREATE TABLE IF NOT EXISTS operator_events (
  id              TEXT    NOT NULL PRIMARY KEY,
  event_type      TEXT    NOT NULL,
  target_id       TEXT    NOT NULL,
  payload         TEXT    NOT NULL,
  created_at      INTEGER NOT NULL,
  -- As of `outbox`; NULL: it is not given out yet.
  sequence        INTEGER
) WITHOUT ROWID;
-- Those that are not given out, and the largest number.
CREATE INDEX IF NOT EXISTS operator_events_by_sequence ON operator_events (sequence);

-- Where events are sent to (`webhooks`).
CREATE TABLE IF NOT EXISTS webhook_endpoints (
  id              TEXT    NOT NULL PRIMARY KEY,
  -- Whose it is; NULL: the operator's, who hears of all organizations.
  organization_id TEXT    REFERENCES organizations (id),
  url             TEXT    NOT NULL,
  -- The event types that it wants, each between two spaces; NULL: all.
  event_types     TEXT,
  -- What deliveries are signed with (`whsec_…`); for a while after it was rotated the former one signs too.
  secret          TEXT    NOT NULL,
  former_secret   TEXT,
  former_secret_ends_at INTEGER,
  paused_at       INTEGER,
  -- What nobody asked for: the receiver is gone (410), or has answered nothing sound for days.
  disabled_at     INTEGER,
  disabled_reason TEXT    CHECK (disabled_reason IN ('failing', 'gone')),
  -- Since when every attempt has failed; NULL while the last one did not.
  failing_since   INTEGER,
  -- Until then its events wait in line instead of being sent with the others', because it failed or was slow.
  deferred_until  INTEGER NOT NULL DEFAULT 0,
  -- It hears of what has happened since.
  listens_from    INTEGER NOT NULL,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  -- When it first answered well after it was made, changed or had failed; NULL while nobody knows whether it does.
  answered_at     INTEGER,
  -- Somebody has removed it: it is paused, without an address and secrets, until its deliveries are cleared.
  removed_at      INTEGER,
  -- The first id that an event of that moment can have: an event's own time may be that of a provider who told it late.
  listens_from_id TEXT,
  -- The newest that have changed it, the newest first, as of a person (`users`).
  recent_requests TEXT NOT NULL DEFAULT '',
  CHECK ((disabled_at IS NULL) = (disabled_reason IS NULL)),
  CHECK ((former_secret IS NULL) = (former_secret_ends_at IS NULL))
) WITHOUT ROWID;
-- An organization's, and the operator's.
CREATE INDEX IF NOT EXISTS webhook_endpoints_by_organization ON webhook_endpoints (organization_id, created_at, id);

-- What became of an event at an endpoint. One that is delivered at once is one row written.
CREATE TABLE IF NOT EXISTS webhook_deliveries (
  endpoint_id     TEXT    NOT NULL REFERENCES webhook_endpoints (id),
  -- The event's id in `outbox`, and the header `webhook-id`.
  event_id        TEXT    NOT NULL,
  state           TEXT    NOT NULL CHECK (state IN ('pending', 'delivered', 'dead')),
  attempts        INTEGER NOT NULL CHECK (attempts >= 0),
  next_attempt_at INTEGER,
  last_attempt_at INTEGER,
  -- Of the last attempt: the answer's status and the beginning of its body, or why there was none.
  response_status INTEGER,
  response        TEXT,
  failure         TEXT,
  created_at      INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (endpoint_id, event_id),
  CHECK ((state = 'pending') = (next_attempt_at IS NOT NULL))
) WITHOUT ROWID;
-- What is due, endpoint by endpoint. A delivery that succeeds at once is never in it.
CREATE INDEX IF NOT EXISTS webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- How far events have been given out to endpoints: one row, from the first endpoint on.
CREATE TABLE IF NOT EXISTS webhook_progress (
  id                 INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  last_sequence      INTEGER NOT NULL,
  -- Of the events up to this number each endpoint that wants one has its delivery.
  delivered_sequence INTEGER NOT NULL,
  -- All events up to this id are given out, and none comes before it any more.
  settled_to         TEXT    NOT NULL
);

-- Which mail about an event somebody got, or is yet to get: each once, whatever is sent again. It holds no address: a person is
-- named by their id, an invited one by the invitation.
CREATE TABLE IF NOT EXISTS mail_deliveries (
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
CREATE INDEX IF NOT EXISTS mail_deliveries_due ON mail_deliveries (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
-- What was sent to somebody.
CREATE INDEX IF NOT EXISTS mail_deliveries_by_recipient ON mail_deliveries (recipient);

-- How far events have been looked at for mails: one row, from the first run with a provider on.
CREATE TABLE IF NOT EXISTS mail_progress (
  id             INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- All events up to this id have had their mails, and none comes before it any more.
  settled_to     TEXT    NOT NULL,
  -- What happened before is told to nobody by mail.
  began_at       INTEGER NOT NULL,
  -- Until then the provider is left alone, because it said that it is too much, or nothing sound.
  deferred_until INTEGER NOT NULL DEFAULT 0
);

-- Which mails somebody wants; who has no row wants all of them, in the catalog's language.
CREATE TABLE IF NOT EXISTS mail_preferences (
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
CREATE TABLE IF NOT EXISTS mail_suppressions (
  -- Lower case.
  address    TEXT    NOT NULL PRIMARY KEY,
  reason     TEXT    NOT NULL CHECK (reason IN ('bounced', 'complained', 'unsubscribed')),
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Who an organization is to Stripe: made once, and the only way from Stripe's messages back to an organization.
CREATE TABLE IF NOT EXISTS billing_customers (
  organization_id    TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  stripe_customer_id TEXT    NOT NULL,
  created_at         INTEGER NOT NULL,
  -- When Stripe was last asked where its invoices are sent.
  observed_at        INTEGER NOT NULL DEFAULT 0,
  -- 1: Stripe has to be told another address yet, because the one that it has was a deleted user's.
  email_is_stale     INTEGER NOT NULL DEFAULT 0 CHECK (email_is_stale IN (0, 1))
) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS billing_customers_stripe ON billing_customers (stripe_customer_id);
-- What Stripe has to be told yet.
CREATE INDEX IF NOT EXISTS billing_customers_stale ON billing_customers (stripe_customer_id) WHERE email_is_stale = 1;

-- The newest known state of each of an organization's subscriptions at Stripe. `org_subscriptions` follows from these.
CREATE TABLE IF NOT EXISTS billing_subscriptions (
  organization_id        TEXT    NOT NULL REFERENCES organizations (id),
  stripe_subscription_id TEXT    NOT NULL,
  stripe_item_id         TEXT    NOT NULL,
  stripe_price_id        TEXT    NOT NULL,
  stripe_schedule_id     TEXT,
  -- Stripe's own word for it, `incomplete_expired` included.
  status                 TEXT    NOT NULL,
  -- What a period costs.
  amount_cents           INTEGER NOT NULL,
  currency               TEXT    NOT NULL,
  billing_interval       TEXT    NOT NULL CHECK (billing_interval IN ('month', 'year')),
  current_period_start   INTEGER NOT NULL,
  current_period_end     INTEGER NOT NULL,
  trial_ends_at          INTEGER,
  past_due_since         INTEGER,
  cancel_at              INTEGER,
  ended_at               INTEGER,
  -- The end of the first month on the fallback plan, where it has ended.
  fallback_period_end    INTEGER,
  started_at             INTEGER NOT NULL,
  -- All of its items, the plan's own among them: JSON, as `billing::items` writes it.
  items                  TEXT    NOT NULL DEFAULT '[]',
  -- When Stripe was asked for it: of two answers the one that was asked for later is the newer one.
  observed_at               INTEGER NOT NULL,
  request_id             TEXT    NOT NULL,
  -- When Stripe was last asked because no message had come.
  reconciled_at INTEGER,
  PRIMARY KEY (organization_id, stripe_subscription_id)
) WITHOUT ROWID;
-- Found by what Stripe calls them (`console`).
CREATE INDEX IF NOT EXISTS billing_subscriptions_stripe ON billing_subscriptions (stripe_subscription_id);

-- Invoices: the billing history.
CREATE TABLE IF NOT EXISTS billing_invoices (
  organization_id        TEXT    NOT NULL REFERENCES organizations (id),
  stripe_invoice_id      TEXT    NOT NULL,
  stripe_subscription_id TEXT,
  number                 TEXT,
  status                 TEXT    NOT NULL,
  reason                 TEXT,
  currency               TEXT    NOT NULL,
  subtotal_cents         INTEGER NOT NULL,
  total_cents            INTEGER NOT NULL,
  due_cents              INTEGER NOT NULL,
  paid_cents             INTEGER NOT NULL,
  attempts               INTEGER NOT NULL,
  -- Stripe's pages: to be paid at, and to be kept.
  hosted_url             TEXT,
  pdf_url                TEXT,
  period_start           INTEGER NOT NULL,
  period_end             INTEGER NOT NULL,
  created_at             INTEGER NOT NULL,
  finalized_at           INTEGER,
  paid_at                INTEGER,
  voided_at              INTEGER,
  observed_at               INTEGER NOT NULL,
  request_id             TEXT    NOT NULL,
  PRIMARY KEY (organization_id, stripe_invoice_id)
) WITHOUT ROWID;
-- An organization's history, the newest first, page by page.
CREATE INDEX IF NOT EXISTS billing_invoices_by_time ON billing_invoices (organization_id, created_at);

-- What was given back of each charge.
CREATE TABLE IF NOT EXISTS billing_refunds (
  organization_id   TEXT    NOT NULL REFERENCES organizations (id),
  stripe_charge_id  TEXT    NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id TEXT,
  currency          TEXT    NOT NULL,
  charged_cents     INTEGER NOT NULL,
  -- The sum so far; it only grows.
  refunded_cents    INTEGER NOT NULL,
  created_at        INTEGER NOT NULL,
  PRIMARY KEY (organization_id, stripe_charge_id)
) WITHOUT ROWID;

-- What payers have disputed at their bank.
CREATE TABLE IF NOT EXISTS billing_disputes (
  organization_id   TEXT    NOT NULL REFERENCES organizations (id),
  stripe_dispute_id TEXT    NOT NULL,
  stripe_charge_id  TEXT    NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id TEXT   ,
  currency          TEXT    NOT NULL,
  disputed_cents    INTEGER NOT NULL,
  reason            TEXT   ,
  -- Stripe's own word for it: `needs_response`, `won`, `lost` and others.
  status            TEXT    NOT NULL,
  created_at        INTEGER NOT NULL,
  -- When the message was sent that says so: of two the later one counts.
  said_at           INTEGER NOT NULL,
  PRIMARY KEY (organization_id, stripe_dispute_id)
) WITHOUT ROWID;

-- Messages of other companies, each once. One that could not be applied is kept and may come again.
CREATE TABLE IF NOT EXISTS webhook_inbox (
  provider        TEXT    NOT NULL CHECK (provider IN ('stripe')),
  event_id        TEXT    NOT NULL,
  event_type      TEXT    NOT NULL,
  outcome         TEXT    NOT NULL CHECK (outcome IN
    ('applied', 'ignored', 'unknown_customer', 'unknown_price', 'wrong_audience', 'gone')),
  organization_id TEXT    REFERENCES organizations (id),
  -- The message without what is of persons, where it was not applied.
  payload         TEXT,
  -- When the sender says that it happened.
  happened_at     INTEGER NOT NULL,
  received_at     INTEGER NOT NULL,
  request_id      TEXT    NOT NULL,
  PRIMARY KEY (provider, event_id)
) WITHOUT ROWID;
-- What waits for the operator.
CREATE INDEX IF NOT EXISTS webhook_inbox_kept ON webhook_inbox (received_at) WHERE payload IS NOT NULL;

-- The operator's figures (`console`), as the scheduler rolls them up: a row for each day and each month (UTC).
CREATE TABLE IF NOT EXISTS figures (
  span                   TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  starts_at              INTEGER NOT NULL,
  -- All that happened before is in; 0 while a day is being rolled up.
  rolled_up_to           INTEGER NOT NULL DEFAULT 0,
  -- Accounts: how many there are at the end, and how many came and went.
  people                 INTEGER NOT NULL DEFAULT 0,
  signed_up              INTEGER NOT NULL DEFAULT 0,
  accounts_deleted       INTEGER NOT NULL DEFAULT 0,
  -- Organizations at the end that are not archived; those that pay, archived or not; and trials that go on.
  personal_organizations INTEGER NOT NULL DEFAULT 0,
  teams                  INTEGER NOT NULL DEFAULT 0,
  paying_personal        INTEGER NOT NULL DEFAULT 0,
  paying_teams           INTEGER NOT NULL DEFAULT 0,
  trials_running         INTEGER NOT NULL DEFAULT 0,
  -- Organizations that paid for the first time, and that were converted one way or the other.
  became_paying          INTEGER NOT NULL DEFAULT 0,
  became_teams           INTEGER NOT NULL DEFAULT 0,
  became_personal        INTEGER NOT NULL DEFAULT 0,
  trials_begun           INTEGER NOT NULL DEFAULT 0,
  trials_converted       INTEGER NOT NULL DEFAULT 0,
  trials_ended           INTEGER NOT NULL DEFAULT 0,
  -- Monthly recurring revenue at the end, and what has changed it: the last two are losses.
  mrr_cents              INTEGER NOT NULL DEFAULT 0,
  new_cents              INTEGER NOT NULL DEFAULT 0 CHECK (new_cents >= 0),
  expansion_cents        INTEGER NOT NULL DEFAULT 0 CHECK (expansion_cents >= 0),
  reactivation_cents     INTEGER NOT NULL DEFAULT 0 CHECK (reactivation_cents >= 0),
  contraction_cents      INTEGER NOT NULL DEFAULT 0 CHECK (contraction_cents <= 0),
  churn_cents            INTEGER NOT NULL DEFAULT 0 CHECK (churn_cents <= 0),
  -- Seats of teams whose plan limits them, in use and offered; and seats in use where the plan limits none.
  seats_used             INTEGER NOT NULL DEFAULT 0,
  seats_offered          INTEGER NOT NULL DEFAULT 0,
  unlimited_seats_used   INTEGER NOT NULL DEFAULT 0,
  -- Sessions that gave way to another one of the same person.
  sessions_replaced      INTEGER NOT NULL DEFAULT 0,
  -- As they were when the day was rolled up: deliveries that wait, and Stripe's messages that could not be applied.
  undelivered_events     INTEGER NOT NULL DEFAULT 0,
  kept_messages          INTEGER NOT NULL DEFAULT 0,
  -- The step that added to it last: each adds once.
  request_id             TEXT    NOT NULL,
  PRIMARY KEY (span, starts_at)
) WITHOUT ROWID;

-- What all organizations together have used of a meter, and what their periods that were closed then cost beyond their plans.
CREATE TABLE IF NOT EXISTS meter_figures (
  span          TEXT    NOT NULL CHECK (span IN ('day', 'month')),
  starts_at     INTEGER NOT NULL,
  feature       TEXT    NOT NULL,
  events        INTEGER NOT NULL,
  -- In what is counted; of a gauge, by how much it has changed.
  quantity      INTEGER NOT NULL,
  overage_cents INTEGER NOT NULL,
  request_id    TEXT    NOT NULL,
  PRIMARY KEY (span, starts_at, feature)
) WITHOUT ROWID;

-- What the figures hold of each organization: what has changed is told by comparing with it. Written where it has changed.
CREATE TABLE IF NOT EXISTS figure_states (
  organization_id TEXT    NOT NULL PRIMARY KEY REFERENCES organizations (id),
  kind            TEXT    NOT NULL CHECK (kind IN ('personal', 'team')),
  -- NULL: it is on no trial.
  trial_ends_at   INTEGER,
  mrr_cents       INTEGER NOT NULL CHECK (mrr_cents >= 0),
  -- 1: it has paid before; if it pays again, it has come back.
  has_paid        INTEGER NOT NULL CHECK (has_paid IN (0, 1))
) WITHOUT ROWID;

-- How far the figures are: one row, from the first run on.
CREATE TABLE IF NOT EXISTS figure_progress (
  id         INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  -- The day that is being rolled up, or was last.
  day        INTEGER NOT NULL,
  -- What of it is being gone through.
  part       TEXT    NOT NULL CHECK (part IN ('organizations', 'people', 'over')),
  -- The page that was added last, without its first and with its last.
  after_id   TEXT    NOT NULL,
  until_id   TEXT    NOT NULL,
  request_id TEXT    NOT NULL
);

-- What an organization may do: its plan, or what overrides it, and the state of its subscription, one row for each organization that is there
-- (an archived one is not).
-- `access_until` is the moment at which what costs money or adds people stops: the same rule as
-- `rules::subscription::Subscription::access_until`, and a test holds the two together.
CREATE VIEW IF NOT EXISTS entitlements AS
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
CREATE VIEW IF NOT EXISTS memberships AS
SELECT
  m.user_id,
  m.role,
  CASE m.role WHEN 'owner' THEN 4 WHEN 'admin' THEN 3 WHEN 'member' THEN 2 ELSE 1 END AS role_rank,
  m.joined_at,
  e.*
FROM organization_members m
JOIN entitlements e ON e.organization_id = m.organization_id;

-- The ledger's events that count, each with its day, its score in thousandths and of whom it is: a view, since the engines read
-- JSON in words of their own.
CREATE VIEW IF NOT EXISTS counted_events AS
SELECT organization_id, id, feature, created_at, keyed_at, COALESCE(counted, quantity) AS counted,
  COALESCE(occurred_at, created_at) - COALESCE(occurred_at, created_at) % 86400000 AS day,
  CASE WHEN json_valid(attributes) AND json_type(attributes, '$.score') IN ('integer', 'real') THEN
    CASE WHEN json_extract(attributes, '$.score') BETWEEN -1000000 AND 1000000
      THEN CAST(round(json_extract(attributes, '$.score') * 1000) AS INTEGER) END
  END AS score,
  period_start, COALESCE(subject, user_id) AS person
FROM usage_events
-- A reservation counts when it is confirmed, and a call where anything of it does.
WHERE accepted = 1 AND (reservation_id IS NULL OR counted <> 0);

-- What events carry (`docs/EVENTS.md`), each object as it is at the moment at which an event is written: views, since the engines
-- write JSON in words of their own. Of persons only the ids are written; `event_payloads` has the rest.
-- An organization that is called after its person has no name here.
CREATE VIEW IF NOT EXISTS event_organizations AS
SELECT o.id AS organization_id, json_object(
    'id', o.id,
    'kind', o.kind,
    'name', CASE WHEN o.kind = 'personal' OR o.name LIKE '%''s Workspace' THEN NULL ELSE o.name END,
    'slug', o.slug) AS object
FROM organizations o;

CREATE VIEW IF NOT EXISTS event_users AS
SELECT u.id AS user_id, json_object(
    'id', u.id,
    'banned', json(CASE WHEN u.banned_at IS NOT NULL THEN 'true' ELSE 'false' END),
    'createdAt', strftime('%Y-%m-%dT%H:%M:%S', u.created_at / 1000, 'unixepoch') || printf('.%03dZ', u.created_at % 1000)) AS object
FROM users u;

CREATE VIEW IF NOT EXISTS event_actors AS
SELECT u.id AS user_id, json_object('id', u.id) AS object
FROM users u;

CREATE VIEW IF NOT EXISTS event_members AS
SELECT m.organization_id, m.user_id, json_object(
    'id', m.user_id,
    'role', m.role,
    'joinedAt', strftime('%Y-%m-%dT%H:%M:%S', m.joined_at / 1000, 'unixepoch') || printf('.%03dZ', m.joined_at % 1000)) AS object
FROM organization_members m;

CREATE VIEW IF NOT EXISTS event_invitations AS
SELECT i.organization_id, i.id AS invitation_id, json_object(
    'id', i.id,
    'role', i.role,
    'status', i.status,
    'invitedBy', json_object('id', i.invited_by),
    'createdAt', strftime('%Y-%m-%dT%H:%M:%S', i.created_at / 1000, 'unixepoch') || printf('.%03dZ', i.created_at % 1000),
    'expiresAt', strftime('%Y-%m-%dT%H:%M:%S', i.expires_at / 1000, 'unixepoch') || printf('.%03dZ', i.expires_at % 1000)) AS object
FROM organization_invitations i;

CREATE VIEW IF NOT EXISTS event_subscriptions AS
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

CREATE VIEW IF NOT EXISTS event_invoices AS
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
CREATE VIEW IF NOT EXISTS event_ended_sessions AS
SELECT a.user_id, a.request_id, (
    SELECT json_group_array(json_object('id', each.id, 'endedAt', strftime('%Y-%m-%dT%H:%M:%S', each.ended_at / 1000, 'unixepoch') || printf('.%03dZ', each.ended_at % 1000), 'reason', each.end_reason)) FROM active_sessions each
    WHERE each.user_id = a.user_id AND each.request_id = a.request_id AND each.ended_at IS NOT NULL) AS object
FROM active_sessions a
WHERE a.ended_at IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM active_sessions first
  WHERE first.user_id = a.user_id AND first.request_id = a.request_id AND first.ended_at IS NOT NULL AND first.id < a.id);

-- What is sent of an event: its payload, with the name and the address that whom it is about has when it is sent. They do not
-- stand in the row, so nothing of somebody who was deleted is left in it.
CREATE VIEW IF NOT EXISTS event_payloads AS
SELECT o.id, CASE
    WHEN u.id IS NOT NULL AND json_type(o.payload, '$.user') = 'object' THEN
      json_set(o.payload, '$.user.name', u.name, '$.user.email', u.email, '$.user.emailVerified', json(CASE u.email_verified WHEN 1 THEN 'true' ELSE 'false' END))
    WHEN u.id IS NOT NULL THEN json_set(o.payload, '$.member.name', u.name, '$.member.email', u.email)
    WHEN i.id IS NOT NULL THEN json_set(o.payload, '$.invitation.email', NULLIF(i.email, 'erased'))
    ELSE o.payload END AS payload
FROM outbox o
LEFT JOIN users u ON u.id = COALESCE(o.payload ->> '$.user.id', o.payload ->> '$.member.id')
LEFT JOIN organization_invitations i ON i.organization_id = o.organization_id AND i.id = o.payload ->> '$.invitation.id';

-- A personal organization has exactly one member: its user.
CREATE TRIGGER IF NOT EXISTS personal_organization_gains_nobody
BEFORE INSERT ON organization_members
WHEN EXISTS (
  SELECT 1 FROM organizations o WHERE o.id = NEW.organization_id AND o.kind = 'personal'
    AND (o.personal_user_id <> NEW.user_id OR NEW.role <> 'owner'))
BEGIN
  SELECT RAISE(ABORT, 'personal_organization_has_one_member');
END;

CREATE TRIGGER IF NOT EXISTS personal_organization_keeps_its_user
BEFORE DELETE ON organization_members
WHEN EXISTS (
  SELECT 1 FROM organizations o WHERE o.id = OLD.organization_id AND o.kind = 'personal' AND o.archived_at IS NULL)
BEGIN
  SELECT RAISE(ABORT, 'personal_organization_has_one_member');
END;

CREATE TRIGGER IF NOT EXISTS personal_organization_is_owned
BEFORE UPDATE OF role, user_id, organization_id ON organization_members
WHEN EXISTS (
    SELECT 1 FROM organizations o WHERE o.id IN (NEW.organization_id, OLD.organization_id) AND o.kind = 'personal')
  AND (NEW.role <> 'owner' OR NEW.user_id <> OLD.user_id OR NEW.organization_id <> OLD.organization_id)
BEGIN
  SELECT RAISE(ABORT, 'personal_organization_has_one_member');
END;

-- A plan's audience fits the organization: individual plans for personal ones, team plans for teams.
CREATE TRIGGER IF NOT EXISTS subscription_fits_audience_on_insert
BEFORE INSERT ON org_subscriptions
WHEN NOT EXISTS (
  SELECT 1 FROM plans p JOIN organizations o ON o.id = NEW.organization_id
  WHERE p.id = NEW.plan_id
    AND p.audience IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END))
BEGIN
  SELECT RAISE(ABORT, 'plan_audience_mismatch');
END;

CREATE TRIGGER IF NOT EXISTS subscription_fits_audience_on_update
BEFORE UPDATE OF plan_id, organization_id ON org_subscriptions
WHEN NOT EXISTS (
  SELECT 1 FROM plans p JOIN organizations o ON o.id = NEW.organization_id
  WHERE p.id = NEW.plan_id
    AND p.audience IN ('any', CASE o.kind WHEN 'personal' THEN 'individual' ELSE 'team' END))
BEGIN
  SELECT RAISE(ABORT, 'plan_audience_mismatch');
END;

-- A trial that ended unpaid falls to another plan with the first request after its end (`http::caller`), which
-- has no more statements to spare: what it writes beside is written here.
CREATE TRIGGER IF NOT EXISTS subscription_fell_back
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

-- Whether sessions are enforced holds for the whole catalog, and stands in each plan's row too: every request reads that one anyway.
CREATE TRIGGER IF NOT EXISTS plans_know_of_sessions
AFTER UPDATE OF sessions_enforced ON catalog_settings
BEGIN
  UPDATE plans SET sessions_enforced = NEW.sessions_enforced WHERE sessions_enforced <> NEW.sessions_enforced;
END;

CREATE TRIGGER IF NOT EXISTS new_plan_knows_of_sessions
AFTER INSERT ON plans
BEGIN
  UPDATE plans SET sessions_enforced = (SELECT settings.sessions_enforced FROM catalog_settings settings WHERE settings.id = 1)
  WHERE id = NEW.id AND EXISTS (SELECT 1 FROM catalog_settings settings WHERE settings.id = 1);
END;

-- Whatever changes of a user that others see is told, whoever tells of it: a provider's message or a token.
CREATE TRIGGER IF NOT EXISTS user_is_updated
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
CREATE TRIGGER IF NOT EXISTS address_is_left
AFTER UPDATE OF email ON users
WHEN OLD.email_verified = 1 AND NEW.email IS NOT OLD.email AND NEW.deleted_at IS NULL
BEGIN
  UPDATE organization_invitations SET formerly_of = OLD.id WHERE email = OLD.email;
END;

-- A trial's time is over with whatever ends it from then on; where nothing does, the scheduler tells of it (`end_trials`).
CREATE TRIGGER IF NOT EXISTS org_trial_is_over
AFTER UPDATE OF status ON org_subscriptions
WHEN OLD.status = 'trialing' AND NEW.status <> 'trialing' AND NEW.updated_at >= OLD.trial_ends_at
  AND OLD.trial_told_end IS NOT OLD.trial_ends_at AND NEW.request_id IS NOT NULL
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id || ':trial', NEW.organization_id, 'trial.ended', OLD.plan_id,
    '{"subscription":' || (SELECT object FROM event_subscriptions WHERE organization_id = NEW.organization_id)
      || ',"organization":' || (SELECT object FROM event_organizations WHERE organization_id = NEW.organization_id) || '}', NEW.updated_at);
END;

-- A plan is left with the change to another one, whether by what is paid or by an override; where that begins a new period, not
-- before it.
CREATE TRIGGER IF NOT EXISTS former_plan_is_kept
AFTER UPDATE OF plan_id, override_plan_id ON org_subscriptions
WHEN COALESCE(NEW.override_plan_id, NEW.plan_id) <> COALESCE(OLD.override_plan_id, OLD.plan_id)
BEGIN
  INSERT INTO former_plans (organization_id, ended_at, plan_id)
  VALUES (NEW.organization_id,
    max(NEW.updated_at, CASE WHEN NEW.current_period_start <> OLD.current_period_start THEN NEW.current_period_start ELSE 0 END),
    COALESCE(OLD.override_plan_id, OLD.plan_id))
  ON CONFLICT (organization_id, ended_at) DO NOTHING;
END;

-- Whether another plan fits is another question once an organization is of the other kind.
CREATE TRIGGER IF NOT EXISTS override_fits_no_more
AFTER UPDATE OF kind ON organizations
WHEN NEW.kind <> OLD.kind
BEGIN
  UPDATE org_subscriptions SET override_ends_at = 0 WHERE organization_id = NEW.id AND override_ends_at IS NOT NULL;
END;

-- How many refusals an organization has had remembered today (UTC): what is kept for its own sake has a limit, too.
CREATE TRIGGER IF NOT EXISTS refused_key_is_counted
AFTER INSERT ON usage_events
WHEN NEW.accepted = 0
BEGIN
  UPDATE organizations SET
    refused_keys = CASE refused_keys_day WHEN NEW.created_at - NEW.created_at % 86400000 THEN refused_keys + 1 ELSE 1 END,
    refused_keys_day = NEW.created_at - NEW.created_at % 86400000
  WHERE id = NEW.organization_id;
END;

-- A session is counted in its day with the very row that keeps it once.
CREATE TRIGGER IF NOT EXISTS analytics_day_is_kept
AFTER INSERT ON user_analytics_sessions
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
END;

-- Whoever leaves or is removed is remembered by it, unless their account is deleted.
CREATE TRIGGER IF NOT EXISTS member_is_remembered
AFTER DELETE ON organization_members
WHEN EXISTS (SELECT 1 FROM users left_by WHERE left_by.id = OLD.user_id AND left_by.deleted_at IS NULL)
BEGIN
  INSERT INTO former_members (user_id, organization_id) VALUES (OLD.user_id, OLD.organization_id)
  ON CONFLICT (user_id, organization_id) DO NOTHING;
END;

-- The history is added to and never changed, by nobody.
CREATE TRIGGER IF NOT EXISTS history_is_not_changed
BEFORE UPDATE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

CREATE TRIGGER IF NOT EXISTS history_is_not_deleted
BEFORE DELETE ON audit_events
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

-- So is what the staff has done, but that it says once that it is done.
CREATE TRIGGER IF NOT EXISTS acts_are_not_changed
BEFORE UPDATE ON operator_acts
WHEN OLD.is_applied = 1 OR NEW.is_applied = 0
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

CREATE TRIGGER IF NOT EXISTS acts_are_not_deleted
BEFORE DELETE ON operator_acts
BEGIN
  SELECT RAISE(ABORT, 'history_is_append_only');
END;

-- A new database has had every migration. (One that has had some of them is brought up by `npm run migrate`.)
WITH had (number, name, hash) AS (VALUES
  (1, 'baseline', '054f6b534c8f29c477e0d92e5e1dde0446132cb12c61caf67e28036c7dd098ba'),
  (2, 'sessions_and_limits', 'ffe07027297384658ce32137f3d20fa61479d9edd8b19a07a3697525e7e69e10'),
  (3, 'what_is_left_of_somebody', '5c948f18a626634feffd71ad8c877e25030b47d5789974b30503348208ce2661'),
  (4, 'usage', 'f68f197b22b67b12013d6e0b87bbbf75bf3eec71fa33b40e099d4666f56f236d'),
  (5, 'reservations_and_calls', '70b0bf3d766e2f348bfd2f5c93c43e58f877d4ccf50d2f26652138c0d849e517'),
  (6, 'plan_versions', '8d76b3c04d33c8029fa75e3e2e4f4f1ba49a3cc81b27bfa47819942cbcb7d4be'),
  (7, 'scheduler', 'b8a30fafe83ef8fda9dd55bccd36760e6ba944767898e42e981bf0c668f378a3'),
  (8, 'who_told_what', 'eb6613412147d281ac0af69ee1199d1e325c3cc2aa46b715854405762b4ef50f'),
  (9, 'webhooks', 'bc01e88bc113b49512a8d5f0fcae6b34602ef20110d410db275fabf356e17380'),
  (10, 'overage', 'cd84169dd6eece65aa4113dc19f8d0625fa308875c2fb536294131b3c0ed4002'),
  (11, 'keys_a_day', '83f5e74720b61eefe87a17554be0545c5c2793af840d7a22bcbc20cbcf7f9e38'),
  (12, 'events', 'a0609792e54376f80f7a46e650ce34a944c8234129138d5f7d2f8e2972687dfe'),
  (13, 'sessions_in_plans', 'a27e25838d7bbb3d123d205660d6f919d905569a10b82eb648022d06b9f4e861'),
  (14, 'mails', '0071ac1c0f71f843f0d4e20136c42afa41175cbe356871b9854a8d90afb50bcd'),
  (15, 'endpoints_take_turns', '5cae4f01a4b8fd3986c95b4b926615a40128acb57358b85fce8aa46f4b3369e0'),
  (16, 'grants_and_former_plans', 'f6796be06de6053c9057e5d08d76de7ec85fad6df50adbc4686dd9445e06765b'),
  (17, 'account', '971ff63fe595c7e5f187ac5f841d3f9adc786c7107becfef6289fec5fd5e197c'),
  (18, 'content', '62613263b8aea9fe94a67ee3f5e39cc84bdbfa1d681676ba4f1e2dfcc04fbf19'),
  (19, 'kept_statements', '4e3b2f18d413ee59b9b84dc7f06e6a7bbd695e3ad26b731e1bc76589b149e805'),
  (20, 'operator_events', '5b238213eb1e10ff86a64b2b73e41785d19006fe24cd414e2807c143bc6fe99c'),
  (21, 'founders_and_keys', '2c2e2ac3dbbe6626e90b5bbd4d55980667fc03d1349541934f3d311996dc6b5c'),
  (22, 'console', '6452627c270ed83804fc3e787ae4b90954027cf35efbaf013707c0dce1157358'),
  (23, 'kept_of_a_person', '3e9bb2b6d5516dd19f06e7a418e61b40fcc2134bf705c465dba0cbec35ed3d04'),
  (24, 'plan_overrides', '1ba2cf5c064ec12a8c828aa6763bb33c69e8529344e0eff31c79455532a0888c'),
  (25, 'figures', 'a5c9b30e884cb53c3b376a04e92b89330de05c656129090986edfca93d479e6a'),
  (26, 'move', '5c9c3839c99a699eb6ef02b7d247de728031df6399cedcf4e4b9ad27b7dd6ef7'),
  (27, 'opened_requests', 'abad6d2e98ba7ba053d3ede304c90b4725c7fbdf33d5c701a979ba4aa9d55fdf'),
  (28, 'moved_organizations_are_read', '0b5a3fc55f33e24bcb62951562b7790faf611f7159a99893f5f2fd052342092f'),
  (29, 'usage_by_person', '9544a6e275e6a2da95e1c4b745a495e7e7b0cd4f1b4b65b3efccf3fa157f1fbb'),
  (30, 'openings_are_remembered', 'f996cd8f772ac0f8322c5cf98ae495ef49992ec0c1704ba76b71a9fdad4736eb'),
  (31, 'changes_are_remembered', 'b28674fb99df25e1b6d559856bef622963df05b88ef0ade8420d195e1bc7fcb1')
)
INSERT INTO schema_migrations (number, name, hash, applied_at)
SELECT had.number, had.name, had.hash, CAST(strftime('%s', 'now') AS INTEGER) * 1000
FROM had
WHERE NOT EXISTS (SELECT 1 FROM schema_migrations);
