// The product's one client and its session.
import { createClient } from "@tallygate/client";
import { SessionKeeper } from "@tallygate/client/session";
import { getToken } from "./auth.ts";

/** Where "npm start" is. */
export const gateway = document.documentElement.dataset["gateway"] ?? "http://localhost:8787";
export const session = new SessionKeeper();
export const client = createClient({ url: gateway, getToken, session });
