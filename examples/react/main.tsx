import { TallygateProvider } from "@tallygate/client/react";
import { createRoot } from "react-dom/client";
import { getToken } from "../auth.ts";
import { client, session } from "../tallygate.ts";
import { Product } from "./Product.tsx";
import { SignIn } from "./SignIn.tsx";

const isSignedIn = (await getToken()) !== null;
if (isSignedIn) void session.start(client);
createRoot(document.getElementById("app") as HTMLElement).render(
  <TallygateProvider client={client} session={session}>{isSignedIn ? <Product /> : <SignIn />}</TallygateProvider>,
);
