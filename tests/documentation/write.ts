// npm run docs: makes the requests of docs/API.md against the built workers and writes down what came back.
import { startSystem } from "../harness/system.ts";
import { write } from "./document.ts";
import { makeExamples } from "./examples.ts";

const system = await startSystem();
try {
  const examples = await makeExamples(system);
  write(examples);
  console.log(`docs/API.md: ${examples.length} examples.`);
} finally {
  await system.close();
}
