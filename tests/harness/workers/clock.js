// The moment at which workers are that have a clock of the suite's: a PUT sets it, an empty one lets the time go on.
let moment = "";

export default {
  async fetch(request) {
    if (request.method === "PUT") moment = await request.text();
    return new Response(moment);
  },
};
