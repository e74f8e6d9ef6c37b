import { onlineManager } from "@tanstack/react-query";
import { createElement, type FunctionComponent, type PropsWithChildren } from "react";
import { createRoot } from "react-dom/client";
import * as tallygate from "../src/react/index.ts";
import { offer } from "./page.ts";

offer(({ story, client, session, texts }, element) => {
  const component = (tallygate as unknown as Record<string, FunctionComponent<PropsWithChildren>>)[story.component] as FunctionComponent<PropsWithChildren>;
  const root = createRoot(element);
  root.render(createElement(tallygate.TallygateProvider, { client, session, texts }, createElement(component, story.props, story.content)));
  return () => root.unmount();
}, (online) => onlineManager.setOnline(online));
