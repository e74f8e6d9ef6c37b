-- Sessions that a request is held to, and how much one customer may fill the house with.
ALTER TABLE catalog_settings ADD COLUMN sessions_enforced bigint NOT NULL DEFAULT 0 CHECK (sessions_enforced IN (0, 1));
ALTER TABLE catalog_settings ADD COLUMN most_live_sessions bigint NOT NULL DEFAULT 50 CHECK (most_live_sessions >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_founded_teams bigint NOT NULL DEFAULT 20 CHECK (most_founded_teams >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_pending_invitations bigint NOT NULL DEFAULT 500 CHECK (most_pending_invitations >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_invitations_a_day bigint NOT NULL DEFAULT 200 CHECK (most_invitations_a_day >= 1);
ALTER TABLE catalog_settings ADD COLUMN most_invitations_to_address_a_day bigint NOT NULL DEFAULT 5 CHECK (most_invitations_to_address_a_day >= 1);
ALTER TABLE active_sessions ADD COLUMN provider_session text;
ALTER TABLE active_sessions ADD COLUMN secret_hash text;
ALTER TABLE organization_invitations ADD COLUMN resends bigint NOT NULL DEFAULT 0 CHECK (resends >= 0);
ALTER TABLE organization_invitations ADD COLUMN resends_day bigint;
CREATE INDEX organizations_founded_by ON organizations (founded_by) WHERE kind = 'team' AND archived_at IS NULL;
-- A secret's hash is for nobody.
REVOKE SELECT ON active_sessions FROM authenticated;
GRANT SELECT (user_id, id, user_agent, browser_info, ip_address, created_at, last_heartbeat_at, ended_at, end_reason, request_id)
  ON active_sessions TO authenticated;
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
DROP POLICY IF EXISTS managers_read ON billing_invoices;
DROP POLICY IF EXISTS billers_read ON billing_invoices;
CREATE POLICY billers_read ON billing_invoices FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
DROP POLICY IF EXISTS managers_read ON billing_refunds;
DROP POLICY IF EXISTS billers_read ON billing_refunds;
CREATE POLICY billers_read ON billing_refunds FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
-- The functions write what they have to and no more: the history is added to and never changed, plans are the catalog's, and
-- rows are deleted only where that is what an action does.
REVOKE INSERT, UPDATE, DELETE ON catalog_settings, plans, plan_features, plan_prices, event_types FROM tallygate;
REVOKE UPDATE, DELETE ON audit_events FROM tallygate;
REVOKE DELETE ON users, organizations, org_subscriptions, organization_invitations, usage_events, usage_counters,
  billing_subscriptions, billing_invoices, billing_refunds, webhook_inbox FROM tallygate;
REVOKE INSERT, UPDATE ON users FROM tallygate;
GRANT INSERT (id, email, email_verified, email_updated_at, name, profile_updated_at, username, current_organization_id,
  team_trial_started_at, onboarding_completed_at, banned_at, banned_by, deleted_at, created_at, request_id) ON users TO tallygate;
GRANT UPDATE ON users TO tallygate;
ALTER TABLE billing_subscriptions ADD COLUMN items text NOT NULL DEFAULT '[]';
ALTER TABLE webhook_inbox DROP CONSTRAINT webhook_inbox_outcome_check;
ALTER TABLE webhook_inbox ADD CONSTRAINT webhook_inbox_outcome_check CHECK (outcome IN
    ('applied', 'ignored', 'unknown_customer', 'unknown_price', 'wrong_audience', 'gone'));
-- Who is an administrator is for the operator to say: the functions may take it away, as a deletion does, and never give it.
CREATE OR REPLACE FUNCTION account_type_is_the_operators() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.account_type <> 'user' AND NEW.account_type <> OLD.account_type AND current_user = 'tallygate' THEN
    RAISE EXCEPTION 'account_type_is_the_operators'
      USING ERRCODE = 'insufficient_privilege', CONSTRAINT = 'account_type_is_the_operators';
  END IF;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER account_type_is_the_operators
BEFORE UPDATE OF account_type ON users
FOR EACH ROW EXECUTE FUNCTION account_type_is_the_operators();
