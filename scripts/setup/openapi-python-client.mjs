// @ts-check
// PyPI's openapi-python-client: it writes a client in Python by a description of an API.
import { ensurePython } from "./python.mjs";

const VERSION = "0.29.1";

/**
 * How it is started, with its own arguments behind; it is installed first where it is missing.
 * @returns {Promise<{ command: string, args: string[], env: NodeJS.ProcessEnv }>}
 */
export async function ensureOpenapiPythonClient() {
  const { env } = await ensurePython({ name: "openapi-python-client", version: VERSION, requirements: [`openapi-python-client==${VERSION}`], oldestPython: "3.10.0" });
  return { command: "python3", args: ["-m", "openapi_python_client"], env };
}
