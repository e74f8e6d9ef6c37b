// Cloudflare's price list, in US dollars, beyond what the paid plan includes.
// https://developers.cloudflare.com/d1/platform/pricing/, https://developers.cloudflare.com/workers/platform/pricing/

export const PRICES = {
  /** D1, a million rows; 25 000 million a month are included. */
  rowsReadMillion: 0.001,
  /** D1, a million rows; 50 million a month are included. */
  rowsWrittenMillion: 1,
  /** D1, a gigabyte a month; 5 are included. */
  gigabyteMonth: 0.75,
  /** Workers, a million requests; 10 million a month are included. A service binding's are not counted. */
  requestsMillion: 0.3,
  /** Workers, a million milliseconds of CPU; 30 million a month are included. */
  cpuMillisecondsMillion: 0.02,
};

/** What a million requests cost that read and write so many rows each, CPU aside. */
export function priceOfMillion(read: number, written: number): number {
  return read * PRICES.rowsReadMillion + written * PRICES.rowsWrittenMillion + PRICES.requestsMillion;
}
