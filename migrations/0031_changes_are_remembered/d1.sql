-- Which requests have set something of a person or of an endpoint: one whose answer was lost is sent again when others have set theirs
-- meanwhile.
ALTER TABLE users ADD COLUMN recent_requests TEXT NOT NULL DEFAULT '';
ALTER TABLE webhook_endpoints ADD COLUMN recent_requests TEXT NOT NULL DEFAULT '';
