import { createTallygate } from "@tallygate/client/vue";
import { createApp } from "vue";
import { getToken } from "../auth.ts";
import { sayIfUnreachable } from "../reach.ts";
import { client, gateway, session } from "../tallygate.ts";
import Product from "./Product.vue";
import SignIn from "./SignIn.vue";

void sayIfUnreachable(gateway);
const isSignedIn = (await getToken()) !== null;
if (isSignedIn) void session.start(client);
createApp(isSignedIn ? Product : SignIn).use(createTallygate({ client, session })).mount("#app");
