-- The newest conclusion about an address, while the provider denies it.
ALTER TABLE users ADD COLUMN concluded_email TEXT;
ALTER TABLE users ADD COLUMN concluded_verified INTEGER CHECK (concluded_verified IN (0, 1));
ALTER TABLE users ADD COLUMN concluded_at INTEGER;
