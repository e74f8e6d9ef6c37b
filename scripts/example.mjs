// @ts-check
// npm run example -- vue|react|stories-vue|stories-react [--port 5173] [--gateway http://localhost:8787]: a small product on the
// client, beside "npm start".
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { bundlePage, pageAround } from "./client/bundle.mjs";
import { mintToken } from "./local/identity.mjs";
import { freePort } from "./local/port.mjs";
import { localSecret } from "./local/settings.mjs";
import { Failure, main } from "./run.mjs";
import { setUp } from "./setup.mjs";
import { ROOT } from "./workspace.mjs";

/** By its name, where it begins. @type {Record<string, string>} */
const EXAMPLES = {
  vue: "examples/vue/main.ts",
  react: "examples/react/main.tsx",
  // Each component in each of its states; they ask nobody.
  "stories-vue": "client/stories/vue.ts",
  "stories-react": "client/stories/react.ts",
};

await main(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "5173" }, gateway: { type: "string", default: "http://localhost:8787" } },
  });
  const name = positionals[0] ?? "";
  const source = EXAMPLES[name];
  if (source === undefined) throw new Failure(`Which one? Say: npm run example -- ${Object.keys(EXAMPLES).join(", or: npm run example -- ")}`);
  await setUp();
  const port = await freePort(values.port, `npm run example -- ${name}`);
  const isProduct = !name.startsWith("stories-");
  const look = isProduct ? "examples/page.css" : "client/stories/page.css";
  const files = new Map([
    ["/", { type: "text/html", text: pageAround({ title: isProduct ? "Rate sheets" : "Stories", script: "/page.js", style: "/page.css", gateway: values.gateway }) }],
    ["/page.js", { type: "text/javascript", text: await bundlePage(source) }],
    ["/page.css", { type: "text/css", text: ["client/theme.css", look].map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n") }],
  ]);
  const secret = localSecret();
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const file = files.get(path);
    if (file !== undefined) response.writeHead(200, { "content-type": `${file.type}; charset=utf-8` }).end(file.text);
    else if (path.startsWith("/auth/")) void provider(path, request, response, secret);
    else response.writeHead(404).end();
  });
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "localhost", () => resolve(undefined)));
  if (isProduct) console.log(`http://localhost:${port} shows the example in ${name}; it asks ${values.gateway} ("npm start"; with "npm start -- --port N" say here --gateway http://localhost:N).`);
  else console.log(`http://localhost:${port} shows the stories, each component in each of its states; they ask nobody.`);
});

/**
 * In place of an auth provider, for local work alone: whoever says an address is that person.
 * @param {string} path
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {string} secret
 */
async function provider(path, request, response, secret) {
  const email = /(?:^|; )who=([^;]+)/.exec(request.headers.cookie ?? "")?.[1];
  if (path === "/auth/token") {
    if (email === undefined) response.writeHead(401).end();
    else response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify({ token: mintToken(decodeURIComponent(email), secret) }));
    return;
  }
  let said = "";
  for await (const part of request) said += part;
  const cookie = path === "/auth/sign-in" ? `who=${encodeURIComponent(said)}` : "who=; Max-Age=0";
  response.writeHead(204, { "set-cookie": `${cookie}; Path=/; HttpOnly; SameSite=Strict` }).end();
}
