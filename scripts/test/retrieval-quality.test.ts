/** docs/retrieval-quality.md says what was measured, and how each row is measured again. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readPage } from "../../bench/quality/doc.ts";
import { commandOf } from "../../bench/quality/page.ts";
import { readResults } from "../../bench/quality/results.ts";
import { rows } from "../../bench/quality/rows/index.ts";
import { root } from "../workspace.ts";

const page = readFileSync(join(root, "docs/retrieval-quality.md"), "utf8");
const results = readResults();

test("the page is up to date (npm run quality -- --page)", () => {
  expect(page).toBe(readPage());
});

test("each result is a row's, and no two rows have one name", () => {
  const names = rows.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(Object.keys(results).filter((name) => !names.includes(name))).toEqual([]);
});

test.each(rows.map((row) => [row.name, row] as const))(
  "%s: measured, or needs a key",
  (name, row) => {
    expect(page).toContain(`\`${commandOf(row)}\``);
    const result = results[name];
    if (row.needs === "nothing") expect(result).toBeDefined();
    // What a model was asked is told with the model: none is a simulator's.
    if (result && row.needs === "model") expect(result.model).toMatch(/^[\w-]+\/.+/);
    for (const { label, scores, beside } of result?.entries ?? []) {
      for (const [metric, { value }] of Object.entries(scores)) {
        const told = `${label}, ${metric}`;
        expect({ told, holds: value >= 0 && value <= 1 }).toEqual({ told, holds: true });
      }
      if (beside) expect(beside.interval[0]).toBeLessThanOrEqual(beside.interval[1]);
    }
  },
);
