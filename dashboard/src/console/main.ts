// The staff's pages: a page of their own, so that nothing of them is in what customers load.
import "../styles/base.css";
import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createTallygate } from "@tallygate/client/vue";
import { createApp, nextTick } from "vue";
import { createRouter, createWebHashHistory } from "vue-router";
import { applySettings } from "../settings.ts";
import { lookWhoIsThere } from "../sign-in/person.ts";
import { session, tallygate } from "../sign-in/tallygate.ts";
import { clientTexts } from "../texts/index.ts";
import Console from "./console.vue";
import { said } from "./texts/index.ts";

applySettings();
await lookWhoIsThere();

const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", component: () => import("./search.vue") },
    { path: "/figures", component: () => import("./figures.vue") },
    { path: "/plans", component: () => import("./plans.vue") },
    { path: "/inbox", component: () => import("./inbox.vue") },
    { path: "/person/:id", component: () => import("./person.vue"), props: true },
    { path: "/organization/:id", component: () => import("./organization.vue"), props: true },
    { path: "/feature/:plan/:feature", component: () => import("./feature.vue"), props: true },
  ],
});
router.afterEach(async ({ path }, from) => {
  document.title = said.title;
  if (from.matched.length === 0 || from.path === path) return;
  await nextTick();
  document.querySelector<HTMLElement>("main")?.focus();
});

const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } });
createApp(Console)
  .use(VueQueryPlugin, { queryClient })
  .use(createTallygate({ client: tallygate, session, texts: clientTexts, queryClient }))
  .use(router)
  .mount("#app");
