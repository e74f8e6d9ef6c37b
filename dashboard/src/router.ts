// Which page is at which address. Each comes with its own script; the staff's console is a page of its own (`/console`).
import { nextTick } from "vue";
import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { product } from "./products/index.ts";
import { keepInvitation } from "./sign-in/invitation.ts";
import { signIn } from "./sign-in/person.ts";
import { texts } from "./texts/index.ts";

declare module "vue-router" {
  interface RouteMeta {
    frame: "private" | "public";
    title: string;
  }
}

const inside = (title: string) => ({ frame: "private" as const, title });
const outside = (title: string) => ({ frame: "public" as const, title });
const { pages } = texts;

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: () => (signIn.token === undefined ? "/home" : "/overview") },
  { path: "/home", component: () => import("./pages/home.vue"), meta: outside(pages.home) },
  { path: "/pricing", component: () => import("./pages/pricing.vue"), meta: outside(pages.pricing) },
  { path: "/for/:whom(individuals|freelancers|consultants)", component: () => import("./pages/landing.vue"), props: true, meta: outside(pages.home) },
  { path: "/sign-in", component: () => import("./pages/sign-in.vue"), meta: outside(pages.signIn) },
  { path: "/accept-invitation", component: () => import("./pages/invitation.vue"), meta: outside(pages.invitation), beforeEnter: ({ query }) => (keepInvitation(query["token"]) ? { path: "/accept-invitation", replace: true } : true) },
  { path: "/overview", component: () => import("./pages/overview.vue"), meta: inside(pages.overview) },
  { path: "/usage", component: () => import("./pages/usage.vue"), meta: inside(pages.usage) },
  { path: "/packages", component: () => import("./pages/packages.vue"), meta: inside(product.hasPackages ? pages.packages : pages.features) },
  { path: "/billing", component: () => import("./pages/billing.vue"), meta: inside(pages.billing) },
  { path: "/account", component: () => import("./pages/account.vue"), meta: inside(pages.account) },
  { path: "/members", component: () => import("./pages/members.vue"), meta: inside(pages.members) },
  { path: "/audit", component: () => import("./pages/audit.vue"), meta: inside(pages.audit) },
  { path: "/convert", component: () => import("./pages/convert.vue"), meta: inside(pages.convert) },
  { path: "/:path(.*)*", component: () => import("./pages/nothing-here.vue"), meta: outside(pages.nothingHere) },
];

export const router = createRouter({ history: createWebHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });

router.beforeEach(({ meta, fullPath }) => (meta.frame === "private" && signIn.token === undefined ? { path: "/sign-in", query: { to: fullPath } } : true));

router.afterEach(async ({ meta, path }, from) => {
  document.title = `${meta.title} · ${product.name}`;
  // A reader of the screen is told of the new page as of one that was loaded.
  if (from.matched.length === 0 || from.path === path) return;
  await nextTick();
  document.querySelector<HTMLElement>("main")?.focus();
});
