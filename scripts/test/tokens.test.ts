/** The local estimate is as good as it says, on recorded requests that its constants were not fitted to. */
import { wireData } from "@polycall/testing";
import { describe, expect, test } from "vitest";
import { measure } from "../tokens/measure.ts";

describe.skipIf(!wireData())("recorded requests", () => {
  const rows = measure();
  const all = rows.reduce((sum, { requests }) => sum + requests, 0);

  test("are enough to say something", () => {
    expect(all).toBeGreaterThan(200);
  });

  test("nine of ten are within the error that was stated", () => {
    const within = rows.reduce((sum, row) => sum + row.within * row.requests, 0);
    expect(within / all).toBeGreaterThan(0.9);
  });

  test.each([
    ["claude", 0.12],
    ["gpt-4", 0.12],
    ["gpt-5 and later", 0.22],
    ["gemini", 0.22],
  ])("half of %s's are off by less than %d", (family, median) => {
    expect(rows.find((row) => row.family === family)?.median).toBeLessThan(median);
  });
});
