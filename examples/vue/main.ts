import { createTallygate } from "@tallygate/client/vue";
import { createApp } from "vue";
import { getToken } from "../auth.ts";
import { client, session } from "../tallygate.ts";
import Product from "./Product.vue";
import SignIn from "./SignIn.vue";

const isSignedIn = (await getToken()) !== null;
if (isSignedIn) void session.start(client);
createApp(isSignedIn ? Product : SignIn).use(createTallygate({ client, session })).mount("#app");
