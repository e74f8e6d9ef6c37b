// The staff's pages: a page of their own, so that nothing of them is in what customers load.
import "../styles/base.css";
import { QueryClient, VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import { createRouter, createWebHashHistory } from "vue-router";
import { applySettings } from "../settings.ts";
import { lookForDemo } from "../sign-in/person.ts";
import Console from "./console.vue";

applySettings();
// The staff reads English.
document.documentElement.lang = "en";
await lookForDemo();

const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: "/", component: () => import("./search.vue") },
    { path: "/figures", component: () => import("./figures.vue") },
    { path: "/inbox", component: () => import("./inbox.vue") },
    { path: "/person/:id", component: () => import("./person.vue"), props: true },
    { path: "/organization/:id", component: () => import("./organization.vue"), props: true },
    { path: "/feature/:plan/:feature", component: () => import("./feature.vue"), props: true },
  ],
});
createApp(Console).use(VueQueryPlugin, { queryClient: new QueryClient({ defaultOptions: { queries: { retry: false } } }) }).use(router).mount("#app");
