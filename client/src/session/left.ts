// Whether the page before ended the session when it went. While a page goes there is time for nothing that is not done at once, so
// this is in localStorage: the id alone, which opens nothing.

const leftKey = (name: string): string => `${name}:left`;

/** The page goes, and ends the session. */
export function putLeft(name: string, id: string): void {
  try {
    localStorage.setItem(leftKey(name), id);
  } catch {
    // Storage is off: the id is used again, and at worst registered once more.
  }
}

/** The id of the session that the page before ended; told once. */
export function takeLeft(name: string): string | undefined {
  try {
    const id = localStorage.getItem(leftKey(name)) ?? undefined;
    localStorage.removeItem(leftKey(name));
    return id;
  } catch {
    return undefined;
  }
}
