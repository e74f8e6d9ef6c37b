// Counts the calls of the database: a POST is one, a GET asks how many there were. A PUT says which fault each of them
// is to have; a PATCH asks for it.
let calls = 0;
let fault = "";

export default {
  async fetch(request) {
    if (request.method === "POST") calls += 1;
    if (request.method === "PUT") fault = await request.text();
    if (request.method === "PATCH") return new Response(fault);
    return new Response(String(calls));
  },
};
