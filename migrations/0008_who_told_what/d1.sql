-- The newest conclusion about an address, while the provider denies it.
ALTER TABLE users ADD COLUMN concluded_email TEXT;
ALTER TABLE users ADD COLUMN concluded_verified INTEGER CHECK (concluded_verified IN (0, 1));
ALTER TABLE users ADD COLUMN concluded_at INTEGER;
-- Who answered an invitation, as the history says of those that were answered before.
ALTER TABLE organization_invitations ADD COLUMN answered_by TEXT REFERENCES users (id);
CREATE INDEX organization_invitations_answered_by ON organization_invitations (answered_by) WHERE answered_by IS NOT NULL;
UPDATE organization_invitations SET answered_by = answer.actor_id
FROM (
  SELECT audit_events.organization_id, audit_events.target_id, audit_events.actor_id
  FROM audit_events JOIN users ON users.id = audit_events.actor_id
  WHERE audit_events.action IN ('invitation.accepted', 'invitation.declined')
) answer
WHERE answer.organization_id = organization_invitations.organization_id AND answer.target_id = organization_invitations.id
  AND organization_invitations.status IN ('accepted', 'declined');
-- What was left of those who are deleted already.
UPDATE organization_invitations SET email = 'erased'
WHERE answered_by IN (SELECT id FROM users WHERE deleted_at IS NOT NULL);
UPDATE organizations SET name = 'Deleted user''s Workspace'
WHERE kind = 'team' AND archived_by IS NOT NULL AND name LIKE '%''s Workspace';
