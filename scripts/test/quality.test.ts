/** The code is formatted, linted and typed. */
import { beforeAll, expect, test } from "vitest";
import { command } from "../command.ts";
import { workspacePackages } from "../workspace.ts";

test("biome finds nothing to say", async () => {
  const { code, output } = await command("biome", [
    "check",
    "--error-on-warnings",
    "--colors=off",
    ".",
  ]);
  expect(code, output).toBe(0);
});

const typed = workspacePackages()
  .filter(({ manifest }) => manifest.scripts?.typecheck)
  .map(({ manifest }) => manifest.name);

// All at once first: turbo keeps what passed, so that each test below is quick.
beforeAll(() => command("turbo", ["run", "typecheck", "--continue"]));

test.each(typed)("%s is well typed", async (name) => {
  const turbo = ["run", "typecheck", `--filter=${name}`, "--output-logs=errors-only"];
  const { code, output } = await command("turbo", turbo);
  expect(code, output).toBe(0);
});
