// npm run simulate [-- --organizations 10000] [--events 1000000] [--requests 3000]: a local D1 with so many customers and events, real
// requests upon it, and what Cloudflare's price list makes of them.
import { parseArgs } from "node:util";
import { Failure } from "../scripts/run.mjs";
import { engine } from "../tests/harness/database.ts";
import { startSystem, type System } from "../tests/harness/system.ts";
import { commandLine, whole } from "./command-line.ts";
import { table } from "./report.ts";
import { fillCustomers, fillLedger } from "./simulation/fill.ts";
import { priceOfMillion, PRICES } from "./simulation/prices.ts";
import { traffic, type Spent } from "./simulation/traffic.ts";

const { organizations, events, requests } = await commandLine(() => {
  const { values } = parseArgs({
    options: {
      organizations: { type: "string", default: "10000" },
      events: { type: "string", default: "1000000" },
      requests: { type: "string", default: "3000" },
    },
  });
  if (engine !== "d1") throw new Failure("Rows are told by D1 alone: leave TALLYGATE_TEST_ENGINE out.");
  return {
    organizations: whole("organizations", values.organizations, 100),
    events: whole("events", values.events, 0),
    requests: whole("requests", values.requests, 100),
  };
});

/** Only D1's own answers tell how large the database is. */
const SIZE = "export default { fetch: async (_, env) => Response.json((await env.DB.prepare('SELECT 1').all()).meta.size_after) };";

const system = await startSystem({ catalog: "starter-kit", guests: { size: SIZE } });
try {
  const empty = await size(system);
  const customers = await fillCustomers(system, organizations, shown("customers", organizations));
  const peopled = await size(system);
  await fillLedger(system, customers, events, shown("events in the ledger", events));
  const full = await size(system);
  await agrees(system);
  const spent = await traffic(system, customers, requests, shown("requests", requests));
  await agrees(system);
  process.stdout.write(report({ spent, empty, peopled, full }));
} finally {
  await system.close();
}

async function size(system: System): Promise<number> {
  return Number((await system.call("size", { method: "GET" })).text);
}

/** The ledger's sums are the counters': what was written by SQL is as the functions write it, and they went on from there. */
async function agrees(system: System): Promise<void> {
  const wrong = await system.sql(`SELECT counter.organization_id, counter.feature, counter.quantity, counter.changes, SUM(event.counted) AS counted, COUNT(*) AS events
FROM usage_counters counter
JOIN usage_events event ON event.organization_id = counter.organization_id AND event.feature = counter.feature AND event.period_start = counter.period_start AND event.accepted = 1
GROUP BY counter.organization_id, counter.feature, counter.period_start
HAVING counter.quantity <> SUM(event.counted) OR counter.changes <> COUNT(*) LIMIT 3`);
  if (wrong.length > 0) throw new Error(`The ledger and the counters disagree: ${JSON.stringify(wrong)}`);
}

function report({ spent, empty, peopled, full }: { spent: Spent[]; empty: number; peopled: number; full: number }): string {
  const each = spent.filter(({ requests }) => requests > 0);
  const row = ({ name, share, requests, read, written }: Spent): string[] =>
    [name, `${share} %`, (read / requests).toFixed(1), (written / requests).toFixed(2), priceOfMillion(read / requests, written / requests).toFixed(2)];
  const mixed = each.reduce((sum, { share, requests, read, written }) =>
    ({ share: sum.share + share, read: sum.read + (share * read) / requests, written: sum.written + (share * written) / requests }), { share: 0, read: 0, written: 0 });
  const [read, written] = [mixed.read / mixed.share, mixed.written / mixed.share];
  const refused = each.reduce((sum, { refused }) => sum + refused, 0);
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return `
${number(organizations)} organizations and ${number(events)} events of this month, written by SQL in the form that \`track-usage\` writes; upon them
${number(requests)} requests through the built workers in workerd (${number(refused)} of them refused at a limit), each with the rows that D1 told:

${table(["request", "of all", "rows read", "rows written", "$ a million"], [...each.map(row), ["**this mix**", "100 %", read.toFixed(1), written.toFixed(2), priceOfMillion(read, written).toFixed(2)]])}

Of a million requests of this mix: rows written $${(written * PRICES.rowsWrittenMillion).toFixed(2)}, Workers $${PRICES.requestsMillion.toFixed(2)}, rows read $${(read * PRICES.rowsReadMillion).toFixed(3)}. Each millisecond
of CPU a request adds $${PRICES.cpuMillisecondsMillion.toFixed(2)}. That is beyond what the paid plan ($5 a month) includes: 10 million requests, 50 million rows written.

The database has ${megabytes(full)} MB: ${((peopled - empty) / organizations / 1e3).toFixed(2)} KB an organization with its person, ${events === 0 ? "0" : ((full - peopled) / events).toFixed(0)} bytes an event. A month costs $${((full / 1e9) * PRICES.gigabyteMonth).toFixed(2)} beyond the 5 GB
that are included; D1's 10 GB hold ${events === 0 ? "as many as fit" : `about ${number(Math.round((10e9 - peopled) / ((full - peopled) / events) / 1e6))} million`} events beside these customers.
`;
}

function shown(what: string, all: number): (done: number) => void {
  let [last, isOver] = [0, false];
  return (done) => {
    if (isOver || (done < all && Date.now() - last < 2_000)) return;
    [last, isOver] = [Date.now(), done >= all];
    process.stderr.write(`${number(done)} of ${number(all)} ${what}\n`);
  };
}

function number(value: number): string {
  return value.toLocaleString("en");
}
