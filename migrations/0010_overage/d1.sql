-- Overage on invoices, what is reconciled with Stripe, and trials whose end was told.
-- The period that a counter is of, and the plan it was last counted on; NULL where no version since has counted.
ALTER TABLE usage_counters ADD COLUMN period_end INTEGER;
ALTER TABLE usage_counters ADD COLUMN plan_id TEXT;
-- When Stripe was last asked because no message had come.
ALTER TABLE billing_subscriptions ADD COLUMN reconciled_at INTEGER;
-- The end of a trial that was told of as over.
ALTER TABLE org_subscriptions ADD COLUMN trial_told_end INTEGER;
-- What is counted now is billed when it closes, also where nothing more is counted in it: the months that go on.
UPDATE usage_counters SET
  period_end = (SELECT subscription.current_period_end FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id),
  plan_id = (SELECT subscription.plan_id FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id)
WHERE period_start > 0 AND EXISTS (
  SELECT 1 FROM org_subscriptions subscription
  JOIN plan_features feature ON feature.plan_id = subscription.plan_id AND feature.feature = usage_counters.feature AND feature.reset = 'billing_period'
  WHERE subscription.organization_id = usage_counters.organization_id AND subscription.current_period_start = usage_counters.period_start
    AND subscription.current_period_end > CAST(strftime('%s', 'now') AS INTEGER) * 1000 AND subscription.current_period_end - subscription.current_period_start <= 2764800000);
UPDATE usage_counters SET
  period_end = CAST(strftime('%s', 'now', 'start of month', '+1 month') AS INTEGER) * 1000,
  plan_id = (SELECT subscription.plan_id FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id)
WHERE period_start = CAST(strftime('%s', 'now', 'start of month') AS INTEGER) * 1000 AND EXISTS (
  SELECT 1 FROM org_subscriptions subscription
  JOIN plan_features feature ON feature.plan_id = subscription.plan_id AND feature.feature = usage_counters.feature AND feature.reset = 'calendar_month'
  WHERE subscription.organization_id = usage_counters.organization_id);

-- What each meter of a period came to when it was over: the billing history, and what is put on invoices.
CREATE TABLE usage_summaries (
  organization_id        TEXT    NOT NULL REFERENCES organizations (id),
  period_start           INTEGER NOT NULL,
  feature                TEXT    NOT NULL,
  -- 0: what the period came to when it was closed. Above: what was counted in it afterwards, each time a further one.
  correction             INTEGER NOT NULL DEFAULT 0 CHECK (correction >= 0),
  -- When it was over: at its end, or where another period began before that.
  period_end             INTEGER NOT NULL,
  plan_id                TEXT    NOT NULL,
  -- In what is counted; in units that were begun; and those of them beyond the plan's limit, where it has a price for these.
  quantity               INTEGER NOT NULL,
  units                  INTEGER NOT NULL,
  overage_units          INTEGER NOT NULL,
  overage_cents          INTEGER NOT NULL CHECK (overage_cents >= 0),
  currency               TEXT    NOT NULL,
  -- `nothing`: it costs nothing. `not_billed`: it was counted before overage was put on invoices. `closed`: to be judged;
  -- `carried`: to be judged again with what comes; `billing`: Stripe is asked; `billed`: it is an item at Stripe.
  state                  TEXT    NOT NULL CHECK (state IN ('nothing', 'not_billed', 'closed', 'carried', 'billing', 'billed')),
  -- Why it is carried.
  reason                 TEXT    CHECK (reason IN ('below_minimum', 'no_customer')),
  -- 1: something is to be done with it yet, or its invoice is not known.
  is_open                INTEGER NOT NULL CHECK (is_open IN (0, 1)),
  -- How often Stripe was asked, which step asked last, when it may be asked again, and what it said where it would not.
  attempts               INTEGER NOT NULL DEFAULT 0,
  attempted_by           TEXT   ,
  retry_at               INTEGER NOT NULL DEFAULT 0,
  failure                TEXT   ,
  stripe_customer_id     TEXT   ,
  stripe_invoice_item_id TEXT   ,
  -- NULL: the item waits for an invoice.
  stripe_invoice_id      TEXT   ,
  closed_at              INTEGER NOT NULL,
  billed_at              INTEGER,
  request_id             TEXT    NOT NULL,
  PRIMARY KEY (organization_id, period_start, feature, correction),
  CHECK ((state = 'billed') = (billed_at IS NOT NULL)),
  CHECK ((state = 'billed') = (stripe_invoice_item_id IS NOT NULL)),
  CHECK ((state = 'carried') = (reason IS NOT NULL))
) WITHOUT ROWID;
-- What is to be done yet.
CREATE INDEX usage_summaries_open ON usage_summaries (organization_id) WHERE is_open = 1;

-- What payers have disputed at their bank.
CREATE TABLE billing_disputes (
  organization_id   TEXT    NOT NULL REFERENCES organizations (id),
  stripe_dispute_id TEXT    NOT NULL,
  stripe_charge_id  TEXT    NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id TEXT   ,
  currency          TEXT    NOT NULL,
  disputed_cents    INTEGER NOT NULL,
  reason            TEXT   ,
  -- Stripe's own word for it: `needs_response`, `won`, `lost` and others.
  status            TEXT    NOT NULL,
  created_at        INTEGER NOT NULL,
  -- When the message was sent that says so: of two the later one counts.
  said_at           INTEGER NOT NULL,
  PRIMARY KEY (organization_id, stripe_dispute_id)
) WITHOUT ROWID;

-- A trial's time is over with whatever ends it from then on; where nothing does, the scheduler tells of it (`end_trials`).
CREATE TRIGGER org_trial_is_over
AFTER UPDATE OF status ON org_subscriptions
WHEN OLD.status = 'trialing' AND NEW.status <> 'trialing' AND NEW.updated_at >= OLD.trial_ends_at
  AND OLD.trial_told_end IS NOT OLD.trial_ends_at AND NEW.request_id IS NOT NULL
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id || ':trial', NEW.organization_id, 'trial.ended', OLD.plan_id,
    '{"plan":"' || OLD.plan_id || '","trialEndsAt":' || OLD.trial_ends_at || '}', NEW.updated_at);
END;
