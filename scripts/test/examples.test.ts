/** Every example runs to its end as a stranger would run it: with tsx, from the root, without keys. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { command, strangersEnv } from "../command.ts";
import { readImports } from "../imports.ts";
import { root } from "../workspace.ts";

const patterns = ["examples/*.ts", "examples/{agents,rag}/*.ts", "examples/*/main.ts"];
const examples = [...new Set(globSync(patterns, { cwd: root }))].sort();

test.concurrent.for(examples)("%s runs", async (example, { expect, skip }) => {
  const { code, output } = await command("tsx", [example], { env: strangersEnv });
  expect(code, output).toBe(0);
  // What an example needs and a fresh clone has not is said, and counted.
  const lacking = /^SKIPPED: .*$/m.exec(output)?.[0];
  if (lacking) skip(`${example}: ${lacking}`);
});

test.each(examples)("%s looks at Node's version before anything else", (example) => {
  const [first] = readImports(example, readFileSync(join(root, example), "utf8"));
  expect(first?.specifier).toMatch(/\/lib\/node-version\.ts$/);
});

const two = ["examples/hello.ts", "examples/quickstart/main.ts"];
test.each(two)("%s tells an older Node so in one line", async (example) => {
  const pretend =
    "data:text/javascript,Object.defineProperty(process,'version',{value:'v20.20.2'})";
  const run = await command("tsx", ["--import", pretend, example], { env: strangersEnv });
  expect(run).toEqual({
    code: 1,
    stdout: "",
    output:
      "The examples need Node 22.18 or newer; this is v20.20.2. " +
      `With a newer one of its own: npm run example ${example}\n`,
  });
});
