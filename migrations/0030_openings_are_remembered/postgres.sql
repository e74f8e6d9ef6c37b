-- Which requests have counted a use of a package: one whose answer was lost is sent again when others have counted theirs meanwhile.
ALTER TABLE user_packages ADD COLUMN IF NOT EXISTS recent_requests text NOT NULL DEFAULT '';
