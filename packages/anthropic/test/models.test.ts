/** Which row a model's name finds, and which it must not. */
import { expect, test } from "vitest";
import { baseName, factsOf, isKnown } from "../src/models.ts";

test.each([
  ["claude-3-5-sonnet-latest", 8192, "none"],
  ["claude-3-7-sonnet-20250219", 64_000, "budget"],
  ["claude-sonnet-4-0", 64_000, "budget"],
  ["claude-sonnet-4-20250514", 64_000, "budget"],
  ["claude-opus-4-1-20250805", 32_000, "budget"],
  ["claude-haiku-4-5@20251001", 64_000, "budget"],
  ["us.anthropic.claude-sonnet-4-5-20250929-v1:0", 64_000, "budget"],
  ["claude-sonnet-4-6", 128_000, "either"],
  ["claude-opus-4-8-20260528", 128_000, "adaptive"],
  ["claude-haiku-5-5", 128_000, "adaptive"],
])("%s is known", (name, maxOutput, thinking) => {
  expect(isKnown(name)).toBe(true);
  expect(factsOf(name)).toMatchObject({ maxOutput, thinking });
});

test.each([
  "claude-sonnet-4-9",
  "claude-sonnet-45",
  "claude-opus-5-6",
  "claude-3-5-sonnet-mini",
  "claude-fable-50",
  "my-claude-sonnet-4-5-tuned",
  "gpt-6",
  "",
])("%s is not, and still has facts", (name) => {
  expect(isKnown(name)).toBe(false);
  expect(factsOf(name).maxOutput).toBeGreaterThan(4096);
});

test("forcing a tool: who takes it", () => {
  const forced = (name: string) => factsOf(name).forcedTool;
  expect(forced("claude-opus-5-5")).toBe("never");
  expect(forced("claude-sonnet-5")).toBe("unless-thinking");
  expect(forced("claude-opus-4-6")).toBe("unless-budget");
  expect(forced("claude-3-opus-latest")).toBe("yes");
  expect(forced("some-other-model")).toBe("yes");
});

test("two spellings of a model share their base name", () => {
  expect(baseName("claude-sonnet-4-5-20250929")).toBe(baseName("claude-sonnet-4-5"));
  expect(baseName("claude-sonnet-4-5")).not.toBe(baseName("claude-sonnet-4-6"));
});
