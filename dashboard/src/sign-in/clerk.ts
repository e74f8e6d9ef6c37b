// Sign-in by Clerk, through its own package without what that would load from elsewhere. Clerk keeps who is signed in in cookies of
// its own. No test of the suite signs anybody in by it, since the package is installed only where it is wanted.
import { Clerk } from "@clerk/clerk-js/no-rhc";
import type { ClerkSettings, SignInProvider } from "./provider.ts";

const CODE = "email_code";

export function clerk({ key }: ClerkSettings): SignInProvider {
  const page = new Clerk(key);
  let isNew = false;

  async function finish({ status, createdSessionId }: { status: string | null; createdSessionId: string | null }): Promise<void> {
    if (status !== "complete" || createdSessionId === null) throw new Error(`Clerk asks for more than an e-mail address proves: ${status ?? "nothing"}.`);
    await page.setActive({ session: createdSessionId });
  }

  async function sendToKnown(email: string): Promise<void> {
    const attempt = await page.client.signIn.create({ identifier: email });
    const factor = attempt.supportedFirstFactors?.find(({ strategy }) => strategy === CODE);
    if (factor?.emailAddressId === undefined) throw new Error("Codes by e-mail are off at Clerk.");
    await attempt.prepareFirstFactor({ strategy: CODE, emailAddressId: factor.emailAddressId });
  }

  async function sendToNew(email: string): Promise<void> {
    const attempt = await page.client.signUp.create({ emailAddress: email });
    await attempt.prepareEmailAddressVerification({ strategy: CODE });
  }

  return {
    start: () => page.load(),
    getToken: async () => (await page.session?.getToken()) ?? undefined,
    async sendCode(email) {
      isNew = false;
      await sendToKnown(email).catch((refused: unknown) => {
        if (!isUnknown(refused)) throw refused;
        isNew = true;
        return sendToNew(email);
      });
    },
    async enterCode(_email, code) {
      await finish(isNew ? await page.client.signUp.attemptEmailAddressVerification({ code }) : await page.client.signIn.attemptFirstFactor({ strategy: CODE, code }));
    },
    async enterPassword(email, password) {
      await finish(await page.client.signIn.create({ strategy: "password", identifier: email, password }));
    },
    signOut: () => page.signOut(),
  };
}

/** Clerk knows nobody of that address. */
function isUnknown(refused: unknown): boolean {
  const { errors = [] } = refused as { errors?: { code: string }[] };
  return errors.some(({ code }) => code === "form_identifier_not_found");
}
