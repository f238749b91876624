/** docs/providers.md says what the adapters say. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { page, providersPage } from "../providers-page.ts";

test("docs/providers.md is up to date (node scripts/providers-page.ts)", async () => {
  expect(readFileSync(page, "utf8")).toBe(await providersPage());
});
