/** What the repository promises about itself, apart from its code. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../command.ts";
import { publishedPackages, root, workspacePackages } from "../workspace.ts";

test("the quick start and the examples need few packages", async () => {
  // A heavy example is a package of its own (examples/NAME/package.json), so that `npm start` stays
  // quick however much the workspace learns.
  const args = ["ls", "--prod", "--depth=Infinity", "--parseable", "--lockfile-only"];
  const filters = ["--filter", "quickstart...", "--filter", "examples..."];
  const { code, stdout, output } = await command("pnpm", [...args, ...filters]);
  expect(code, output).toBe(0);
  const packages = new Set(stdout.split("\n").filter(Boolean));
  expect(packages.size).toBeGreaterThan(5);
  expect(packages.size).toBeLessThan(100);
});

const published = publishedPackages();

test.each(published)("$manifest.name says what a registry wants to know", ({ folder }) => {
  const manifest = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
  expect(manifest).toMatchObject({
    license: "MIT",
    description: expect.stringMatching(/\.$/),
    repository: { type: "git", directory: folder },
    engines: { node: ">=22.18" },
    files: ["dist"],
    sideEffects: false,
    publishConfig: { access: "public" },
  });
});

const changesets = globSync(".changeset/*.md", { cwd: root });

test.each(changesets)("%s names packages of this workspace and says something", (path) => {
  const [, front = "", text = ""] =
    /^---\n([\s\S]*?)---\n([\s\S]*)$/.exec(readFileSync(join(root, path), "utf8")) ?? [];
  const names = [...front.matchAll(/^"?(.+?)"?: (?:major|minor|patch)$/gm)].map(
    (match) => match[1],
  );
  const known = published.map(({ manifest }) => manifest.name);
  expect(names.filter((name) => !known.includes(name!))).toEqual([]);
  expect(names.length).toBeGreaterThan(0);
  expect(text.trim()).not.toBe("");
});

test("every package of the workspace is either published or private", () => {
  const neither = workspacePackages().filter(
    ({ folder, manifest }) => !manifest.private && !folder.startsWith("packages/"),
  );
  expect(neither).toEqual([]);
});
