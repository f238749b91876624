/** The public surface of each package is what its api.md says: a change of it is seen in the diff. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { publishedPackages, root } from "../workspace.ts";
import { apiReport } from "./api.ts";

const installed = inject("installed");

/** Every entry that has types: its report stands beside the package's sources. */
const entries = publishedPackages().flatMap(({ folder, manifest }) => {
  const path = join(installed, "node_modules", manifest.name, "package.json");
  const { exports } = JSON.parse(readFileSync(path, "utf8"));
  return Object.entries<{ import?: { types?: string } }>(exports).flatMap(([entry, to]) => {
    const types = to.import?.types;
    const file = ["api", ...entry.split("/").slice(1), "md"].join(".");
    return types ? [{ name: join(manifest.name, entry), types, report: join(folder, file) }] : [];
  });
});

test("the packages have entries", () => {
  expect(entries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["polycall", "@polycall/core", "@polycall/testing"]),
  );
});

test.each(entries)(
  "$name exports what $report says (npx vitest run --project published api -u)",
  async ({ name, types, report }) => {
    const owner = name.split("/").slice(0, name.startsWith("@") ? 2 : 1);
    const seen = apiReport(join(installed, "node_modules", ...owner), types);
    await expect(seen).toMatchFileSnapshot(join(root, report));
  },
);
