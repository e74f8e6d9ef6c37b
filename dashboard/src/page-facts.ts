// What is written into the page when it is made: `<meta name="…" content="<JSON>">`.

/** Undefined where the page says nothing of it. */
export function factOf<T>(name: string): T | undefined {
  const content = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";
  return content === "" ? undefined : (JSON.parse(content) as T);
}
