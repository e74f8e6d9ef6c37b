-- Overage on invoices, what is reconciled with Stripe, and trials whose end was told.
-- The period that a counter is of, and the plan it was last counted on; NULL where no version since has counted.
ALTER TABLE usage_counters ADD COLUMN period_end bigint;
ALTER TABLE usage_counters ADD COLUMN plan_id text;
-- When Stripe was last asked because no message had come.
ALTER TABLE billing_subscriptions ADD COLUMN reconciled_at bigint;
-- The end of a trial that was told of as over.
ALTER TABLE org_subscriptions ADD COLUMN trial_told_end bigint;
-- What is counted now is billed when it closes, also where nothing more is counted in it: the months that go on.
UPDATE usage_counters SET
  period_end = (SELECT subscription.current_period_end FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id),
  plan_id = (SELECT subscription.plan_id FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id)
WHERE period_start > 0 AND EXISTS (
  SELECT 1 FROM org_subscriptions subscription
  JOIN plan_features feature ON feature.plan_id = subscription.plan_id AND feature.feature = usage_counters.feature AND feature.reset = 'billing_period'
  WHERE subscription.organization_id = usage_counters.organization_id AND subscription.current_period_start = usage_counters.period_start
    AND subscription.current_period_end > (extract(epoch FROM now()) * 1000)::bigint AND subscription.current_period_end - subscription.current_period_start <= 2764800000);
UPDATE usage_counters SET
  period_end = (extract(epoch FROM date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month') * 1000)::bigint,
  plan_id = (SELECT subscription.plan_id FROM org_subscriptions subscription WHERE subscription.organization_id = usage_counters.organization_id)
WHERE period_start = (extract(epoch FROM date_trunc('month', now() AT TIME ZONE 'UTC')) * 1000)::bigint AND EXISTS (
  SELECT 1 FROM org_subscriptions subscription
  JOIN plan_features feature ON feature.plan_id = subscription.plan_id AND feature.feature = usage_counters.feature AND feature.reset = 'calendar_month'
  WHERE subscription.organization_id = usage_counters.organization_id);

-- What each meter of a period came to when it was over: the billing history, and what is put on invoices.
CREATE TABLE usage_summaries (
  organization_id        text   NOT NULL REFERENCES organizations (id),
  period_start           bigint NOT NULL,
  feature                text   NOT NULL,
  -- 0: what the period came to when it was closed. Above: what was counted in it afterwards, each time a further one.
  correction             bigint NOT NULL DEFAULT 0 CHECK (correction >= 0),
  -- When it was over: at its end, or where another period began before that.
  period_end             bigint NOT NULL,
  plan_id                text   NOT NULL,
  -- In what is counted; in units that were begun; and those of them beyond the plan's limit, where it has a price for these.
  quantity               bigint NOT NULL,
  units                  bigint NOT NULL,
  overage_units          bigint NOT NULL,
  overage_cents          bigint NOT NULL CHECK (overage_cents >= 0),
  currency               text   NOT NULL,
  -- `nothing`: it costs nothing. `not_billed`: it was counted before overage was put on invoices. `closed`: to be judged;
  -- `carried`: to be judged again with what comes; `billing`: Stripe is asked; `billed`: it is an item at Stripe.
  state                  text   NOT NULL CHECK (state IN ('nothing', 'not_billed', 'closed', 'carried', 'billing', 'billed')),
  -- Why it is carried.
  reason                 text   CHECK (reason IN ('below_minimum', 'no_customer')),
  -- 1: something is to be done with it yet, or its invoice is not known.
  is_open                bigint NOT NULL CHECK (is_open IN (0, 1)),
  -- How often Stripe was asked, which step asked last, when it may be asked again, and what it said where it would not.
  attempts               bigint NOT NULL DEFAULT 0,
  attempted_by           text  ,
  retry_at               bigint NOT NULL DEFAULT 0,
  failure                text  ,
  stripe_customer_id     text  ,
  stripe_invoice_item_id text  ,
  -- NULL: the item waits for an invoice.
  stripe_invoice_id      text  ,
  closed_at              bigint NOT NULL,
  billed_at              bigint,
  request_id             text   NOT NULL,
  PRIMARY KEY (organization_id, period_start, feature, correction),
  CHECK ((state = 'billed') = (billed_at IS NOT NULL)),
  CHECK ((state = 'billed') = (stripe_invoice_item_id IS NOT NULL)),
  CHECK ((state = 'carried') = (reason IS NOT NULL))
);
-- What is to be done yet.
CREATE INDEX usage_summaries_open ON usage_summaries (organization_id) WHERE is_open = 1;

-- What payers have disputed at their bank.
CREATE TABLE billing_disputes (
  organization_id   text   NOT NULL REFERENCES organizations (id),
  stripe_dispute_id text   NOT NULL,
  stripe_charge_id  text   NOT NULL,
  -- NULL: the charge paid no invoice.
  stripe_invoice_id text  ,
  currency          text   NOT NULL,
  disputed_cents    bigint NOT NULL,
  reason            text  ,
  -- Stripe's own word for it: `needs_response`, `won`, `lost` and others.
  status            text   NOT NULL,
  created_at        bigint NOT NULL,
  -- When the message was sent that says so: of two the later one counts.
  said_at           bigint NOT NULL,
  PRIMARY KEY (organization_id, stripe_dispute_id)
);

-- A trial's time is over with whatever ends it from then on; where nothing does, the scheduler tells of it (`end_trials`).
CREATE OR REPLACE FUNCTION org_trial_is_over() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO outbox (id, organization_id, event_type, target_id, payload, created_at)
  VALUES (NEW.request_id || ':trial', NEW.organization_id, 'trial.ended', OLD.plan_id,
    '{"plan":"' || OLD.plan_id || '","trialEndsAt":' || OLD.trial_ends_at || '}', NEW.updated_at);
  RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER org_trial_is_over
AFTER UPDATE OF status ON org_subscriptions
FOR EACH ROW
WHEN (OLD.status = 'trialing' AND NEW.status <> 'trialing' AND NEW.updated_at >= OLD.trial_ends_at
  AND OLD.trial_told_end IS DISTINCT FROM OLD.trial_ends_at AND NEW.request_id IS NOT NULL)
EXECUTE FUNCTION org_trial_is_over();
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['usage_summaries', 'billing_disputes'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM PUBLIC, anon, authenticated', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO tallygate', name);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY tallygate_does_everything ON %I TO tallygate USING (true) WITH CHECK (true)', name);
  END LOOP;
END
$$;
REVOKE DELETE ON usage_summaries, billing_disputes FROM tallygate;
-- What a period came to, and what was disputed, for those who may bill; what is between us and Stripe is for nobody.
GRANT SELECT (organization_id, period_start, feature, correction, period_end, plan_id, quantity, units, overage_units,
  overage_cents, currency, state, reason, stripe_invoice_item_id, stripe_invoice_id, closed_at, billed_at) ON usage_summaries TO authenticated;
CREATE POLICY billers_read ON usage_summaries FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
GRANT SELECT ON billing_disputes TO authenticated;
CREATE POLICY billers_read ON billing_disputes FOR SELECT TO authenticated
  USING (organization_id IN (SELECT tallygate_billed_organizations()));
