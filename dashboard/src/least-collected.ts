// What Stripe collects at least, in the smallest unit of a currency (docs.stripe.com/currencies, "Minimum and maximum charge amounts").
// The scheduler carries what is less until, with what comes, it is enough (`functions/scheduler/src/bill_overage/statements.rs`).
const LEAST: Record<string, number> = {
  gbp: 30, aed: 200, bgn: 100, czk: 1500, dkk: 250, hkd: 400, huf: 17500, mxn: 1000, myr: 200, nok: 300, pln: 200, ron: 200, sek: 300, thb: 1000,
};

export const leastCollected = (currency: string): number => LEAST[currency] ?? 50;
