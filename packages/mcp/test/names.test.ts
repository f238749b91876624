/** Tool names: every provider takes them, and they are told apart and read back. */
import { decodeToolName, encodeToolName } from "@polycall/mcp";
import fc from "fast-check";
import { expect, test } from "vitest";

const taken = /^[a-zA-Z0-9_-]{1,64}$/;
/** Names as people write them, and any text at all, lone surrogates too. */
const names = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "Z", "7", "_", "-", ".", "/", "é", "x") }),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
);
const servers = names.filter((name) => name !== "");

test.each([
  ["files", "read_file", "files__read_file"],
  ["my-files", "read-file", "my-files__read-file"],
  ["files", "read.file", "files__read_-2e-file"],
  ["files", "a__b", "files__a_-5f-_-5f-b"],
  ["a_", "b", "a_-5f-__b"],
  ["a", "_b", "a___-5f-b"],
  ["日本", "検索", "_-65e5-_-672c-___-691c-_-7d22-"],
])("%s and %s are %s", async (server, tool, name) => {
  expect(await encodeToolName(server, tool)).toBe(name);
  expect(decodeToolName(name)).toEqual({ server, tool });
});

test("a name that fits is read back, whatever it is", async () => {
  await fc.assert(
    fc.asyncProperty(servers, names, async (server, tool) => {
      const name = await encodeToolName(server, tool);
      expect(name).toMatch(taken);
      const read = decodeToolName(name);
      if (read) expect(read).toEqual({ server, tool });
      else expect(name).toMatch(/_-[0-9a-f]{10}$/);
    }),
    { numRuns: 500 },
  );
});

test("no two names meet, clipped or not", async () => {
  const longNames = fc.string({
    unit: fc.constantFrom("a", "_", "."),
    minLength: 50,
    maxLength: 70,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(servers, fc.oneof(names, longNames)), {
        selector: (pair) => JSON.stringify(pair),
        maxLength: 8,
      }),
      async (pairs) => {
        const made = await Promise.all(pairs.map(([server, tool]) => encodeToolName(server, tool)));
        expect(new Set(made).size).toBe(pairs.length);
      },
    ),
    { numRuns: 300 },
  );
});

test("a name that is cut at the separator is not another tool's", async () => {
  const name = await encodeToolName("s".repeat(51), "t".repeat(20));
  expect(name).toMatch(/^s{51}_-[0-9a-f]{10}$/);
  expect(decodeToolName(name)).toBeUndefined();
});

test("a clipped name keeps its beginning and says which of two it is", async () => {
  const [one, two] = await Promise.all(
    ["1", "2"].map((end) => encodeToolName("files", `${"x".repeat(80)}${end}`)),
  );
  expect(one).toMatch(/^files__x{45}_-[0-9a-f]{10}$/);
  expect(two).toMatch(taken);
  expect(one).not.toBe(two);
  expect(decodeToolName(one!)).toBeUndefined();
});

test.each([
  "plain",
  "__b",
  "a__b__c",
  "a__b.c",
  "a___-110000-",
  "a___-61-",
  "a___-2E-",
  "a__",
  `a__${"b".repeat(62)}`,
])("%s is read as what it is, or not at all", async (name) => {
  const read = decodeToolName(name);
  if (read) expect(await encodeToolName(read.server, read.tool)).toBe(name);
  expect(read === undefined).toBe(name !== "a__");
});
