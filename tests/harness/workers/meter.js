// Counts the calls of the database: a POST is one, a GET asks how many there were. A PUT says which fault each of them
// is to have, or after how many whoever calls is dead; a PATCH asks for it.
let calls = 0;
let fault = "";
let death;

/** What becomes of the next call of one that dies. */
function next() {
  if (death === undefined) return fault;
  if (death.left === 0) return "dead";
  death.left -= 1;
  return death.left === 0 && death.isUnheard ? "done unheard" : "";
}

export default {
  async fetch(request) {
    if (request.method === "POST") calls += 1;
    if (request.method === "PUT") {
      const wanted = await request.text();
      death = wanted.startsWith("{") ? JSON.parse(wanted) : undefined;
      fault = death === undefined ? wanted : "";
    }
    if (request.method === "PATCH") return new Response(next());
    return new Response(String(calls));
  },
};
