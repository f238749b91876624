/** Before the tests of what is published: builds and packs every package, and installs the tarballs. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestProject } from "vitest/node";
import { command } from "../command.ts";
import { publishedPackages, root } from "../workspace.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** A folder outside the workspace in which the packed tarballs are installed, as a user has them. */
    installed: string;
  }
}

/** Packages that a user installs beside ours. */
const besides = { zod: "scripts", "@types/node": ".", "@dbos-inc/dbos-sdk": "scripts" };

/** Installs for the whole run, and removes it at the end. A package that does not build is left out. */
export default async function setup(project: TestProject): Promise<() => void> {
  await command("turbo", ["run", "check:package", "--continue"]);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "installed-")));
  await install(folder);
  project.provide("installed", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}

async function install(folder: string): Promise<void> {
  const packages = publishedPackages();
  const ours = new Set(packages.map(({ manifest }) => manifest.name));
  const link = (name: string, from: string) => {
    const at = join(folder, "node_modules", name);
    mkdirSync(dirname(at), { recursive: true });
    rmSync(at, { force: true });
    symlinkSync(realpathSync(join(root, from, "node_modules", name)), at, "junction");
  };
  for (const { folder: from, manifest } of packages) {
    const home = join(folder, "node_modules", manifest.name);
    mkdirSync(home, { recursive: true });
    await command("tar", [
      "-xzf",
      join(root, from, ".packed.tgz"),
      "-C",
      home,
      "--strip-components=1",
    ]);
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (!ours.has(name)) link(name, from);
    }
  }
  for (const [name, from] of Object.entries(besides)) link(name, from);
  const dependencies = Object.fromEntries([...ours].map((name) => [name, "*"]));
  const manifest = { name: "app", private: true, type: "module", dependencies };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
}
