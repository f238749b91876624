/** The JSON value in a model's text, and where it breaks when there is none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SchemaValidationError } from "../../src/errors.ts";
import { breakPosition } from "../../src/schema/json-break.ts";
import { parseJsonReply } from "../../src/schema/json-text.ts";

describe("parseJsonReply reads", () => {
  test.each<[string, string, unknown]>([
    ["plain JSON", '{"a": 1}', { a: 1 }],
    ["a scalar", " 42\n", 42],
    ["JSON behind a byte order mark", '\uFEFF{"a": 1}', { a: 1 }],
    ["a json fence", '```json\n{"a": 1}\n```', { a: 1 }],
    ["a fence without a language", "```\n[1, 2]\n```", [1, 2]],
    [
      "a fence with words around it",
      'Here you are:\n```json\n{"a": 1}\n```\nEnjoy {it}!',
      { a: 1 },
    ],
    ["a fence that was not closed", '```json\n{"a": 1}', { a: 1 }],
    ["an object among words", 'Sure! {"a": "}{"} is it.', { a: "}{" }],
    ["an array among words", "The list: [1, [2]].", [1, [2]]],
    ["JSON that holds a fence", '{"code": "```js\\n1\\n```"}', { code: "```js\n1\n```" }],
  ])("%s", (_says, text, value) => {
    expect(parseJsonReply(text)).toEqual(value);
  });
});

describe("parseJsonReply refuses", () => {
  test.each<[string, string, RegExp]>([
    ["nothing", " \n", /empty/],
    ["words", "I cannot do that.", /breaks at character 0: "I cannot do that."/],
    ["two objects", '{"a": 1} or {"a": 2}', /2 JSON values/],
    ["a cut object, not the list in it", '{"a": [1, 2], "b"', /ends too early, at character 17/],
    ["a cut string", '{"a": "lo', /ends too early, at character 9/],
    ["a cut fence", '```json\n{"a": [1', /ends too early, at character 16/],
    ["a broken object, not the list in it", "{a: [1, 2]}", /breaks at character 1: "\{a: \[1/],
    ["a trailing comma", '{"a": 1,}', /breaks at character 8/],
    ["HTML", "<html><body>502</body></html>", /breaks at character 0/],
  ])("%s", (_says, text, message) => {
    let error: unknown;
    try {
      parseJsonReply(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(SchemaValidationError);
    expect(error).toMatchObject({ text, message: expect.stringMatching(message) });
  });

  test("a megabyte of brackets, soon", () => {
    expect(() => parseJsonReply(`x ${"[".repeat(1_000_000)}`)).toThrow(/too early/);
    expect(() => parseJsonReply(`x ${"[x]".repeat(300_000)}`)).toThrow(/breaks at character 3/);
  });
});

describe("breakPosition", () => {
  test.each<[string, number]>([
    ["", 0],
    ["{", 1],
    ["{]", 1],
    ["[}", 1],
    ['{"a" 1}', 5],
    ['{"a":}', 5],
    ["[1 2]", 3],
    ["[1,]", 3],
    ["[tru]", 1],
    ["[01]", 2],
    ['["a\nb"]', 3],
    ['["\\x"]', 2],
    ['["\\u12"]', 2],
    ['["\\u12', 6],
    ['["\\', 3],
    ["{} {}", 3],
    ["nul", 0],
  ])("%j breaks at %i", (text, position) => {
    expect(breakPosition(text)).toBe(position);
  });

  test("any JSON reaches its end, cut JSON too", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, cut) => {
        expect(breakPosition(text)).toBe(text.length);
        const part = text.slice(0, cut % (text.length + 1));
        const at = breakPosition(part);
        // A literal that is cut ("tru", "1e+") breaks inside of itself.
        expect(/^[a-z.+-]*$/.test(part.slice(at))).toBe(true);
      }),
    );
  });
});
