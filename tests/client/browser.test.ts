// What is looked at in a real browser, by one of them.
import { after, before, describe } from "node:test";
import { docsInBrowser } from "./browser/docs.ts";
import { examplesInBrowser } from "./browser/examples.ts";
import { registrationInBrowser } from "./browser/registration.ts";
import { Scene } from "./browser/scene.ts";
import { sessionInBrowser } from "./browser/session.ts";
import { storiesInBrowser } from "./browser/stories.ts";

let scene: Scene;
before(async () => {
  scene = await Scene.open();
});
after(() => scene.close());

describe("sessions", () => sessionInBrowser(() => scene));
describe("registration", () => registrationInBrowser(() => scene));
describe("stories", () => storiesInBrowser(() => scene));
describe("the page of the API", () => docsInBrowser(() => scene));
describe("examples", () => examplesInBrowser(() => scene));
