-- Which requests have set something of a person or of an endpoint: one whose answer was lost is sent again when others have set theirs
-- meanwhile.
ALTER TABLE users ADD COLUMN IF NOT EXISTS recent_requests text NOT NULL DEFAULT '';
ALTER TABLE webhook_endpoints ADD COLUMN IF NOT EXISTS recent_requests text NOT NULL DEFAULT '';

-- What requests began with before `tallygate_open_request`: the version before this one calls it no more.
DROP FUNCTION IF EXISTS tallygate_begin_request(text, text, text, bigint, bigint, text);
DROP FUNCTION IF EXISTS tallygate_begin_key_request(text, text, text, bigint, bigint, text);
