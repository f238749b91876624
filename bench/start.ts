/**
 * What loading costs: ms and memory of an import, and the size of a bundle of one call.
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

const user = install();
try {
  console.log(`\n${measureImports(user)}`);
  console.log(`\n${await measureBundles(user)}`);
} finally {
  rmSync(user, { recursive: true });
}
