// @ts-check
// One page to try the functions with. Whom one can be is told by a worker that only local work has; elsewhere any token
// can be pasted.
import { REQUESTS } from "./requests.js";

/** @typedef {{ email: string, is: string, token: string }} Person */

/** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
function element(id, type) {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return found;
}

const token = element("token", HTMLTextAreaElement);
const body = element("body", HTMLTextAreaElement);
const method = element("method", HTMLElement);
const name = element("name", HTMLElement);
const status = element("status", HTMLElement);
const timing = element("timing", HTMLElement);
const json = element("json", HTMLElement);

const demo = await readDemo();
showPeople(demo.people);
showFunctions(await servedFunctions());
element("form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});

/** @returns {Promise<{ people: Person[], invitation: string }>} */
async function readDemo() {
  try {
    const reply = await fetch("/functions/v1/local-demo");
    if (reply.ok) return await reply.json();
  } catch {
    // Nobody is there to be.
  }
  return { people: [], invitation: "" };
}

/** @param {Person[]} people */
function showPeople(people) {
  element("token-hint", HTMLElement).textContent = people.length > 0
    ? "Tokens are good for 12 hours; a restart makes new ones."
    : "Paste a token of a signed-in user.";
  const list = element("people", HTMLElement);
  people.forEach((person, place) => {
    const choice = document.createElement("label");
    const radio = Object.assign(document.createElement("input"), { type: "radio", name: "person", value: person.email });
    radio.addEventListener("change", () => { token.value = person.token; });
    if (place === 0) {
      radio.checked = true;
      token.value = person.token;
    }
    const text = document.createElement("span");
    text.append(strong(person.email.split("@")[0] ?? person.email), ` ${person.is}`);
    choice.append(radio, text);
    list.append(choice);
  });
}

/** @param {string} text */
function strong(text) {
  return Object.assign(document.createElement("strong"), { textContent: text });
}

/** @returns {Promise<string[]>} */
async function servedFunctions() {
  try {
    const listed = await (await fetch("/functions/v1")).json();
    return listed.functions;
  } catch {
    return [];
  }
}

/** @param {string[]} served */
function showFunctions(served) {
  const area = element("functions", HTMLElement);
  for (const { name: functionName, requests } of REQUESTS) {
    if (!served.includes(functionName)) continue;
    const group = document.createElement("div");
    group.className = "function";
    group.append(Object.assign(document.createElement("h3"), { textContent: functionName }));
    for (const example of requests) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: example.label });
      button.addEventListener("click", () => {
        choose(functionName, example);
        void send();
      });
      group.append(button);
    }
    area.append(group);
  }
  const first = REQUESTS[0];
  if (first?.requests[0]) choose(first.name, first.requests[0]);
}

/** @param {string} functionName @param {import("./requests.js").Example} example */
function choose(functionName, example) {
  method.textContent = example.method ?? "POST";
  name.textContent = `${functionName}${example.path ?? ""}`;
  body.disabled = example.method === "GET";
  body.value = body.disabled ? "" : JSON.stringify(example.body, null, 2).replaceAll("«invitation»", demo.invitation);
}

async function send() {
  status.className = "status";
  status.textContent = "…";
  timing.textContent = "";
  const started = performance.now();
  try {
    const reply = await fetch(`/functions/v1/${name.textContent}`, {
      method: method.textContent ?? "POST",
      headers: { "content-type": "application/json", ...(token.value.trim() ? { authorization: `Bearer ${token.value.trim()}` } : {}) },
      ...(body.disabled ? {} : { body: body.value }),
    });
    const text = await reply.text();
    status.textContent = `${reply.status} ${reply.statusText}`;
    status.classList.add(reply.ok ? "good" : "refused");
    timing.textContent = [`${Math.round(performance.now() - started)} ms`, reply.headers.get("server-timing")].filter(Boolean).join(" · ");
    json.textContent = pretty(text);
  } catch (error) {
    status.textContent = "no answer";
    status.classList.add("refused");
    json.textContent = String(error);
  }
}

/** @param {string} text */
function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
