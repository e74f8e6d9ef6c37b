import { onlineManager } from "@tanstack/vue-query";
import { createApp, h, type Component } from "vue";
import * as tallygate from "../src/vue/index.ts";
import { offer } from "./page.ts";

offer(({ story, client, session, texts }, element) => {
  const component = (tallygate as unknown as Record<string, Component>)[story.component] as Component;
  const app = createApp({ render: () => h(component, story.props, story.content === undefined ? undefined : { default: () => story.content }) });
  app.use(tallygate.createTallygate({ client, session, texts })).mount(element);
  return () => app.unmount();
}, (online) => onlineManager.setOnline(online));
