// For whoever tries the example: why nothing is shown, where the page cannot reach Tallygate.

/** Says above the page what to do; nothing where the gateway answers. */
export async function sayIfUnreachable(gateway: string): Promise<void> {
  // A call of the client's kind, which a function answers to everybody: the browser asks first whether this page may send it. The
  // gateway's own list of functions is for every page.
  const address = `${gateway}/functions/v1/billing/plans`;
  const isHeard = await answers(address, { headers: { authorization: "Bearer none" } });
  if (isHeard) return;
  const isThere = await answers(address, { mode: "no-cors" });
  const told = document.createElement("p");
  told.setAttribute("role", "alert");
  told.className = "tg-refusal";
  told.textContent = isThere
    ? `${gateway} does not let this page ask it: its ALLOWED_ORIGINS has no ${location.origin}. "npm start" allows http://localhost:5173 and http://localhost:5174.`
    : `This page cannot reach ${gateway}. Is "npm start" running? If it has another port, say it here, too: npm run example -- vue --gateway http://localhost:N`;
  document.body.prepend(told);
}

const answers = (address: string, how: RequestInit): Promise<boolean> => fetch(address, how).then(() => true, () => false);
