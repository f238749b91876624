/** What is said of a model that is off, or soon will be. */
import { expect, test } from "vitest";
import { deprecationOf, substitutionOf } from "../src/index.ts";

const reasonOn = (day: string, model: string) => deprecationOf(model, new Date(day))?.reason;

test.each([
  // 2026-12-11 less sixty days is 2026-10-12
  ["2026-10-11T23:59:59Z", "openai/gpt-5", undefined],
  [
    "2026-10-12T00:00:00Z",
    "openai/gpt-5",
    "it is turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
  ],
  [
    "2026-12-10T23:59:59Z",
    "openai/gpt-5",
    "it is turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
  ],
  [
    "2026-12-11T00:00:00Z",
    "openai/gpt-5",
    "it was to be turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
  ],
  [
    "2026-12-11T00:00:00Z",
    "openai/responses/gpt-5-2025-08-07",
    "it was to be turned off on 2026-12-11; its provider names gpt-6.1-sol in its place.",
  ],
  ["2026-11-25T00:00:00Z", "anthropic/claude-sonnet-4-5", "it is turned off on 2026-11-30."],
  [
    "2026-11-25T00:00:00Z",
    "gemini/models/gemini-2.5-pro",
    "it is turned off on 2026-12-01; its provider names gemini-3.8-flash in its place.",
  ],
  // a fine-tuned model goes with its base
  [
    "2027-01-01T00:00:00Z",
    "openai/ft:gpt-4o-mini-2024-07-18:acme::x",
    "it is turned off on 2027-01-14; its provider names gpt-6-luna in its place.",
  ],
  ["2030-01-01T00:00:00Z", "openai/gpt-6-luna", undefined],
  ["2030-01-01T00:00:00Z", "openai/gpt-99", undefined],
  ["2030-01-01T00:00:00Z", "azure/gpt-5", undefined],
  ["2030-01-01T00:00:00Z", "openrouter/openai/gpt-5", undefined],
])("on %s, of %s: %s", (day, model, reason) => {
  expect(reasonOn(day, model)).toBe(reason);
});

test("it is a change of the model's name that is due", () => {
  expect(deprecationOf("gemini/gemini-2.5-flash", new Date("2026-11-25"))).toEqual({
    param: "model",
    action: "deprecated",
    from: "gemini/gemini-2.5-flash",
    reason:
      "it is turned off on 2026-12-01; its provider names gemini-3.5-flash-lite in its place.",
  });
});

test("another model that served is named, and is what the reply costs", () => {
  expect(substitutionOf("gemini/gemini-2.5-pro", "gemini-3.8-flash")).toEqual({
    param: "model",
    action: "converted",
    from: "gemini/gemini-2.5-pro",
    to: "gemini-3.8-flash",
    reason: "gemini-3.8-flash answered in its place, and is what the reply costs.",
  });
});

test.each([
  ["openai/gpt-4o", "gpt-4o"],
  ["openai/gpt-4o", "gpt-4o-2024-05-13"],
  ["openai/chat/gpt-5.4", "gpt-5.4-2026-03-05"],
  ["anthropic/claude-haiku-4-5", "claude-haiku-4-5-20251001"],
  ["anthropic/claude-haiku-4-5-20251001", "claude-haiku-4-5"],
  ["gemini/models/gemini-2.5-pro", "gemini-2.5-pro"],
  ["gemini/gemini-flash-latest", "gemini-3.8-flash"],
  ["openrouter/openrouter/free", "openai/gpt-5.4"],
  ["openai/gpt-4o", "gpt-99"],
  ["openai/gpt-99", "gpt-4o"],
  ["azure/my-deployment", "gpt-4o"],
  ["openai/gpt-4o", ""],
  ["openai/gpt-4o", 7 as unknown as string],
  ["openai/gpt-4o", null as unknown as string],
])("asked for %s, answered by %s: nothing to say", (asked, served) => {
  expect(substitutionOf(asked, served)).toBeUndefined();
});
