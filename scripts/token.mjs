// @ts-check
// npm run token -- <email>: a token for local work, signed with this checkout's own secret.
import { mintToken } from "./local/identity.mjs";
import { localSecret } from "./local/settings.mjs";
import { Failure, main } from "./run.mjs";

await main(async () => {
  const email = process.argv[2];
  if (!email || !/^\S+@\S+$/.test(email)) throw new Failure("Whose? Say: npm run token -- ada@northwind.example");
  console.log(mintToken(email, localSecret()));
});
