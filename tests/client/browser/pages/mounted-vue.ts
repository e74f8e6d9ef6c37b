import { createApp, h, shallowRef, type Component } from "vue";
import * as tallygate from "../../../../client/src/vue/index.ts";
import { offer, type Shown } from "./mounted.ts";

offer((client, session, element) => {
  const shown = shallowRef<readonly Shown[]>([]);
  const app = createApp({ render: () => shown.value.map(({ name, props }) => h((tallygate as unknown as Record<string, Component>)[name] as Component, { key: name, ...props })) });
  app.use(tallygate.createTallygate({ client, session })).mount(element);
  return (next) => (shown.value = next);
});
