// An event on its way to an endpoint, signed by Stripe's official package.
import { Stripe } from "stripe";

export interface Signing {
  /** One secret, or several while one is rolled: Stripe then sends a signature of each. */
  secret?: string;
  secrets?: string[];
  /** Seconds; now unless said otherwise. */
  timestamp?: number;
}

const stripe = new Stripe("sk_test_unused");

/** The raw body and the headers of a delivery, as the suites' `Ask` has them. */
export function signed(event: object | string, { secret, secrets = secret === undefined ? [] : [secret], timestamp }: Signing): { rawBody: string; headers: Record<string, string> } {
  const payload = typeof event === "string" ? event : JSON.stringify(event, null, 2);
  const at = timestamp ?? Math.floor(Date.now() / 1_000);
  const signatures = secrets.map((one) => stripe.webhooks.generateTestHeaderString({ payload, secret: one, timestamp: at }).replace(/^t=\d+,/, ""));
  return {
    rawBody: payload,
    headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": [`t=${at}`, ...signatures].join(","), "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)" },
  };
}
