/** The code is formatted and linted. */
import { expect, test } from "vitest";
import { command } from "../command.ts";

test("biome finds nothing to say", async () => {
  const { code, output } = await command("biome", [
    "check",
    "--error-on-warnings",
    "--colors=off",
    ".",
  ]);
  expect(code, output).toBe(0);
});
