// The least that a function with a database can do: what the measured times are compared with.
export default {
  async fetch(request, env) {
    // A body that is left unread costs the connection.
    await request.text();
    await env.DB.batch([env.DB.prepare("SELECT 1")]);
    return Response.json({ success: true });
  },
};
