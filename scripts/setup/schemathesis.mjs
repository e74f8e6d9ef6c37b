// @ts-check
// PyPI's Schemathesis: it makes up requests by a description of an API, and holds what is answered against it.
import { ensurePython } from "./python.mjs";

const VERSION = "4.32.5";

/**
 * How Schemathesis is started, with its own arguments behind; it is installed first where it is missing.
 * @returns {Promise<{ command: string, args: string[], env: NodeJS.ProcessEnv }>}
 */
export async function ensureSchemathesis() {
  const { env } = await ensurePython({ name: "schemathesis", version: VERSION, requirements: [`schemathesis==${VERSION}`], oldestPython: "3.10.0" });
  return { command: "python3", args: ["-c", "from schemathesis.cli import schemathesis; schemathesis()"], env };
}
