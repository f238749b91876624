/** Which row of the model table a name finds. */
import { expect, test } from "vitest";
import { factsOf } from "../src/models.ts";

const thinking = (model: string) => {
  const facts = factsOf(model).thinking;
  if (facts.kind === "level") return facts.levels.join(" ").toLowerCase();
  return facts.kind === "budget" ? `${facts.min}-${facts.max}${facts.off ? " off" : ""}` : "none";
};

test.each([
  ["gemini-2.0-flash", "none"],
  ["gemini-2.5-flash", "1-24576 off"],
  ["gemini-2.5-flash-preview-09-2025", "1-24576 off"],
  ["gemini-2.5-flash-lite", "512-24576 off"],
  ["gemini-2.5-flash-image", "none"],
  ["gemini-2.5-pro", "128-32768"],
  ["models/gemini-2.5-pro", "128-32768"],
  ["publishers/google/models/gemini-2.5-pro@001", "128-32768"],
  ["gemini-3-pro-preview", "low high"],
  ["gemini-3-flash-preview", "minimal low medium high"],
  ["gemini-3.1-pro", "low medium high"],
  ["gemini-3.6-flash", "minimal low medium high"],
  ["gemini-3.8-flash", "low medium high"],
  ["gemini-4-argon", "low medium high"],
  ["gemini-flash-latest", "low medium high"],
  ["gemma-3-27b-it", "none"],
  ["tunedModels/gemini-2.5-pro-mine", "minimal low medium high"],
  ["projects/p/locations/l/endpoints/123", "minimal low medium high"],
])("%s thinks %s", (model, expected) => expect(thinking(model)).toBe(expected));

test.each([
  // No row may take a name that only begins like its own.
  ["gemini-2.55-flash", "gemini-9"],
  ["gemini-2.5-flashy", "gemini-2.5"],
  ["gemini-2.5-proxy", "gemini-2.5"],
  ["gemini-30-pro", "gemini-9"],
  ["gemini-3.51", "gemini-9"],
  ["gemini-3.5-flash-liter", "gemini-3.5-flash"],
])("%s is read as %s", (model, like) => expect(factsOf(model)).toBe(factsOf(like)));

test.each(["geminix", "llama-4", "learnlm-2", "", "gem"])("%j is unknown, not refused", (model) => {
  expect(factsOf(model)).toMatchObject({ sampling: true, signatures: false, system: true });
  expect(factsOf(model)).not.toBe(factsOf("gemini-9"));
});

test("sampling is refused from 3.5-flash-lite and 3.6 on", () => {
  const takes = (name: string) => factsOf(name).sampling;
  expect(["gemini-3-pro", "gemini-3.5-flash", "gemini-2.5-pro"].map(takes)).toEqual([
    true,
    true,
    true,
  ]);
  const newer = ["gemini-3.5-flash-lite", "gemini-3.6-flash", "gemini-3.8-flash", "gemini-4-pro"];
  expect(newer.map(takes)).toEqual([false, false, false, false]);
});
