-- How many idempotency keys an organization may use in a day, and which one of its day an event is of.
ALTER TABLE catalog_settings ADD COLUMN most_keys_a_day bigint NOT NULL DEFAULT 1000000 CHECK (most_keys_a_day >= 1);
ALTER TABLE usage_events ADD COLUMN key_of_day bigint;
