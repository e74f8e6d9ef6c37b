// Counts the calls of the database: a POST is one, a GET asks how many there were.
let calls = 0;

export default {
  async fetch(request) {
    if (request.method === "POST") calls += 1;
    return new Response(String(calls));
  },
};
