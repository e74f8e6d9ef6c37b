// npm run docs: makes the requests of docs/API.md and docs/CONSOLE.md against the built workers and writes down what came back.
import { writeFileSync } from "node:fs";
import { Shop } from "../harness/shop.ts";
import { EXAMPLE_SETTINGS, makeExamples } from "./examples.ts";
import { write } from "./document.ts";
import { PERSONAL_DATA, personalDataPage } from "./personal-data.ts";

writeFileSync(PERSONAL_DATA, personalDataPage());
const shop = await Shop.open(EXAMPLE_SETTINGS);
try {
  const examples = await makeExamples(shop);
  write(examples);
  console.log(`docs/API.md, docs/CONSOLE.md: ${examples.length} examples.`);
} finally {
  await shop.close();
}
