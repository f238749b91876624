/** `npm start` and `npm test` on a bare machine: what run.mjs fetches, installs and says. */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { root } from "../workspace.ts";

/** A clone with nothing installed, and a folder that is the whole PATH of its machine. */
let clone: string;
let bin: string;
beforeEach(() => {
  clone = realpathSync(mkdtempSync(join(tmpdir(), "clone-")));
  bin = join(clone, "bin");
  mkdirSync(bin);
  mkdirSync(join(clone, "scripts"));
  cpSync(join(root, "scripts", "run.mjs"), join(clone, "scripts", "run.mjs"));
  cpSync(join(root, "package.json"), join(clone, "package.json"));
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function run(args: string[], env: Record<string, string> = {}) {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/run.mjs", ...args], {
    cwd: clone,
    encoding: "utf8",
    env: { HOME: clone, PATH: bin, ...env },
  });
  return { status, said: stderr.trim().split("\n") };
}

describe("on a machine without", () => {
  test("npm, says so in one line", () => {
    expect(run(["quickstart"])).toEqual({
      status: 1,
      said: [
        expect.stringMatching(/^setup: fetching pnpm@[\d.]+ into \.toolchain\/$/),
        "setup: npm is not on PATH. It comes with Node: https://nodejs.org",
      ],
    });
  });

  test("a network, says so in one line and leaves nothing half done", async () => {
    const npm = (process.env.PATH ?? "")
      .split(delimiter)
      .map((folder) => join(folder, "npm"))
      .find((path) => spawnSync(path, ["--version"]).status === 0);
    expect(npm).toBeDefined();
    symlinkSync(realpathSync(npm!), join(bin, "npm"));
    symlinkSync(process.execPath, join(bin, "node"));
    const registry = `http://127.0.0.1:${await closedPort()}`;
    expect(run(["quickstart"], { npm_config_registry: registry })).toEqual({
      status: 1,
      said: [
        expect.stringMatching(/^setup: fetching pnpm@/),
        expect.stringMatching(
          /^setup: could not fetch pnpm@[\d.]+ from the npm registry \(ECONNREFUSED\)\. Check the network/,
        ),
      ],
    });
    expect(readdirSync(join(clone, ".toolchain"))).toEqual([]);
  });
});

describe("installs", () => {
  /** Puts a pnpm on PATH that writes down how it is called, and fails where it is told to. */
  function fakePnpm(failing = "nothing") {
    const script = `#!/bin/sh
echo "$@" >> "${clone}/calls"
case "$1" in --version) echo 12.0.0;; ${failing}) exit 3;; esac
`;
    writeFileSync(join(bin, "pnpm"), script);
    chmodSync(join(bin, "pnpm"), 0o755);
    return () =>
      readFileSync(join(clone, "calls"), "utf8")
        .split("\n")
        .filter((call) => call && call !== "--version");
  }
  const whole = "install --frozen-lockfile --loglevel=error";
  const light = `${whole} --prod --filter quickstart... --filter examples...`;

  test("for the quick start what it needs, and runs it", () => {
    const calls = fakePnpm();
    expect(run(["quickstart"])).toEqual({
      status: 0,
      said: ["setup: installing dependencies"],
    });
    expect(calls()).toEqual([light, "--silent run quickstart"]);
  });

  test("for everything else the whole, and hands the arguments on", () => {
    const calls = fakePnpm();
    expect(run(["check", "--bail", "1"]).status).toBe(0);
    expect(calls()).toEqual([whole, "--silent run check --bail 1"]);
  });

  test("for the quick start the whole, where the whole is already there", () => {
    const calls = fakePnpm();
    mkdirSync(join(clone, "node_modules", ".bin"), { recursive: true });
    writeFileSync(join(clone, "node_modules", ".bin", "vitest"), "");
    expect(run(["quickstart"])).toEqual({ status: 0, said: [""] });
    expect(calls()).toEqual([whole, "--silent run quickstart"]);
  });

  test("nothing more when that fails, and says what to do", () => {
    const calls = fakePnpm("install");
    const { status, said } = run(["check"]);
    expect({ status, last: said.at(-1) }).toEqual({
      status: 1,
      last: expect.stringMatching(/^setup: pnpm could not install the dependencies/),
    });
    expect(calls()).toEqual([whole]);
  });

  test("and ends as the script ended", () => {
    fakePnpm("--silent");
    expect(run(["check"]).status).toBe(3);
  });
});

/** A port of this machine at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
