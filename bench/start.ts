/**
 * What loading costs: ms and memory of an import, the size of a bundle of one call, and the time in which
 * the compiler checks one.
 * `node bench/start.ts`; polycall as it is published, in a folder like a user's.
 */
import { execFileSync } from "node:child_process";
import {
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { median, table } from "./measure.ts";

const root = dirname(import.meta.dirname);
const sdks = ["openai", "@anthropic-ai/sdk", "@google/genai"];
const peers = ["ai", "@ai-sdk/openai", "@langchain/openai", "token.js", "zod"];
const rounds = 7;

/** A folder in which the packed packages, the SDKs and the peers are installed. */
function install(): string {
  const user = mkdtempSync(join(tmpdir(), "polycall-bench-"));
  const modules = join(user, "node_modules");
  for (const manifest of globSync("packages/*/package.json", { cwd: root })) {
    const folder = join(root, dirname(manifest));
    const { name } = JSON.parse(readFileSync(join(root, manifest), "utf8")) as { name: string };
    if (name === "@polycall/testing") continue;
    execFileSync("pnpm", ["build"], { cwd: folder, stdio: "ignore" });
    const out = join(user, `${name.replaceAll("/", "-")}.tgz`);
    execFileSync("pnpm", ["pack", "--out", out], { cwd: folder, stdio: "ignore" });
    const to = join(modules, name);
    mkdirSync(to, { recursive: true });
    execFileSync("tar", ["-xzf", out, "-C", to, "--strip-components=1"]);
  }
  for (const [names, from] of [
    [sdks, import.meta.dirname],
    [peers, join(import.meta.dirname, "peers")],
    [["@types/node"], root],
  ] as const) {
    for (const name of names) {
      mkdirSync(dirname(join(modules, name)), { recursive: true });
      symlinkSync(join(from, "node_modules", name), join(modules, name));
    }
  }
  writeFileSync(join(user, "package.json"), '{ "type": "module" }');
  return user;
}

const imports: Record<string, string> = {
  "an empty process": "",
  polycall: 'await import("polycall");',
  "polycall and its openai adapter":
    'const { createClient } = await import("polycall"); await createClient().explain({ model: "openai/chat/m", messages: [{ role: "user", content: "hi" }] });',
  ...Object.fromEntries(sdks.map((name) => [name, `await import("${name}");`])),
  "ai + @ai-sdk/openai": 'await import("ai"); await import("@ai-sdk/openai");',
  "@langchain/openai": 'await import("@langchain/openai");',
  "token.js": 'await import("token.js");',
  zod: 'await import("zod");',
};

function measureImports(user: string): string {
  const seen = new Map(Object.keys(imports).map((name) => [name, [] as [number, number][]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, code] of Object.entries(imports)) {
      const program = `const start = performance.now(); ${code} console.log(JSON.stringify([performance.now() - start, process.memoryUsage.rss() / 2 ** 20]));`;
      const node = ["--input-type=module", "-e", program];
      const out = execFileSync(process.execPath, node, { cwd: user, encoding: "utf8" });
      seen.get(name)!.push(JSON.parse(out) as [number, number]);
    }
  }
  const of = (name: string, at: 0 | 1) => median(seen.get(name)!.map((one) => one[at]));
  const empty = of("an empty process", 1);
  const rows = [...seen.keys()].map((name) => [
    name,
    of(name, 0).toFixed(1),
    (of(name, 0) / of("zod", 0)).toFixed(2),
    (of(name, 1) - empty).toFixed(1),
  ]);
  return table(["import", "ms", "x zod", "MB over an empty process"], rows);
}

const ask = '({ model: "m", messages: [{ role: "user", content: "hi" }], max_tokens: 9 })';
const bundles: Record<string, string> = {
  "core alone": 'import { createClient } from "@polycall/core"; createClient({ adapters: {} });',
  openai: `import OpenAI from "openai"; new OpenAI().chat.completions.create${ask};`,
  "polycall with openai": `import { createClient } from "@polycall/core"; import { openai } from "@polycall/openai"; createClient({ adapters: { openai } }).completion${ask};`,
  "@anthropic-ai/sdk": `import Anthropic from "@anthropic-ai/sdk"; new Anthropic().messages.create${ask};`,
  "polycall with anthropic": `import { createClient } from "@polycall/core"; import { anthropic } from "@polycall/anthropic"; createClient({ adapters: { anthropic } }).completion${ask};`,
  "@google/genai": `import { GoogleGenAI } from "@google/genai"; new GoogleGenAI({ apiKey: "k" }).models.generateContent({ model: "m", contents: "hi" });`,
  "polycall with gemini": `import { createClient } from "@polycall/core"; import { gemini } from "@polycall/gemini"; createClient({ adapters: { gemini } }).completion${ask};`,
  "ai + @ai-sdk/openai": `import { generateText } from "ai"; import { createOpenAI } from "@ai-sdk/openai"; generateText({ model: createOpenAI()("m"), prompt: "hi" });`,
  "@langchain/openai": `import { ChatOpenAI } from "@langchain/openai"; new ChatOpenAI({ model: "m" }).invoke("hi");`,
};

/** What is used of esbuild, which only the peers' folder has. */
interface Esbuild {
  build(options: object): Promise<{ outputFiles: { contents: Uint8Array }[] }>;
}

async function measureBundles(user: string): Promise<string> {
  const peer = createRequire(join(import.meta.dirname, "peers", "package.json"));
  const { build } = peer("esbuild") as Esbuild;
  const rows: string[][] = [];
  for (const [name, contents] of Object.entries(bundles)) {
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: user },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "es2022",
      logLevel: "error",
    });
    const bytes = outputFiles[0]!.contents;
    const kB = (size: number) => (size / 1000).toFixed(0);
    rows.push([name, kB(bytes.length), (gzipSync(bytes).length / 1000).toFixed(1)]);
  }
  return table(["a bundle of one call, minified", "kB", "gzip, kB"], rows);
}

const typed: Record<string, string> = {
  "an empty file": "export {};",
  polycall: `import { completion } from "polycall"; export const reply = await completion${ask.replace('"m"', '"openai/gpt-6-luna"')};`,
  "polycall with a tool and a schema": `import { completion, tool } from "polycall"; import * as z from "zod";
    const price = tool({ name: "price", parameters: z.object({ city: z.string() }), execute: ({ city }) => city.length });
    export const { parsed, toolCalls } = await completion({ model: "anthropic/claude-haiku-5-5", messages: [], tools: [price], response_format: z.object({ a: z.string() }) });`,
  openai: `import OpenAI from "openai"; export const reply = await new OpenAI().chat.completions.create${ask.replace('"hi" }]', '"hi" as const }]')};`,
  "@anthropic-ai/sdk": `import Anthropic from "@anthropic-ai/sdk"; export const reply = await new Anthropic().messages.create${ask};`,
  "ai + @ai-sdk/openai": `import { generateText } from "ai"; import { createOpenAI } from "@ai-sdk/openai"; export const reply = await generateText({ model: createOpenAI()("m"), prompt: "hi" });`,
  "@langchain/openai": `import { ChatOpenAI } from "@langchain/openai"; export const reply = await new ChatOpenAI({ model: "m" }).invoke("hi");`,
};

/** Checked as most apps are: strict, without checking the libraries themselves. */
function measureTypes(user: string): string {
  const compilers = { "TypeScript 7": "tsc", "TypeScript 6": "tsc6" };
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2024"];
  options.push("--module", "nodenext", "--types", "node");
  const seen = new Map<string, number[]>();
  for (const name of Object.keys(typed))
    writeFileSync(join(user, `${slug(name)}.ts`), typed[name]!);
  for (let round = 0; round < rounds; round++) {
    for (const name of Object.keys(typed)) {
      for (const [compiler, bin] of Object.entries(compilers)) {
        const start = performance.now();
        execFileSync(join(root, "node_modules/.bin", bin), [...options, `${slug(name)}.ts`], {
          cwd: user,
        });
        const key = `${name} ${compiler}`;
        seen.set(key, [...(seen.get(key) ?? []), performance.now() - start]);
      }
    }
  }
  const of = (name: string, compiler: string) => median(seen.get(`${name} ${compiler}`)!);
  const rows = Object.keys(typed).map((name) => [
    name,
    ...Object.keys(compilers).flatMap((compiler) => [
      of(name, compiler).toFixed(0),
      (of(name, compiler) / of("openai", compiler)).toFixed(2),
    ]),
  ]);
  const head = Object.keys(compilers).flatMap((compiler) => [`${compiler}, ms`, "x openai"]);
  return table(["tsc on an app that imports", ...head], rows);
}

const slug = (name: string) => `app-${name.replaceAll(/\W+/g, "-")}`;

const user = install();
try {
  console.log(`\n${measureImports(user)}`);
  console.log(`\n${await measureBundles(user)}`);
  console.log(`\n${measureTypes(user)}`);
} finally {
  rmSync(user, { recursive: true });
}
