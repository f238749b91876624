/** Two copies of the package in one app: an error of the one is an error of the other. */
import { expect, test } from "vitest";
import * as ours from "../src/errors.ts";
import { isRetryable } from "../src/plugins/retry.ts";

const specifier = "../src/errors.ts?another-copy";
const theirs: typeof ours = await import(/* @vite-ignore */ specifier);

test("instanceof knows the kind, whichever copy made the error", () => {
  const error = new theirs.OverloadedError("busy", { provider: "alpha", status: 529 });
  expect(Object.getPrototypeOf(error)).not.toBe(ours.OverloadedError.prototype);
  const kinds = Object.entries(ours).filter(([, kind]) => error instanceof kind);
  expect(kinds.map(([name]) => name).sort()).toEqual([
    "APIError",
    "InternalServerError",
    "OverloadedError",
    "PolycallError",
  ]);
  expect(isRetryable(error)).toBe(true);
});

test("what only looks like one is none", () => {
  for (const value of [undefined, null, 1, "OverloadedError", {}, new Error("busy")]) {
    expect(value instanceof ours.PolycallError).toBe(false);
  }
});

test("a class of the user's own is told apart from its parent", () => {
  class TooManyCats extends ours.RateLimitError {}
  const error = new TooManyCats("cats");
  expect([error instanceof TooManyCats, error instanceof ours.RateLimitError]).toEqual([
    true,
    true,
  ]);
  expect(new ours.RateLimitError("no cats") instanceof TooManyCats).toBe(false);
});
