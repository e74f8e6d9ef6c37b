// The least that a function can do: it reads its body and answers.
export default {
  async fetch(request) {
    await request.text();
    return Response.json({ success: true });
  },
};
