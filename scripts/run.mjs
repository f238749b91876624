#!/usr/bin/env node
/**
 * `node scripts/run.mjs [SCRIPT [ARG...]]` runs a root script with a new enough Node and pnpm on
 * PATH and with dependencies installed. What the machine lacks comes from the npm registry into
 * .toolchain/. Runs on Node 20 and newer, with npm and nothing else.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const pkg = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const windows = process.platform === "win32";
const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: "1",
  // Any pnpm >= 11 will do: never let one swap itself for the pinned version.
  pnpm_config_pm_on_fail: "ignore",
  // Sources run as they are: kept without their types, they start in half the time.
  NODE_COMPILE_CACHE:
    process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules", ".cache", "node"),
};

/** Scripts that need only the dependencies of the quick start and of the examples. */
const lightScripts = ["quickstart", "tsx"];
const lightInstall = ["--prod", "--filter", "quickstart...", "--filter", "examples..."];

let [script, ...args] = process.argv.slice(2);
/** `npm start -- rag`: the quick start of a part, an example with a folder of its own. */
if (script === "quickstart" && /^[\w-]+$/.test(args[0] ?? "")) {
  [script, args[0]] = ["tsx", `examples/${args[0]}/main.ts`];
}
/** The package of an example that has its own, such as `examples/hono`. */
const ownPackage = /^(examples\/[\w-]+)\//.exec(args[0] ?? "")?.[1];
if (ownPackage) lightInstall.push("--filter", `{${ownPackage}}...`);
env.PATH = [nodeFolder(), pnpmFolder(), env.PATH].filter(Boolean).join(delimiter);
installDependencies();
if (script) process.exit(run("pnpm", ["--silent", "run", script, ...args]).status ?? 1);

/** Where a new enough node is: this one's folder, else a fetched one's. */
function nodeFolder() {
  if (atLeast(process.version, pkg.engines.node)) return dirname(process.execPath);
  const os = windows ? "win" : process.platform;
  const prefix = os === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  const name = `${prefix}-${os}-${process.arch}`;
  const folder = join(fetched(name, pkg.toolchain.node), name, "bin");
  if (run(join(folder, "node"), ["--version"], { stdio: "ignore" }).status !== 0) {
    fail(
      `Node ${pkg.toolchain.node} does not run here. Install Node ${pkg.engines.node} yourself.`,
    );
  }
  return folder;
}

/** Where pnpm is: undefined when PATH has it already, else a fetched one's folder. */
function pnpmFolder() {
  const installed = run("pnpm", ["--version"], { stdio: "pipe", encoding: "utf8" });
  if (installed.status === 0 && atLeast(installed.stdout.trim(), "11.0")) return undefined;
  return join(fetched("pnpm", pkg.packageManager.split(/[@+]/)[1]), ".bin");
}

/** The node_modules folder that holds NAME@VERSION, fetched with npm if it is not there yet. */
function fetched(name, version) {
  const home = join(root, ".toolchain", `${name}-${version}`);
  if (existsSync(home)) return join(home, "node_modules");
  console.error(`setup: fetching ${name}@${version} into .toolchain/`);
  const part = `${home}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const flags =
    "--no-save --no-package-lock --no-audit --no-fund --no-update-notifier --fetch-retries=1 --fetch-retry-mintimeout=1000";
  const npm = ["install", "--prefix", part, ...flags.split(" "), `${name}@${version}`];
  const result = run("npm", npm, { env: process.env, stdio: "pipe", encoding: "utf8" });
  if (result.status !== 0) {
    rmSync(part, { recursive: true, force: true });
    if (result.error) fail("npm is not on PATH. It comes with Node: https://nodejs.org");
    const code = /npm (?:error|ERR!) code (\S+)/.exec(result.stderr)?.[1] ?? "npm failed";
    fail(
      `could not fetch ${name}@${version} from the npm registry (${code}). ` +
        "Check the network, proxy and certificates, then run the same command again.",
    );
  }
  try {
    renameSync(part, home);
  } catch (error) {
    rmSync(part, { recursive: true, force: true }); // another run was first
    if (!existsSync(home)) throw error;
  }
  return join(home, "node_modules");
}

/**
 * Brings node_modules up to the lockfile: 0.1 s when it is. A light script installs its own part
 * only, unless the whole is there already: then the whole is kept up, so nothing is pruned.
 */
function installDependencies() {
  const whole = existsSync(join(root, "node_modules", ".bin", "vitest"));
  const light = lightScripts.includes(script) && !whole;
  if (!existsSync(join(root, "node_modules"))) console.error("setup: installing dependencies");
  const pnpm = ["install", "--frozen-lockfile", "--loglevel=error", ...(light ? lightInstall : [])];
  const { status } = run("pnpm", pnpm, { stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    fail(
      "pnpm could not install the dependencies; it says why above. " +
        "If the registry was out of reach, check the network and run the same command again.",
    );
  }
}

function run(command, argv, options) {
  return spawnSync(command, argv, {
    cwd: root,
    stdio: "inherit",
    env,
    shell: windows,
    ...options,
  });
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}

/** Whether version `v` is at least `min`, by major and minor. */
function atLeast(v, min) {
  const [a, b] = [v, min].map((s) =>
    s
      .replace(/^[^\d]*/, "")
      .split(".")
      .map(Number),
  );
  return a[0] !== b[0] ? a[0] > b[0] : a[1] >= b[1];
}
