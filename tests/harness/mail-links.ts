// The links by which somebody stops mails, as `shared/src/mails/links.rs` signs them.
import { createHmac } from "node:crypto";

export const UNSUBSCRIBE_SECRET = "the secret of links in mails in these suites";

/** The path and query of a link of a person's. */
export function unsubscribePath(user: string, kind: string, secret = UNSUBSCRIBE_SECRET): string {
  const signed = ["user", user, kind].map((part) => `${Buffer.byteLength(part)}:${part}\n`).join("");
  const signature = createHmac("sha256", secret).update(signed).digest("base64url");
  return `/unsubscribe?${new URLSearchParams({ user, kind, signature })}`;
}
