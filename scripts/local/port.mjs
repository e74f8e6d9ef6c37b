// @ts-check
// The port that a local server is to have, checked before anything is built for it.
import { createServer } from "node:net";
import { Failure } from "../run.mjs";

/**
 * @param {string} text What `--port` says.
 * @param {string} command In which another one can be named, as `npm start --`.
 * @returns {Promise<number>}
 */
export async function freePort(text, command) {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Failure(`"${text}" is no port: choose one from 1 to 65535.`);
  await new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", () => reject(new Failure(`Port ${port} is in use: stop what runs there, or choose another with "${command} --port ${port + 1}".`)));
    probe.listen(port, "localhost", () => probe.close(resolve));
  });
  return port;
}
