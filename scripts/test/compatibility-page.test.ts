/** docs/compatibility.md says what the adapters do. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compatibilityPage, page } from "../compatibility-page.ts";

test("docs/compatibility.md is up to date (node scripts/compatibility-page.ts)", async () => {
  expect(readFileSync(page, "utf8")).toBe(await compatibilityPage());
});
