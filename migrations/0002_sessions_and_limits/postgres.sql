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
