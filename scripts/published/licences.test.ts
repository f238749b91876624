/** What comes along with an installed package: under licences that anyone may use, and running nothing. */
import { expect, test } from "vitest";
import { runtimeDependencies } from "./licences.ts";

/** Licences that ask no more of an app than to name the authors. */
const allowed = new Set(["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"]);

/** Packages under another licence, looked at one by one. */
const lookedAt: Record<string, string> = {
  // BSD-2-Clause by its text; of mammoth.
  duck: "BSD",
  // Public domain.
  "fast-sha256": "Unlicense",
  // Taken under MIT; of mammoth.
  jszip: "(MIT OR GPL-3.0-or-later)",
  // Both ask for no more than their notice; of jszip.
  pako: "(MIT AND Zlib)",
  // MIT without even the notice.
  "postal-mime": "MIT-0",
};

/** Packages of others that run a script when they are installed; each runs as well without it. */
const runsAtInstall = ["protobufjs"];

const dependencies = runtimeDependencies();

test("every runtime dependency is under a licence of the list", () => {
  expect(dependencies.length).toBeGreaterThan(3);
  const others = dependencies.filter(({ licence }) => !allowed.has(licence));
  expect(Object.fromEntries(others.map(({ name, licence }) => [name, licence]))).toEqual(lookedAt);
});

test("no other runtime dependency runs a script when it is installed", () => {
  const runs = dependencies.filter(({ installScripts }) => installScripts.length > 0);
  expect(runs.map(({ name }) => name)).toEqual(runsAtInstall);
});

test("docs/licences.md lists them (npx vitest run --project published licences -u)", async () => {
  const rows = dependencies.map(
    ({ name, licence, broughtBy }) => `| ${name} | ${licence} | ${broughtBy.join(", ")} |`,
  );
  const page = [
    "# Licences",
    "",
    "polycall is under the MIT licence. These packages come along when it is installed:",
    "",
    "| package | licence | brought by |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/licences.md");
});
