/** The command of the packed tarballs: it runs installed, from anywhere, and starts fast. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { command, strangersEnv } from "../command.ts";

const installed = inject("installed");
const folder = join(installed, "node_modules", "polycall");
const { bin, version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));

const polycall = (args: readonly string[], cwd = installed) =>
  command(process.execPath, [join(folder, bin.polycall), ...args], { cwd, env: strangersEnv });

test.each([[["--help"]], [["models", "--provider", "openai", "--limit", "1"]], [["--version"]]])(
  "polycall %j runs",
  async (args) => {
    const { code, output } = await polycall(args);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/\S/) });
    if (args[0] === "--version") expect(output.trim()).toBe(version);
  },
);

test("it swaps with the installed adapters, and from a folder of its own", async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
  try {
    const models = ["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"];
    const { code, output } = await polycall(["swap", ...models], elsewhere);
    expect({ code, output }).toEqual({
      code: 0,
      output: expect.stringMatching(/^ {2}as before: \d+ of \d+ requests$/m),
    });
  } finally {
    rmSync(elsewhere, { recursive: true });
  }
});

test("required, the command is the same", async () => {
  const code = `require("@polycall/cli").main(["--version"]).then((code) => process.exit(code));`;
  const { output } = await command(process.execPath, ["--input-type=commonjs", "-e", code], {
    cwd: installed,
    env: strangersEnv,
  });
  expect(output.trim()).toBe(version);
});

test("how long it takes to start (said, not judged: time is not the test's to keep)", async () => {
  const median = async (run: () => Promise<unknown>) => {
    const took: number[] = [];
    for (let round = 0; round < 7; round++) {
      const start = performance.now();
      await run();
      took.push(performance.now() - start);
    }
    return took.sort((a, b) => a - b)[3]!;
  };
  const node = await median(() => command(process.execPath, ["-e", ""], { env: strangersEnv }));
  const help = await median(() => polycall(["--help"]));
  const models = await median(() => polycall(["models"]));
  const ms = (time: number) => (time - node).toFixed(0);
  console.log(
    `polycall --help takes ${ms(help)} ms, polycall models ${ms(models)} ms, beside node's own ${node.toFixed(0)}`,
  );
  expect(help).toBeGreaterThan(0);
});
