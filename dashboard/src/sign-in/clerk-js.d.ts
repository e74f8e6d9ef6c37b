// What is used of Clerk's package, which is installed only where it is wanted (docs: clerk.com/docs/references/javascript).
declare module "@clerk/clerk-js/no-rhc" {
  interface Attempt {
    status: string | null;
    createdSessionId: string | null;
  }

  interface SignIn extends Attempt {
    supportedFirstFactors: { strategy: string; emailAddressId?: string }[] | null;
    create(by: { identifier: string; strategy?: "password"; password?: string }): Promise<SignIn>;
    prepareFirstFactor(by: { strategy: string; emailAddressId: string }): Promise<SignIn>;
    attemptFirstFactor(by: { strategy: string; code: string }): Promise<SignIn>;
  }

  interface SignUp extends Attempt {
    create(who: { emailAddress: string }): Promise<SignUp>;
    prepareEmailAddressVerification(by: { strategy: string }): Promise<SignUp>;
    attemptEmailAddressVerification(by: { code: string }): Promise<SignUp>;
  }

  export class Clerk {
    constructor(publishableKey: string);
    load(): Promise<void>;
    readonly client: { signIn: SignIn; signUp: SignUp };
    readonly session: { getToken(): Promise<string | null> } | null | undefined;
    setActive(what: { session: string }): Promise<void>;
    signOut(): Promise<void>;
  }
}
