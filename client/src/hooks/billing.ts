// What there is to buy, and what was paid.
import { webAddress } from "../models/address.ts";
import type { Input } from "../types.ts";
import type { Tools } from "../view/tools.ts";
import { attempts } from "./attempts.ts";
import { ALL, KEYS, plansQuery, reads } from "./queries.ts";

export function plansHook(tools: Tools) {
  const query = tools.query(() => plansQuery(tools.client));
  return {
    get plans() { return query.data?.plans ?? []; },
    get currency() { return query.data?.currency ?? "usd"; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
  };
}

export function billingHook(tools: Tools) {
  const { client } = tools;
  const tried = attempts(tools);
  const query = tools.query(() => reads(KEYS.billing, client.billing.history));
  const checkout = tried.change({ change: (input: Input<"billing", "checkout">) => client.billing.checkout(input).then(onTheWeb), invalidates: [] });
  const portal = tried.change({ change: (input: Input<"billing", "portal">) => client.billing.portal(input).then(onTheWeb), invalidates: [] });
  const changePlan = tried.change({ change: (input: Input<"billing", "changePlan">) => client.billing.changePlan(input), invalidates: [ALL] });
  const cancel = tried.change({ change: () => client.billing.cancel(), invalidates: [ALL] });
  const resume = tried.change({ change: () => client.billing.resume(), invalidates: [ALL] });
  return {
    get subscription() { return query.data?.subscription; },
    get invoices() { return query.data?.invoices ?? []; },
    get isPending() { return query.isPending; },
    get isPaused() { return query.isPaused; },
    get error() { return query.error; },
    get refusal() { return tried.refusal; },
    /** Opens the page for the first payment; send the browser to its `url`. */
    checkout: (input: Input<"billing", "checkout">) => checkout.run(input),
    portal: (input: Input<"billing", "portal"> = {}) => portal.run(input),
    changePlan: (input: Input<"billing", "changePlan">) => changePlan.run(input),
    cancel: () => cancel.run(undefined),
    resume: () => resume.run(undefined),
  };
}

/** The browser is sent there. */
function onTheWeb<Reply extends { url: string }>(reply: Reply): Reply {
  if (webAddress(reply.url) === undefined) throw new Error(`Tallygate answered with an address that is none of the web: ${reply.url}`);
  return reply;
}
