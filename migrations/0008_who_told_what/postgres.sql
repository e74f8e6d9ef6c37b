-- The newest conclusion about an address, while the provider denies it.
ALTER TABLE users ADD COLUMN concluded_email text;
ALTER TABLE users ADD COLUMN concluded_verified bigint CHECK (concluded_verified IN (0, 1));
ALTER TABLE users ADD COLUMN concluded_at bigint;
GRANT INSERT (concluded_email, concluded_verified, concluded_at) ON users TO tallygate;
