// Where D1 answers from read replicas, a reply names the state of the database that it was read from or left behind. Whoever brings the
// newest one back sees what they did themselves, whichever function and whichever tab they did it with.

export const BOOKMARK = "x-d1-bookmark";

export class Bookmarks {
  readonly #place: string;
  #newest: string | undefined;

  /** Those of one Tallygate, which the pages of an origin share. */
  constructor(url: string) {
    this.#place = `tallygate-bookmark:${url}`;
  }

  /** The newest state that a page of this origin has met. It says nothing of anybody, and opens nothing. */
  get newest(): string | undefined {
    return later(this.#newest, this.#kept());
  }

  /** A request that brought `sent` was answered from the state `met`. */
  meet(sent: string | undefined, met: string | null): void {
    if (met === null || met === "") return;
    // No state of the same database is older than the one that was asked for: this is another one, as after the way back to a backup.
    this.#newest = sent !== undefined && met < sent ? met : later(this.newest, met);
    try {
      if (isPage()) localStorage.setItem(this.#place, this.#newest ?? met);
    } catch {
      // This page's memory has it.
    }
  }

  #kept(): string | undefined {
    try {
      return isPage() ? (localStorage.getItem(this.#place) ?? undefined) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** On a server there are no other pages, and asking for their storage brings a warning. */
const isPage = (): boolean => typeof document !== "undefined";

/** Bookmarks sort in the order of the states that they name. */
function later(one: string | undefined, other: string | undefined): string | undefined {
  return one !== undefined && (other === undefined || one > other) ? one : other;
}
