// What changes in a folder is told, however it is written.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { watchFolders } from "../../scripts/local/watch-folders.mjs";

const folder = mkdtempSync(join(tmpdir(), "tallygate-"));
after(() => rmSync(folder, { recursive: true, force: true }));

test("whatever is saved is told of, also by another file in its place and in a folder that is new", async () => {
  let tell = (): void => {};
  watchFolders(folder, () => tell());
  // Nothing else keeps this process alive.
  const alive = setInterval(() => {}, 1_000);
  const told = async (change: () => void): Promise<void> => {
    const heard = new Promise<void>((resolve) => { tell = resolve; });
    change();
    await heard;
    // What is told of one change comes in several events.
    await new Promise((resolve) => setImmediate(resolve));
  };
  const file = (name: string): string => join(folder, name);
  const replace = (name: string): void => {
    writeFileSync(join(tmpdir(), `${process.pid}.rs`), "new");
    renameSync(join(tmpdir(), `${process.pid}.rs`), file(name));
  };
  await told(() => writeFileSync(file("a.rs"), "1"));
  await told(() => writeFileSync(file("a.rs"), "2"));
  await told(() => replace("a.rs"));
  await told(() => replace("a.rs"));
  await told(() => writeFileSync(file("a.rs"), "3"));
  await told(() => mkdirSync(file("inner")));
  await told(() => writeFileSync(file("inner/b.rs"), "1"));
  await told(() => rmSync(file("inner"), { recursive: true }));
  await told(() => mkdirSync(file("inner")));
  await told(() => writeFileSync(file("inner/b.rs"), "1"));
  clearInterval(alive);
});
