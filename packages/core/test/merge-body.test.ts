/** `extra_body` over the body. */
import { expect, test } from "vitest";
import { mergeBody } from "../src/index.ts";
import { frozen } from "./history/setup.ts";

test.each<[string, object, object | null | undefined, object]>([
  ["nothing", { a: 1 }, undefined, { a: 1 }],
  ["null", { a: 1 }, null, { a: 1 }],
  ["a new key", { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
  ["the extra wins", { a: 1 }, { a: 2 }, { a: 2 }],
  [
    "deeply",
    { o: { a: 1, b: { c: 2 } } },
    { o: { b: { d: 3 } } },
    { o: { a: 1, b: { c: 2, d: 3 } } },
  ],
  ["arrays are replaced", { a: [1, 2] }, { a: [3] }, { a: [3] }],
  ["an object over an array", { a: [1] }, { a: { b: 1 } }, { a: { b: 1 } }],
  ["null is set", { a: { b: 1 } }, { a: null }, { a: null }],
  ["undefined is nothing", { a: 1 }, { a: undefined }, { a: 1 }],
])("%s", (_, body, extra, merged) => {
  expect(mergeBody(frozen(body) as never, frozen(extra) as never)).toEqual(merged);
});

test("__proto__ is a key like any other", () => {
  const merged = mergeBody(
    {},
    JSON.parse('{"__proto__":{"polluted":true},"o":{"__proto__":{"x":1}}}'),
  );
  expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"o":{"__proto__":{"x":1}}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
});
