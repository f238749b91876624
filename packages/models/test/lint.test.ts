/** Model strings in source text: which are found, where, and what is left alone. */
import { expect, test } from "vitest";
import { models } from "../src/index.ts";

const now = new Date("2026-11-25");

test("deprecated and unknown ones, with line and column, in the order of the text", () => {
  const source = [
    'const model = "openai/gpt-6-luna";',
    "call({ model: 'openai/gpt-5', fallbacks: [`anthropic/claude-sonnet-4-5`] });",
    "",
    '\tmodel="openai/gpt-5-mini-2025-08-07",  # Python',
    '"openai/gpt-99"',
  ].join("\r\n");
  expect(models.lint(source, { now })).toEqual([
    {
      line: 2,
      column: 16,
      model: "openai/gpt-5",
      problem: "deprecated",
      reason: "it is turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
    },
    {
      line: 2,
      column: 44,
      model: "anthropic/claude-sonnet-4-5",
      problem: "deprecated",
      reason: "it is turned off on 2026-11-30.",
    },
    {
      line: 4,
      column: 9,
      model: "openai/gpt-5-mini-2025-08-07",
      problem: "deprecated",
      reason: "it is turned off on 2026-12-11; its provider names gpt-6.1-terra in its place.",
    },
    {
      line: 5,
      column: 2,
      model: "openai/gpt-99",
      problem: "unknown",
      reason: expect.stringMatching(/^it is none of the \d+ models of openai in the catalogue/),
    },
  ]);
});

test("the day decides", () => {
  const source = 'completion({ model: "openai/gpt-5" })';
  expect(models.lint(source, { now: new Date("2026-06-01") })).toEqual([]);
  expect(models.lint(source, { now: new Date("2027-06-01") })[0]?.reason).toMatch(/^it was to be/);
});

test("how far ahead is the caller's to say", () => {
  const at = (days?: number) => models.lint('"openai/gpt-4o-mini"', { now, days }).length;
  // Off on 2027-01-14, in 50 days.
  expect([at(), at(49), at(50), at(0)]).toEqual([1, 0, 1, 0]);
});

test("values without quotes, where they are asked for", () => {
  const source = [
    "MODEL=openai/gpt-5",
    "export OTHER=openai/gpt-99  # the new one",
    "  model: openai/gpt-5",
    "  - openai/gpt-5",
    "# openai/gpt-5",
    "path: src/openai/gpt-5",
    "text: take openai/gpt-5",
    'quoted: "openai/gpt-5"',
    "mime: text/html",
  ].join("\n");
  const found = models.lint(source, { now, unquoted: true });
  expect(found.map(({ line, column, model }) => [line, column, model])).toEqual([
    [1, 7, "openai/gpt-5"],
    [2, 14, "openai/gpt-99"],
    [3, 10, "openai/gpt-5"],
    [4, 5, "openai/gpt-5"],
    [8, 10, "openai/gpt-5"],
  ]);
  expect(models.lint(source, { now }).map(({ line }) => line)).toEqual([8]);
});

test.each([
  'import { x } from "openai/resources/chat/completions";',
  'import "openai/shims/node";',
  'await import("openai/resources");',
  "const x = require('openai/resources');",
  '"azure/my-deployment"',
  '"ollama/my-own:latest"',
  '"huggingface/someone/something"',
  '"vllm/any"',
  '"nobody/gpt-5"',
  '"text/html", "application/json", "src/openai/gpt-5"',
  "// openai/gpt-5 in words",
  '"openai/gpt-5 in words"',
  "\"openai/gpt-5'",
  '"gpt-5"',
  '"openai/responses/" + name',
  "",
])("nothing is said of %s", (source) => {
  expect(models.lint(source, { now })).toEqual([]);
});

test("a long line takes no longer than its length", () => {
  const source = `${'"a/'.repeat(100_000)}"openai/gpt-5"`;
  const start = performance.now();
  expect(models.lint(source, { now })).toHaveLength(1);
  expect(performance.now() - start).toBeLessThan(5_000);
});
