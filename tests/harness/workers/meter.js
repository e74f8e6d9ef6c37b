// Counts the calls of the database: a POST is one, to `/near` one that a replica answers; a GET asks how many there were. A PUT says which fault each of them
// is to have, or after how many whoever calls is dead or sleeps; a PATCH asks for it. `/asleep` says whether one sleeps.
let calls = 0;
let near = 0;
let fault = "";
let death;
let sleep;

/** What becomes of the next call, of one that dies or sleeps. */
function next() {
  if (sleep !== undefined && !sleep.isAsleep) {
    sleep.sleepsAfter -= 1;
    sleep.isAsleep = sleep.sleepsAfter < 0;
    if (sleep.isAsleep) return "asleep";
  }
  if (death === undefined) return fault;
  if (death.left === 0) return "dead";
  death.left -= 1;
  return death.left === 0 && death.isUnheard ? "done unheard" : "";
}

export default {
  async fetch(request) {
    const isNear = request.url.endsWith("/near");
    if (request.method === "POST") {
      calls += 1;
      if (isNear) near += 1;
    }
    if (request.method === "PUT") {
      const wanted = await request.text();
      const told = wanted.startsWith("{") ? JSON.parse(wanted) : {};
      death = "left" in told ? told : undefined;
      sleep = "sleepsAfter" in told ? told : undefined;
      fault = wanted.startsWith("{") ? "" : wanted;
    }
    if (request.url.endsWith("/asleep")) return new Response(sleep?.isAsleep ? "asleep" : "");
    if (request.method === "PATCH") return new Response(next());
    return new Response(String(isNear ? near : calls));
  },
};
