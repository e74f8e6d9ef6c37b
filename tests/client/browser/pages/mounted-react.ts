import { createElement, type FunctionComponent } from "react";
import { createRoot } from "react-dom/client";
import * as tallygate from "../../../../client/src/react/index.ts";
import { offer } from "./mounted.ts";

offer((client, session, element) => {
  const root = createRoot(element);
  return (next) => root.render(createElement(tallygate.TallygateProvider, { client, session },
    next.map(({ name, props }) => createElement((tallygate as unknown as Record<string, FunctionComponent>)[name] as FunctionComponent, { key: name, ...props }))));
});
