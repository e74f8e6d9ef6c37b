-- What the operator's staff has done (`console`), by whom and why; ids grow with time.
CREATE TABLE operator_acts (
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
  created_at      bigint NOT NULL
);
-- What was done to somebody or something, the newest last.
CREATE INDEX operator_acts_by_target ON operator_acts (target_id, id);

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

-- Found by the beginning of a name (`console`), in the plain order of bytes: in that of a language a beginning is no span.
CREATE INDEX users_search_id ON users (id COLLATE "C");
CREATE INDEX users_search_email ON users (email COLLATE "C", id COLLATE "C") WHERE email IS NOT NULL;
CREATE INDEX users_search_username ON users (lower(username COLLATE "C"), id COLLATE "C") WHERE username IS NOT NULL;
CREATE INDEX users_by_name ON users (lower(name COLLATE "C"), id COLLATE "C");
-- The operator's staff: a user who is not of it is not in it.
CREATE INDEX users_of_staff ON users (account_type) WHERE account_type <> 'user';

-- Found by the beginning of a name (`console`).
CREATE INDEX organizations_search_id ON organizations (id COLLATE "C");
CREATE INDEX organizations_search_slug ON organizations (slug COLLATE "C", id COLLATE "C");
-- Of teams; a personal organization is found by its person.
CREATE INDEX organizations_by_name ON organizations (lower(name COLLATE "C"), id COLLATE "C") WHERE kind = 'team';

-- Found by the beginning of what Stripe calls it (`console`).
CREATE INDEX billing_customers_search ON billing_customers (stripe_customer_id COLLATE "C");

-- Found by the beginning of what Stripe calls them (`console`).
CREATE INDEX billing_subscriptions_stripe ON billing_subscriptions (stripe_subscription_id COLLATE "C", organization_id COLLATE "C");

-- How many a change of a plan meets (`console`).
CREATE INDEX org_subscriptions_by_plan ON org_subscriptions (plan_id);

-- Those of an organization.
CREATE INDEX service_keys_by_organization ON service_keys (organization_id) WHERE organization_id IS NOT NULL;

DO $$
BEGIN
  -- A cluster may have it already, of another database.
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tallygate_console') THEN
    CREATE ROLE tallygate_console LOGIN;
    ALTER ROLE tallygate_console SET statement_timeout = '10s';
    ALTER ROLE tallygate_console SET idle_in_transaction_session_timeout = '10s';
  END IF;
  GRANT tallygate TO tallygate_console;
END
$$;
-- What only the operator may: the console's role has it beside what it has as one of the functions.
REVOKE ALL ON operator_acts FROM PUBLIC, anon, authenticated, tallygate;
GRANT SELECT, INSERT, UPDATE (is_applied) ON operator_acts TO tallygate_console;
ALTER TABLE operator_acts ENABLE ROW LEVEL SECURITY;
CREATE POLICY the_console_does_everything ON operator_acts TO tallygate_console USING (true) WITH CHECK (true);
GRANT INSERT, UPDATE (revoked_at) ON service_keys TO tallygate_console;
GRANT UPDATE (value, limit_value, unit_price_micros, cap_cents, stops_at_cap) ON plan_features TO tallygate_console;
GRANT UPDATE (revision) ON catalog_settings TO tallygate_console;

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
