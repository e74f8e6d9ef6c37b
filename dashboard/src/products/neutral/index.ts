export { english } from "./english.ts";
export { german } from "./german.ts";
export { shape } from "./shape.ts";
