/** The types of the tarballs and of the SDKs under them, in an app whose compiler skips nothing. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, inject, test } from "vitest";
import { command, strangersEnv } from "../command.ts";

const installed = inject("installed");

/** A small app: a call, a stream, a typed tool, a typed object, an adapter of its own. */
const app = `
import { anthropic } from "@polycall/anthropic";
import { createClient as coreClient } from "@polycall/core";
import { gemini, vertex } from "@polycall/gemini";
import { ollama } from "@polycall/ollama";
import { openai } from "@polycall/openai";
import { simulator } from "@polycall/testing";
import { completion, createClient, embedding, PolycallError, tool } from "polycall";
import * as z from "zod";

const model = "openai/gpt-5-mini";
const messages = [{ role: "user" as const, content: "How much is London?" }];
const getPrice = tool({
  name: "get_price",
  description: "A price",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => city.length,
});
export async function main(): Promise<number> {
  const asked = await completion({ model, messages, tools: [getPrice] });
  const city: string | undefined = asked.toolCalls[0]?.args.city;
  const format = z.object({ price: z.number() });
  const { parsed } = await completion({ model, messages, response_format: format });
  for await (const chunk of await completion({ model, messages, stream: true })) {
    const text: string | null | undefined = chunk.choices[0]?.delta.content;
    console.log(text, city);
  }
  const { data } = await embedding({ model, input: "cat" });
  // @ts-expect-error: a price is a number
  const wrong: string = parsed.price;
  return parsed.price + data.length + wrong.length;
}
const adapters = { anthropic, gemini, vertex, ollama, openai };
export const clients = [createClient(), coreClient({ adapters })];
export const server = simulator();
export const refused = (error: unknown) => error instanceof PolycallError && error.message;
`;

const settings = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};

test.each(Object.entries(settings))(
  "tsc finds no error, with skipLibCheck off: %s",
  async (name, resolution) => {
    const folder = join(installed, "types", name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "app.ts"), app);
    const compilerOptions = {
      ...resolution,
      target: "es2024",
      lib: ["es2024", "dom", "dom.iterable", "dom.asynciterable"],
      types: ["node"],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    const config = { compilerOptions, include: ["app.ts"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = ["--project", join(folder, "tsconfig.json"), "--pretty", "false"];
    const { code, output } = await command("tsc", tsc, { cwd: installed, env: strangersEnv });
    expect({ code, output }).toEqual({ code: 0, output: "" });
  },
);

test("an editor offers the models of the catalogue, and a provider's own parameters", () => {
  const file = join(installed, "types", "editor.ts");
  const source = `import { completion } from "polycall";
completion({ model: "", messages: [] });
completion({ model: "anthropic/claude-haiku-5-5", messages: [], extra_body: {  } });`;
  writeFileSync(file, source);
  const options = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const service = ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [file],
    getScriptVersion: () => "1",
    getScriptSnapshot: (name) => {
      const text = ts.sys.readFile(name);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => installed,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
  });
  const offered = (after: string) => {
    const at = source.indexOf(after) + after.length;
    const found = service.getCompletionsAtPosition(file, at, undefined)?.entries ?? [];
    return found.map(({ name }) => name);
  };
  expect(offered('model: "')).toEqual(
    expect.arrayContaining(["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"]),
  );
  expect(offered("extra_body: { ")).toEqual(expect.arrayContaining(["inference_geo", "container"]));
});

test("the compiler does less for an app that imports polycall than for one that imports openai", async () => {
  const apps = {
    polycall:
      'import { completion } from "polycall"; await completion({ model: "openai/gpt-6-luna", messages: [] });',
    openai:
      'import OpenAI from "openai"; await new OpenAI().chat.completions.create({ model: "gpt-6-luna", messages: [] });',
  };
  const work: Record<string, number> = {};
  for (const [name, app] of Object.entries(apps)) {
    const file = join(installed, "types", `${name}.ts`);
    writeFileSync(file, `${app}\nexport {};`);
    const tsc = [
      "--noEmit",
      "--strict",
      "--skipLibCheck",
      "--module",
      "nodenext",
      "--types",
      "node",
    ];
    const options = { cwd: installed, env: strangersEnv };
    const { output } = await command(
      "tsc",
      [...tsc, "--target", "es2024", "--diagnostics", file],
      options,
    );
    const count = (what: string) => Number(new RegExp(`${what}: +(\\d+)`).exec(output)?.[1]);
    work[name] = count("Lines") + count("Types") + count("Instantiations");
  }
  expect(work.polycall).toBeGreaterThan(0);
  expect(work.polycall).toBeLessThan(work.openai! * 1.5);
});
