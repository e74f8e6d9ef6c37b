// The dashboard and the public pages.
import "./styles/base.css";
import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createTallygate } from "@tallygate/client/vue";
import { createApp } from "vue";
import App from "./app.vue";
import { router } from "./router.ts";
import { applySettings } from "./settings.ts";
import { lookWhoIsThere, signIn } from "./sign-in/person.ts";
import { session, startSession, tallygate } from "./sign-in/tallygate.ts";
import { clientTexts } from "./texts/index.ts";

applySettings();
await lookWhoIsThere();
const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
if (signIn.token !== undefined) startSession();
createApp(App)
  .use(VueQueryPlugin, { queryClient })
  .use(createTallygate({ client: tallygate, session, texts: clientTexts, queryClient }))
  .use(router)
  .mount("#app");
