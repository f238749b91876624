#!/usr/bin/env node
// `node scripts/run.mjs SCRIPT [ARG...]` runs a root script with a new enough Node and pnpm on PATH
// and with dependencies installed. What the machine lacks comes from the npm registry into
// .toolchain/; once everything is there this costs about half a second.
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
};

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

function run(cmd, args, opts) {
  const r = spawnSync(cmd, args, { cwd: root, stdio: "inherit", env, shell: windows, ...opts });
  if (r.error) throw r.error;
  if (r.status !== 0) process.exit(r.status ?? 1);
}

/** The folder of NAME@VERSION's commands, installed from the npm registry if not there yet. */
function tool(name, version, bin) {
  const home = join(root, ".toolchain", `${name}-${version}`);
  if (!existsSync(home)) {
    console.error(`setup: fetching ${name}@${version} into .toolchain/`);
    const part = `${home}.${process.pid}`;
    mkdirSync(part, { recursive: true });
    const args = [
      "install",
      "--prefix",
      part,
      "--no-save",
      "--no-package-lock",
      "--no-audit",
      "--no-fund",
      "--loglevel=error",
    ];
    run("npm", [...args, `${name}@${version}`], { env: process.env, stdio: ["ignore", 2, 2] });
    try {
      renameSync(part, home);
    } catch (e) {
      rmSync(part, { recursive: true, force: true }); // another run was first
      if (!existsSync(home)) throw e;
    }
  }
  return join(home, "node_modules", bin(name));
}

const path = [];
if (atLeast(process.version, pkg.engines.node)) {
  path.push(dirname(process.execPath));
} else {
  const os = windows ? "win" : process.platform;
  const prefix = os === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  path.push(
    tool(`${prefix}-${os}-${process.arch}`, pkg.toolchain.node, (name) => join(name, "bin")),
  );
}
const pnpm = spawnSync("pnpm", ["--version"], {
  cwd: root,
  encoding: "utf8",
  env: { ...env, npm_config_manage_package_manager_versions: "false" },
  shell: windows,
});
if (pnpm.status !== 0 || !atLeast(pnpm.stdout.trim(), "11.0")) {
  path.push(tool("pnpm", pkg.packageManager.split(/[@+]/)[1], () => ".bin"));
}
env.PATH = [...path, process.env.PATH].join(delimiter);

const [script, ...args] = process.argv.slice(2);
const fresh = !existsSync(join(root, "node_modules", ".modules.yaml"));
run(
  "pnpm",
  ["install", "--frozen-lockfile", fresh ? "--reporter=append-only" : "--loglevel=error"],
  { stdio: ["ignore", 2, 2] },
);
if (script) run("pnpm", ["--silent", "run", script, ...args]);
