// What components and composables find in their application.
import { QueryClient } from "@tanstack/vue-query";
import { inject, type InjectionKey, type Plugin } from "vue";
import type { Client } from "../client.ts";
import { english } from "../texts/english.ts";
import type { Texts } from "../texts/texts.ts";
import { followPerson, type OwnQueries } from "../view/session-queries.ts";
import type { SessionHandle, Surroundings } from "../view/tools.ts";

export interface TallygateOptions {
  client: Client;
  session?: SessionHandle;
  /** English unless given. */
  texts?: Texts;
  /** The product's own, so that it is one cache; a new one unless given. */
  queryClient?: QueryClient;
}

export interface Installed extends Surroundings {
  queries: QueryClient;
}

const KEY: InjectionKey<Installed> = Symbol("tallygate");

/** `app.use(createTallygate({ client, session }))` */
export function createTallygate({ client, session, texts = english, queryClient }: TallygateOptions): Plugin {
  return {
    install(app) {
      const queries = queryClient ?? new QueryClient({ defaultOptions: { queries: { retry: false } } });
      // A client of the product's own is mounted by Vue Query's plugin.
      if (queryClient === undefined) queries.mount();
      const stop = followPerson(session, queries as OwnQueries);
      app.provide(KEY, { client, session, texts, queries });
      app.onUnmount(() => {
        stop();
        if (queryClient === undefined) queries.unmount();
      });
    },
  };
}

export function installed(): Installed {
  const found = inject(KEY, undefined);
  if (found === undefined) throw new Error("Tallygate is not installed in this application: app.use(createTallygate({ client }))");
  return found;
}
