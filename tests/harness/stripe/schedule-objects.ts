// Subscription schedules in the shape of the pinned API version.
import type { Stripe } from "stripe";
import { newId } from "./objects.ts";
import type { Period } from "./periods.ts";

const LIVE = false;

export interface PhaseWanted {
  price: string;
  quantity: number;
  currency: string;
  period: Period;
  metadata: Record<string, string>;
  prorationBehavior: Stripe.SubscriptionSchedule.Phase.ProrationBehavior;
}

export function phaseObject(wanted: PhaseWanted): Stripe.SubscriptionSchedule.Phase {
  return {
    add_invoice_items: [], application_fee_percent: null, billing_cycle_anchor: null, billing_thresholds: null, collection_method: null,
    currency: wanted.currency, default_payment_method: null, default_tax_rates: [], description: null, discounts: [], end_date: wanted.period.end,
    invoice_settings: null,
    items: [{ billing_thresholds: null, discounts: [], metadata: {}, plan: wanted.price, price: wanted.price, quantity: wanted.quantity, tax_rates: [] }],
    metadata: wanted.metadata, on_behalf_of: null, proration_behavior: wanted.prorationBehavior, start_date: wanted.period.start, transfer_data: null,
    trial_end: null,
  };
}

/** Made from a subscription: one phase, which is the period that runs. */
export function scheduleObject(subscription: Stripe.Subscription, phase: PhaseWanted, created: number): Stripe.SubscriptionSchedule {
  return {
    id: newId("sub_sched"), object: "subscription_schedule", application: null, billing_mode: { flexible: null, type: "classic" }, canceled_at: null,
    completed_at: null, created, current_phase: { start_date: phase.period.start, end_date: phase.period.end }, customer: subscription.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null, automatic_tax: { disabled_reason: null, enabled: false, liability: null }, billing_cycle_anchor: "automatic",
      billing_thresholds: null, collection_method: "charge_automatically", default_payment_method: null, description: null,
      invoice_settings: { account_tax_ids: null, custom_fields: null, days_until_due: null, description: null, footer: null, issuer: { type: "self" } },
      on_behalf_of: null, transfer_data: null,
    },
    end_behavior: "release", livemode: LIVE, metadata: {}, pause_schedules: [], phases: [phaseObject(phase)], released_at: null, released_subscription: null,
    status: "active", subscription: subscription.id, test_clock: null,
  };
}
