// Addresses that replies hold. What a server or a catalog says is a text: `javascript:` runs nowhere, and an @ makes no mail address.

/** Where a browser may be sent to; undefined for anything but the web. */
export function webAddress(text: string | null | undefined): string | undefined {
  return hasScheme(text, ["https:", "http:"]) ? text : undefined;
}

/** What a link may lead to: the web, a mail, or a path of the product. */
export function linkAddress(text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (/^\/(?![/\\])/.test(text)) return text;
  return hasScheme(text, ["https:", "http:", "mailto:"]) ? text : undefined;
}

/** Whom to ask: an address of the web, or of mail, which the catalog may write without its scheme. */
export function contactAddress(text: string | null | undefined): string | undefined {
  return linkAddress(text) ?? (/^[^\s@/:?#]+@[^\s@/:?#]+$/.test(text ?? "") ? `mailto:${text}` : undefined);
}

function hasScheme(text: string | null | undefined, schemes: readonly string[]): text is string {
  return text !== null && text !== undefined && URL.canParse(text) && schemes.includes(new URL(text).protocol);
}
