/** What a tarball says of itself and holds. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { publishedPackages, root } from "../workspace.ts";

const installed = inject("installed");
const packages = publishedPackages().map(({ folder, manifest }) => ({
  name: manifest.name,
  folder,
}));

const lifecycle = ["preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare"];

test.each(packages)("$name runs nothing when it is installed", ({ name }) => {
  const path = join(installed, "node_modules", name, "package.json");
  const { scripts = {} } = JSON.parse(readFileSync(path, "utf8"));
  expect(lifecycle.filter((script) => script in scripts)).toEqual([]);
});

test.each(packages)("$name is published with provenance", ({ folder }) => {
  const { publishConfig } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  expect(publishConfig).toMatchObject({ access: "public", provenance: true });
});

test.each(packages)("$name holds its build, its words and its licence", ({ name }) => {
  const files = globSync("**/*", {
    cwd: join(installed, "node_modules", name),
    exclude: (path) => path === "node_modules",
  });
  const roots = new Set(files.map((file) => file.split(/[\\/]/)[0]!));
  expect([...roots].sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
});

test.each(packages)("$name names its dependencies by version", ({ name }) => {
  const path = join(installed, "node_modules", name, "package.json");
  const { dependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(path, "utf8"));
  const ranges = Object.values<string>({ ...dependencies, ...peerDependencies });
  expect(ranges.filter((range) => !/^[\^~>=]*\d+\.\d+/.test(range))).toEqual([]);
});
