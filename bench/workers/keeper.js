// Keeps what it is told.
let kept = "[]";

export default {
  async fetch(request) {
    if (request.method === "PUT") kept = await request.text();
    return new Response(kept);
  },
};
