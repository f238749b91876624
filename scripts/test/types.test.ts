/** Every package and every TypeScript block of the documentation is well typed: one compiler reads them all. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { command } from "../command.ts";
import { documented } from "../snippets.ts";
import { root, workspacePackages } from "../workspace.ts";

// Inside a package, so that the blocks find the workspace's packages as any import does.
const blocks = "scripts/.snippets/typed";
const snippets = documented();
const typed = workspacePackages()
  .filter(({ manifest }) => manifest.scripts?.typecheck)
  .map(({ folder, manifest: { name } }) => ({ name, folder, config: configOf(folder) }));

function configOf(folder: string): { include: string[] } {
  return JSON.parse(readFileSync(join(root, folder, "tsconfig.json"), "utf8"));
}

/** What the compiler says, by the folder of the file that it says it of; "" is of none. */
const said: Record<string, string[]> = {};

/** Compiles what some packages' own settings include, and these files. */
async function compile(packages: typeof typed, files: typeof snippets): Promise<void> {
  rmSync(join(root, blocks), { recursive: true, force: true });
  mkdirSync(join(root, blocks), { recursive: true });
  for (const { file, code } of files) writeFileSync(join(root, blocks, file), code);
  const include = packages.flatMap(({ folder, config }) =>
    config.include.map((pattern) => join(root, folder, pattern)),
  );
  const config = { extends: join(root, "tsconfig.base.json"), include: [...include, "*.ts"] };
  writeFileSync(join(root, blocks, "tsconfig.json"), JSON.stringify(config));
  const { code, output } = await command("tsc", ["--project", blocks, "--pretty", "false"]);
  const folders = [...typed.map((one) => one.folder), blocks].sort((a, b) => b.length - a.length);
  if (code !== 0 && !output) said[""] = [`tsc ended with code ${code}`];
  let owner = "";
  for (const line of output.split("\n").filter(Boolean)) {
    // What is indented goes on with what is above it.
    if (!/^\s/.test(line)) owner = folders.find((one) => line.startsWith(`${one}/`)) ?? "";
    said[owner] = [...(said[owner] ?? []), line];
  }
}

// A compiler for each package would check core, and read the SDKs' types, as often as they are imported.
// The examples have one of their own: Next.js gives every program that imports it other types of Node's.
beforeAll(async () => {
  const isExample = ({ folder }: { folder: string }) => /^examples\b/.test(folder);
  await compile(typed.filter(isExample), []);
  await compile(
    typed.filter((one) => !isExample(one)),
    snippets,
  );
});

test.each(typed)("$name is well typed", ({ folder, config }) => {
  // Another setting would need a compiler of its own.
  expect(Object.keys(config).sort()).toEqual(["extends", "include"]);
  expect(said[folder] ?? []).toEqual([]);
});

test.each(snippets)("$page:$line compiles", ({ file }) => {
  const start = `${blocks}/${file}`;
  const mine = (said[blocks] ?? []).filter((line) => line.startsWith(`${start}(`));
  expect(mine.map((line) => line.slice(start.length))).toEqual([]);
});

test("the compiler has nothing to say that belongs to none of them", () => {
  const known = new Set(snippets.map(({ file }) => `${blocks}/${file}`));
  const others = (said[blocks] ?? []).filter(
    (line) => !/^\s/.test(line) && !known.has(line.split("(")[0]!),
  );
  expect([...(said[""] ?? []), ...others]).toEqual([]);
});
