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
    probe.once("error", (/** @type {NodeJS.ErrnoException} */ { code, message }) => reject(new Failure(refused(port, command, code, message))));
    probe.listen(port, "localhost", () => probe.close(resolve));
  });
  return port;
}

/**
 * Why a port cannot be had, and what to do.
 * @param {number} port
 * @param {string} command
 * @param {string | undefined} code The system's.
 * @param {string} message
 */
function refused(port, command, code, message) {
  const another = `choose another with "${command} --port ${port < 65_535 ? Math.max(port + 1, 1024) : 8787}"`;
  if (code === "EADDRINUSE") return `Port ${port} is in use: stop what runs there, or ${another}.`;
  if (code === "EACCES") return `Port ${port} is for the administrator alone: ${another}.`;
  return `Port ${port} cannot be listened at (${message}): ${another}.`;
}
