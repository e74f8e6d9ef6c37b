// A real browser: Chromium as npm's package brings it along, or as the system has it.
import { existsSync } from "node:fs";
import chromiumPackage from "@sparticuz/chromium";
import { chromium, type Browser } from "playwright-core";

/** Where Debian and its like put Chromium. */
const SYSTEMS_OWN = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** With its own sandbox off, which wants rights that a container has not; all that it opens is this repository's. */
const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];

export async function openBrowser(): Promise<Browser> {
  const faults: string[] = [];
  for (const executablePath of await candidates(faults)) {
    try {
      return await chromium.launch({ executablePath, args: ARGUMENTS });
    } catch (error) {
      faults.push(`${executablePath}: ${String(error).split("\n")[0]}`);
    }
  }
  throw new Error(`There is no Chromium to test the client's pages in. The package @sparticuz/chromium brings one for Linux on x64; elsewhere install one (Debian: "apt-get install chromium").\n${faults.join("\n")}`);
}

async function candidates(faults: string[]): Promise<string[]> {
  const installed = SYSTEMS_OWN.filter((path) => existsSync(path));
  if (process.platform !== "linux" || process.arch !== "x64") return installed;
  try {
    return [await chromiumPackage.executablePath(), ...installed];
  } catch (error) {
    faults.push(`@sparticuz/chromium: ${String(error)}`);
    return installed;
  }
}
