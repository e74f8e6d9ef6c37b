-- What is left of somebody who is gone, who said that an address is whose, and where invoices are sent.
ALTER TABLE catalog_settings ADD COLUMN most_refused_keys_a_day bigint NOT NULL DEFAULT 1000 CHECK (most_refused_keys_a_day >= 1);
ALTER TABLE organizations ADD COLUMN refused_keys_day bigint;
ALTER TABLE organizations ADD COLUMN refused_keys bigint NOT NULL DEFAULT 0 CHECK (refused_keys >= 0);
ALTER TABLE users ADD COLUMN email_said_at bigint NOT NULL DEFAULT 0;
CREATE INDEX organization_invitations_by_email ON organization_invitations (email);
ALTER TABLE billing_customers ADD COLUMN observed_at bigint NOT NULL DEFAULT 0;
ALTER TABLE billing_customers ADD COLUMN email_is_stale bigint NOT NULL DEFAULT 0 CHECK (email_is_stale IN (0, 1));
CREATE INDEX billing_customers_stale ON billing_customers (stripe_customer_id) WHERE email_is_stale = 1;
-- What was kept whole had persons in it. The message itself is Stripe's to send again.
UPDATE webhook_inbox SET payload = '{}' WHERE payload IS NOT NULL;
GRANT INSERT (email_said_at) ON users TO tallygate;
-- How many refusals an organization has had remembered today (UTC): what is kept for its own sake has a limit, too.
CREATE OR REPLACE FUNCTION refused_key_is_counted() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE organizations SET
    refused_keys = CASE refused_keys_day WHEN NEW.created_at - NEW.created_at % 86400000 THEN refused_keys + 1 ELSE 1 END,
    refused_keys_day = NEW.created_at - NEW.created_at % 86400000
  WHERE id = NEW.organization_id;
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER refused_key_is_counted
AFTER INSERT ON usage_events
FOR EACH ROW WHEN (NEW.accepted = 0)
EXECUTE FUNCTION refused_key_is_counted();
