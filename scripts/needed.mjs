// @ts-check
// Packages of npm's for the scripts that a person starts: read when they are first needed, since in a fresh clone there are none
// until the set-up is through.
import { createRequire } from "node:module";

const read = createRequire(import.meta.url);

/** @returns {typeof import("smol-toml")} */
export const toml = () => read("smol-toml");

/** @returns {typeof import("pg")} */
export const postgres = () => read("pg");
