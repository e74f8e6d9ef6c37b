// The peers as the runtime loads them: one module script each.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export type Peer = "accept-invitation" | "track-upload";

/** Served by the gateway beside the function that it is a peer of. */
export const nameOf = (peer: Peer): string => `usual-${peer}`;

export async function bundled(peer: Peer): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${peer}.ts`, import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker"],
    target: "es2022",
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${peer}.`);
  return file.text;
}
