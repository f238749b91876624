/** What importing the installed `polycall` costs and loads: no SDK, no zod; the first call, one adapter. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { simulator } from "@polycall/testing";
import { expect, inject, test } from "vitest";
import { command, strangersEnv } from "../command.ts";

const installed = inject("installed");

/** Prints each package that a process loads, once. */
const listing = `
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name) seen.add(name);
      return next(url, context);
    },
  });
  process.on("exit", () => console.log(JSON.stringify([...seen].sort())));
`;

async function loads(code: string, env: Record<string, string> = {}): Promise<string[]> {
  writeFileSync(join(installed, "listing.mjs"), listing);
  const node = ["--import", "./listing.mjs", "--input-type=module", "-e", code];
  const options = { cwd: installed, env: { ...strangersEnv, ...env } };
  const { code: status, stdout, output } = await command(process.execPath, node, options);
  expect(status, output).toBe(0);
  return JSON.parse(stdout) as string[];
}

test("polycall loads core and nothing else", async () => {
  expect(await loads('await import("polycall");')).toEqual(["@polycall/core", "polycall"]);
});

test.each([
  ["openai/gpt-5-mini", "@polycall/openai", "openai"],
  ["anthropic/claude-haiku-4-5", "@polycall/anthropic", "@anthropic-ai/sdk"],
  ["gemini/gemini-2.5-flash", "@polycall/gemini", "@google/genai"],
])(
  "the first call, to %s, loads its adapter, SDK and the catalogue, and no zod",
  async (model, ...packages) => {
    await using server = await simulator();
    const code = `
    const { createClient } = await import("polycall");
    const { completion } = createClient({ providers: JSON.parse(process.env.PROVIDERS) });
    await completion({ model: "${model}", messages: [{ role: "user", content: "Hello" }] });
  `;
    const loaded = await loads(code, { PROVIDERS: JSON.stringify(server.providers) });
    expect(loaded).toEqual(expect.arrayContaining(["@polycall/core", "polycall", ...packages]));
    const known = /^(@polycall\/.*|openai|@anthropic-ai\/sdk|@google\/genai)$/;
    const foreign = loaded.filter((one) => known.test(one) && !packages.includes(one));
    expect(foreign).toEqual(["@polycall/core", "@polycall/models"]);
    expect(loaded).not.toContain("zod");
  },
);

test("what it costs (said, not judged: time is not the test's to keep)", async () => {
  const measure = async (code: string) => {
    const script = `
      const start = performance.now();
      ${code}
      const ms = performance.now() - start;
      console.log(JSON.stringify([ms, process.memoryUsage.rss() / 1e6]));
    `;
    const node = ["--input-type=module", "-e", script];
    const options = { cwd: installed, env: { ...strangersEnv, NODE_COMPILE_CACHE: undefined } };
    const { stdout } = await command(process.execPath, node, options);
    return JSON.parse(stdout) as [ms: number, megabytes: number];
  };
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
  const empty: [number, number][] = [];
  const full: [number, number][] = [];
  for (let round = 0; round < 7; round++) {
    empty.push(await measure(""));
    full.push(await measure('await import("polycall");'));
  }
  const [ms, mb] = [0, 1].map(
    (at) => median(full.map((one) => one[at]!)) - median(empty.map((one) => one[at]!)),
  );
  console.log(`import: polycall takes ${ms!.toFixed(1)} ms and ${mb!.toFixed(1)} MB`);
  expect(full).toHaveLength(7);
});
