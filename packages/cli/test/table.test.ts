/** A table in a terminal: as wide as that, numbers whole, titles bold where there is colour. */
import { expect, test } from "vitest";
import { main } from "../src/index.ts";
import { type Column, table } from "../src/table.ts";

interface Row {
  name: string;
  size?: number;
}
const columns: Column<Row>[] = [
  { title: "name", value: ({ name }) => name },
  { title: "size", value: ({ size }) => size },
];
const rows: Row[] = [{ name: "a-name-of-some-length", size: 1_000_000 }, { name: "short" }];

test("elsewhere than in a terminal nothing is cut, and nothing coloured", () => {
  expect(table(rows, columns, { width: undefined, color: false })).toBe(
    ["name                      size", "a-name-of-some-length  1000000", "short"].join("\n"),
  );
});

test("in a narrow terminal text gives way, numbers do not", () => {
  expect(table(rows, columns, { width: 20, color: true })).toBe(
    ["\u001b[1mname            size\u001b[22m", "a-name-of-…  1000000", "short"].join("\n"),
  );
  // Narrower than can be: the line is longer than the terminal, not empty.
  expect(table(rows, columns, { width: 3, color: false })).toContain("1000000");
});

test("no rows, no columns of text", () => {
  expect(table([], columns, { width: 80, color: false })).toBe("name  size");
});

test("every line of the list fits the terminal", async () => {
  const out: string[] = [];
  const io = {
    out: (text: string) => void out.push(text),
    err: () => {},
    env: { XDG_CACHE_HOME: "/nowhere" },
  };
  expect(
    await main(["models", "--provider", "fireworks"], { ...io, width: 80, color: false }),
  ).toBe(0);
  const lines = out.join("\n").split("\n");
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
});
