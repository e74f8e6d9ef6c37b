// The suites' own way into the database: a list of statements in, the rows of each out, as one transaction.
export default {
  async fetch(request, env) {
    try {
      const statements = await request.json();
      const prepared = statements.map(({ sql, values }) => env.DB.prepare(sql).bind(...(values ?? [])));
      const results = await env.DB.batch(prepared);
      return Response.json({ results: results.map((result) => result.results) });
    } catch (error) {
      return Response.json({ error: error instanceof Error ? error.message : String(error) });
    }
  },
};
