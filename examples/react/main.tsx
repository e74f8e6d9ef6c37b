import { TallygateProvider } from "@tallygate/client/react";
import { createRoot } from "react-dom/client";
import { getToken } from "../auth.ts";
import { sayIfUnreachable } from "../reach.ts";
import { client, gateway, session } from "../tallygate.ts";
import { Product } from "./Product.tsx";
import { SignIn } from "./SignIn.tsx";

void sayIfUnreachable(gateway);
const isSignedIn = (await getToken()) !== null;
if (isSignedIn) void session.start(client);
createRoot(document.getElementById("app") as HTMLElement).render(
  <TallygateProvider client={client} session={session}>{isSignedIn ? <Product /> : <SignIn />}</TallygateProvider>,
);
