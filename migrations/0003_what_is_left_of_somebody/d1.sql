-- What is left of somebody who is gone, who said that an address is whose, and where invoices are sent.
ALTER TABLE catalog_settings ADD COLUMN most_refused_keys_a_day INTEGER NOT NULL DEFAULT 1000 CHECK (most_refused_keys_a_day >= 1);
ALTER TABLE organizations ADD COLUMN refused_keys_day INTEGER;
ALTER TABLE organizations ADD COLUMN refused_keys INTEGER NOT NULL DEFAULT 0 CHECK (refused_keys >= 0);
ALTER TABLE users ADD COLUMN email_said_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX organization_invitations_by_email ON organization_invitations (email);
ALTER TABLE billing_customers ADD COLUMN observed_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE billing_customers ADD COLUMN email_is_stale INTEGER NOT NULL DEFAULT 0 CHECK (email_is_stale IN (0, 1));
CREATE INDEX billing_customers_stale ON billing_customers (stripe_customer_id) WHERE email_is_stale = 1;
-- What was kept whole had persons in it. The message itself is Stripe's to send again.
UPDATE webhook_inbox SET payload = '{}' WHERE payload IS NOT NULL;
-- How many refusals an organization has had remembered today (UTC): what is kept for its own sake has a limit, too.
CREATE TRIGGER refused_key_is_counted
AFTER INSERT ON usage_events
WHEN NEW.accepted = 0
BEGIN
  UPDATE organizations SET
    refused_keys = CASE refused_keys_day WHEN NEW.created_at - NEW.created_at % 86400000 THEN refused_keys + 1 ELSE 1 END,
    refused_keys_day = NEW.created_at - NEW.created_at % 86400000
  WHERE id = NEW.organization_id;
END;
