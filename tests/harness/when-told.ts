/** Columns of `users` that a snapshot leaves out: a token tells of an address also where its request is refused, and the time stays. */
export const WHEN_TOLD = ["email_updated_at", "email_said_at"];
