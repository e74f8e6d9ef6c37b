// @ts-check
// The closed world: rustup cannot fetch the standard library for wasm, but Debian's packages answer. Debian
// ships a newer Rust with its sources (rustc-web, made for browsers); from them the library is built once.
import { existsSync, readdirSync } from "node:fs";
import { chmod, copyFile, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { Failure, ask, runStep } from "../run.mjs";
import { oldestRust } from "../workspace.mjs";
import { aptCommand, aptInstall } from "./apt.mjs";
import { CACHE, installOnce } from "./cache.mjs";
import { atLeast } from "./prerequisites.mjs";

const PACKAGES = ["rustc-web", "cargo-web", "rust-web-src", "rust-web-clippy"];
const PROGRAMS = { rustc: "/usr/bin/rustc", cargo: "/usr/bin/cargo", clippy: "/usr/bin/cargo-clippy" };
const LIBRARY = "/usr/lib/rustlib";
const TARGET = "wasm32-unknown-unknown";

/** The toolchain that an earlier set-up made and that still fits the installed compiler, if there is one. */
export function installedDebianToolchain() {
  const compiler = debianCompiler();
  return compiler && existsSync(join(CACHE, compiler.key)) ? describe(compiler) : undefined;
}

/**
 * Installs Debian's compiler if it is missing, builds the library, and lays out a toolchain of both.
 * @param {string} whyNotRustup
 */
export async function debianToolchain(whyNotRustup) {
  console.error(`rustup could not add ${TARGET}; taking Debian's Rust for wasm instead.`);
  if (!debianCompiler()) await installPackages(whyNotRustup);
  const compiler = debianCompiler();
  if (!compiler) throw new Failure(`Debian's Rust is older than ${oldestRust()}: run "rustup target add ${TARGET}" on a machine that reaches rustup's servers.`);
  await installOnce(compiler.key, (folder) => build(compiler, folder));
  return describe(compiler);
}

/** @typedef {{ version: string, host: string, key: string }} Compiler */

/** @returns {Compiler | undefined} */
function debianCompiler() {
  if (!Object.values(PROGRAMS).every(existsSync) || !existsSync(join(LIBRARY, "src/rust/library/std"))) return undefined;
  const details = ask(PROGRAMS.rustc, ["-vV"]) ?? "";
  const version = /^release: ([\d.]+)/m.exec(details)?.[1] ?? "0";
  const host = /^host: (\S+)/m.exec(details)?.[1] ?? "";
  const key = `rust-${version}-wasm32-${createHash("sha256").update(details).digest("hex").slice(0, 8)}`;
  return atLeast(version, oldestRust()) ? { version, host, key } : undefined;
}

/** @param {Compiler} compiler */
function describe({ key }) {
  const folder = join(CACHE, key);
  return { version: key, env: { PATH: `${join(folder, "bin")}:${process.env.PATH}`, RUSTC: join(folder, "bin/rustc"), SYSROOT: join(folder, "sysroot") } };
}

/** @param {string} whyNotRustup */
function installPackages(whyNotRustup) {
  const advice = `Run "rustup target add ${TARGET}" with a connection to rustup's servers, or on Debian 12 as root: "${aptCommand(PACKAGES)}".`;
  return aptInstall("Debian's Rust", PACKAGES, {
    noDebian: `Rust's standard library for ${TARGET} is missing and could not be fetched.\n${whyNotRustup}\n${advice}`,
    noRoot: `Rust's standard library for ${TARGET} could not be fetched, and Debian's packages need root to be installed.\n${advice}`,
    advice,
  });
}

/**
 * @param {Compiler} compiler
 * @param {string} folder
 */
async function build({ version, host, key }, folder) {
  const crate = join(folder, "std");
  await mkdir(join(crate, "src"), { recursive: true });
  await writeFile(join(crate, "src/lib.rs"), "");
  await writeFile(join(crate, "Cargo.toml"), "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n");
  await runStep(`Rust ${version}'s standard library for ${TARGET} (once for this user)`, PROGRAMS.cargo,
    ["build", "--release", "-Zbuild-std=std,panic_abort,panic_unwind", "--target", TARGET, "--target-dir", join(folder, "target")], {
      cwd: crate,
      // Building the standard library is a nightly feature that the stable compiler has behind this variable;
      // fat LTO of a worker needs the library's bitcode.
      env: { ...process.env, RUSTC: PROGRAMS.rustc, RUSTC_BOOTSTRAP: "1", RUSTFLAGS: "-Cembed-bitcode=yes" },
    });

  const sysroot = join(folder, "sysroot/lib/rustlib");
  await mkdir(join(sysroot, TARGET, "lib"), { recursive: true });
  const built = join(folder, "target", TARGET, "release/deps");
  for (const file of await readdir(built)) {
    if (file.endsWith(".rlib") && !file.startsWith("libempty-")) await copyFile(join(built, file), join(sysroot, TARGET, "lib", file));
  }
  await rm(join(folder, "target"), { recursive: true });
  await mkdir(join(sysroot, host, "bin"), { recursive: true });
  await symlink(join(LIBRARY, host, "lib"), join(sysroot, host, "lib"));
  await symlink(wasmLinker(host), join(sysroot, host, "bin/rust-lld"));

  // The final name of this folder: it is renamed once it is whole.
  const home = join(CACHE, key);
  await mkdir(join(folder, "bin"));
  await program(join(folder, "bin/rustc"), `exec ${PROGRAMS.rustc} --sysroot '${home}/sysroot' "$@"`);
  await program(join(folder, "bin/cargo"), `export RUSTC='${home}/bin/rustc'\nexec ${PROGRAMS.cargo} "$@"`);
  await program(join(folder, "bin/cargo-clippy"), `export SYSROOT='${home}/sysroot'\nexec ${PROGRAMS.clippy} "$@"`);
}

/** rustup's own linker, which Debian's compiler drives as well. @param {string} host */
function wasmLinker(host) {
  const sysroot = ask("rustc", ["--print", "sysroot"]) ?? "";
  const candidates = [join(sysroot, "lib/rustlib", host, "bin/rust-lld"), "/usr/bin/rust-lld", "/usr/bin/wasm-ld", ...versionedLinkers()];
  const found = candidates.find(existsSync);
  if (!found) throw new Failure("No linker for wasm was found: install one with \"apt-get install lld\".");
  return found;
}

function versionedLinkers() {
  return readdirSync("/usr/bin").filter((name) => /^wasm-ld-\d+$/.test(name)).sort().reverse().map((name) => join("/usr/bin", name));
}

/**
 * @param {string} path
 * @param {string} body
 */
async function program(path, body) {
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
}
