// A cluster for all suites of a run: says its port on one line, and ends with its input.
import { Cluster } from "./cluster.ts";

/** Several suites at once, each with the connections of a proxy and its own. */
const cluster = await Cluster.start({ max_connections: "500" });
await cluster.prepare();
console.log(cluster.port);
process.stdin.resume();
await new Promise((resolve) => process.stdin.once("end", resolve));
await cluster.stop();
