/**
 * What an app ships that bundles the packages: it builds with each bundler, runs, holds only the adapter
 * it uses, and is small.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { type Simulator, simulator } from "@polycall/testing";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { command, strangersEnv } from "../command.ts";
import { bundlers } from "./bundlers.ts";

const installed = inject("installed");
mkdirSync(join(installed, "bundles"), { recursive: true });
const folder = mkdtempSync(join(installed, "bundles", "of-"));

let server: Simulator;
beforeAll(async () => {
  server = await simulator();
});
afterAll(() => server.close());

/** An app of one file. */
function app(name: string, code: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, code);
  return path;
}

const models = {
  openai: "openai/gpt-5-mini",
  anthropic: "anthropic/claude-haiku-4-5",
  gemini: "gemini/gemini-2.5-flash",
};
const sdks = { openai: "openai", anthropic: "@anthropic-ai/sdk", gemini: "@google/genai" };
type Adapter = keyof typeof models;

/** One call through one adapter, without the façade. */
const oneCall = (adapter: Adapter) => `
  import { createClient } from "@polycall/core";
  import { ${adapter} } from "@polycall/${adapter}";
  const providers = JSON.parse(process.env.PROVIDERS);
  const { completion } = createClient({ adapters: { ${adapter} }, providers });
  const messages = [{ role: "user", content: "Tell a joke about cats." }];
  console.log((await completion({ model: "${models[adapter]}", messages })).text);
`;

/** The same through the SDK alone. */
const sdkCalls: Record<Adapter, string> = {
  openai: `
    import OpenAI from "openai";
    const messages = [{ role: "user", content: "Tell a joke about cats." }];
    const reply = await new OpenAI().chat.completions.create({ model: "gpt-5-mini", messages });
    console.log(reply.choices[0].message.content);
  `,
  anthropic: `
    import Anthropic from "@anthropic-ai/sdk";
    const messages = [{ role: "user", content: "Tell a joke about cats." }];
    const request = { model: "claude-haiku-4-5", max_tokens: 100, messages };
    console.log((await new Anthropic().messages.create(request)).content[0].text);
  `,
  gemini: `
    import { GoogleGenAI } from "@google/genai";
    const request = { model: "gemini-2.5-flash", contents: "Tell a joke about cats." };
    console.log((await new GoogleGenAI({}).models.generateContent(request)).text);
  `,
};

const everyBundler = Object.entries(bundlers).flatMap(([name, bundler]) =>
  (Object.keys(models) as Adapter[]).map((adapter) => ({ name, bundler, adapter })),
);

test.each(everyBundler)(
  "$name: a call through $adapter",
  async ({ name, bundler, adapter }) => {
    const out = join(folder, `${name}-${adapter}`);
    mkdirSync(out);
    const { path, packages } = await bundler(app(`${name}-${adapter}`, oneCall(adapter)), out);
    const { providers } = server;
    const env = { ...strangersEnv, PROVIDERS: JSON.stringify({ [adapter]: providers[adapter] }) };
    const result = await command(process.execPath, [path], { cwd: out, env });
    expect(result.output).toMatch(/^\(simulator\).*cat.*\n$/i);
    const others = Object.values(sdks).filter((sdk) => sdk !== sdks[adapter]);
    expect(packages).toEqual(expect.arrayContaining([`@polycall/${adapter}`, "@polycall/core"]));
    expect(packages).toContain(sdks[adapter]);
    expect(packages.filter((one) => others.includes(one) || one === "zod")).toEqual([]);
    const ours = packages.filter((one) => one.startsWith("@polycall/"));
    expect(ours).toEqual([`@polycall/${adapter}`, "@polycall/core"].sort());
  },
  300_000,
);

/** Bytes of a bundle for Node in one file, minified and gzipped. */
async function size(name: string, code: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [app(name, code)],
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "node",
    target: "es2022",
  });
  return gzipSync(outputFiles[0]!.contents).length;
}

describe("minified and gzipped", () => {
  const kB = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

  test("a client without an adapter is at most 25 kB", async () => {
    const code = 'import { createClient } from "@polycall/core"; console.log(createClient());';
    const bytes = await size("core", code);
    console.log(`size: a client without an adapter: ${kB(bytes)}`);
    expect(bytes).toBeLessThan(25_000);
  });

  // What one call may weigh beyond its SDK's own, in kB. The goal is 30, which OpenAI's adapter misses:
  // its SDK comes whole, since its client names every resource, so that nothing of it can be left out. It
  // speaks two APIs and 24 hosts' ways of one; facts with their sources, cache marks and the cost of tries
  // took it from 53 to 55.7.
  test.each([
    ["openai", 56],
    ["anthropic", 30],
    ["gemini", 30],
  ] as const)(
    "a call through %s is at most %d kB more than its SDK's own",
    async (adapter, more) => {
      const own = await size(`sdk-${adapter}`, sdkCalls[adapter]);
      const bytes = await size(`one-${adapter}`, oneCall(adapter));
      console.log(`size: a call through ${adapter}: ${kB(bytes)}; its SDK's own: ${kB(own)}`);
      expect(bytes).toBeLessThan(own + more * 1000);
    },
  );
});

test("a bundle of polycall loads an adapter's chunk only when it is asked for", async () => {
  const code = 'import { completion } from "polycall"; console.log(completion);';
  const { metafile } = await build({
    entryPoints: [app("facade", code)],
    bundle: true,
    write: false,
    splitting: true,
    format: "esm",
    platform: "node",
    outdir: join(folder, "facade"),
    metafile: true,
  });
  const { outputs } = metafile;
  const loaded = new Set<string>();
  const load = (path: string) => {
    if (loaded.has(path)) return;
    loaded.add(path);
    for (const { path: next, kind, external } of outputs[path]!.imports) {
      if (kind === "import-statement" && !external) load(next);
    }
  };
  load(Object.keys(outputs).find((path) => path.endsWith("/facade.js"))!);
  const inputs = (paths: Iterable<string>) =>
    [...paths].flatMap((path) => Object.keys(outputs[path]!.inputs)).join("\n");
  const all = inputs(Object.keys(outputs));
  const atOnce = inputs(loaded);
  expect(atOnce).toContain("@polycall/core/");
  for (const one of [...Object.values(sdks), "@polycall/openai", "@polycall/ollama"]) {
    expect(all).toContain(`node_modules/${one}/`);
    expect(atOnce).not.toContain(`node_modules/${one}/`);
  }
});
