/** The registry: its names, its keys, what it loads when, and what users add. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Provider } from "@polycall/core";
import { hosts } from "@polycall/openai";
import { describe, expect, test, vi } from "vitest";
import {
  type CallOptions,
  createClient,
  MissingKeyError,
  type PolycallClient,
  UnknownProviderError,
} from "../src/index.ts";
import { adapters, hostNames } from "../src/providers.ts";
import { simulated } from "./support/simulated.ts";

const { sim } = await simulated();
const messages = [{ role: "user" as const, content: "Hello" }];
const loaded: Provider[] = await Promise.all(Object.values(adapters).map((load) => load()));
const infos = loaded.map(({ info }) => info);
/** Who is asked for no completions. */
const embedders = new Set(["cohere", "jina", "tei", "voyage"]);

/** A call of the kind that this provider serves. */
function ask(client: PolycallClient, name: string, options: CallOptions): Promise<unknown> {
  const model = `${name}/m`;
  if (embedders.has(name)) return client.embedding({ model, input: "a", ...options });
  return client.completion({ model, messages, ...options });
}

test("the façade's host names are the openai adapter's", () => {
  expect([...hostNames]).toEqual(Object.keys(hosts).sort());
});

test("every adapter has the name that its models begin with", () => {
  expect(infos.map(({ name }) => name)).toEqual(Object.keys(adapters));
});

describe("without a key", () => {
  const keyed = infos.filter(({ keyOptional }) => !keyOptional);

  test.each(keyed.map((info) => ({ info, name: info.name })))("$name", async ({ info, name }) => {
    for (const variable of [...info.apiKeyEnv!, ...(info.baseURLEnv ?? [])]) {
      vi.stubEnv(variable, "");
    }
    const client = createClient({ logLevel: "off" });
    const { embedding } = client;
    const baseURL = "http://127.0.0.1:1";
    const call = ask(client, name, { baseURL });
    await expect(call).rejects.toThrow(MissingKeyError);
    await expect(call).rejects.toThrow(`Set ${info.apiKeyEnv![0]}`);
    await expect(call).rejects.toThrow(/Get a key at https:\/\/[\w.-]+/);
    await expect(call).rejects.toThrow(info.label);
    await expect(call).rejects.toMatchObject({ provider: name, model: "m", param: "apiKey" });
    await expect(embedding({ model: `${name}/m`, input: "a", baseURL })).rejects.toMatchObject({
      name: expect.stringMatching(/MissingKeyError|UnsupportedParamsError/),
    });
  });

  test.each(infos.filter(({ requiresBaseURL }) => requiresBaseURL).map((info) => ({ info })))(
    "and without a place: $info.name",
    async ({ info }) => {
      for (const variable of info.baseURLEnv!) vi.stubEnv(variable, "");
      const { completion } = createClient({ logLevel: "off" });
      const call = completion({ model: `${info.name}/m`, messages, apiKey: "k" });
      await expect(call).rejects.toMatchObject({ name: "InvalidRequestError", param: "baseURL" });
      await expect(call).rejects.toThrow(`set ${info.baseURLEnv![0]}`);
    },
  );

  const read = infos.flatMap((info) =>
    (info.apiKeyEnv ?? []).map((variable) => ({ info, name: info.name, variable })),
  );

  test.each(read)("$name finds $variable", async ({ info, name, variable }) => {
    for (const other of info.apiKeyEnv!) vi.stubEnv(other, "");
    vi.stubEnv(variable, "the-key-in-it");
    const sent: string[] = [];
    const fetch: typeof globalThis.fetch = async (_, init) => {
      sent.push(...new Headers(init?.headers).values());
      return new Response("no", { status: 400 });
    };
    const client = createClient({ logLevel: "off", defaults: { maxRetries: 0, fetch } });
    const call = ask(client, name, { baseURL: sim.url });
    await expect(call).rejects.toThrow("no");
    expect(sent.join()).toContain("the-key-in-it");
  });
});

describe("names", () => {
  const { completion } = createClient({ logLevel: "off" });

  test.each([
    ["antropic/claude", "anthropic"],
    ["openAI/gpt", "openai"],
    ["open_router/m", "openrouter"],
    ["gemni/m", "gemini"],
    // As LiteLLM writes them.
    ["hosted_vllm/m", "vllm"],
    ["bedrock/m", "bedrock_mantle"],
    ["together_ai/m", "together"],
    ["fireworks_ai/m", "fireworks"],
    ["vertex_ai/m", "vertex"],
    ["ollama_chat/m", "ollama"],
    ["lm_studio/m", "lmstudio"],
    ["nvidia_nim/m", "nvidia"],
  ])("%s is near %s", async (model, near) => {
    const call = completion({ model, messages });
    await expect(call).rejects.toThrow(UnknownProviderError);
    await expect(call).rejects.toThrow(`Did you mean "${near}"?`);
  });

  test("a model that nobody knows goes out", async () => {
    const client = createClient({ providers: sim.providers, logLevel: "off" });
    for (const provider of Object.keys(sim.providers)) {
      if (embedders.has(provider)) continue;
      const { text } = await client.completion({ model: `${provider}/new-in-2031`, messages });
      expect(text).toBe("(simulator) You said: Hello");
    }
  });

  test("a provider in the options that does not exist", () => {
    expect(() => createClient({ providers: { opnai: { apiKey: "k" } } })).toThrow('"openai"');
  });
});

describe("registerProvider", () => {
  const address = sim.providers.custom_openai!;

  test.each<[string, Parameters<ReturnType<typeof createClient>["registerProvider"]>[1]]>([
    ["an adapter", hosts.custom_openai],
    ["a loader", async () => hosts.custom_openai],
    ["a host", { label: "Acme", baseURL: address.baseURL, apiKeyEnv: ["ACME_KEY"], quirks: [] }],
  ])("%s", async (_, provider) => {
    vi.stubEnv("ACME_KEY", "k");
    vi.stubEnv("CUSTOM_OPENAI_BASE_URL", address.baseURL);
    const { registerProvider, completion } = createClient({ logLevel: "off" });
    await expect(completion({ model: "acme/m", messages })).rejects.toThrow(UnknownProviderError);
    registerProvider("acme", provider);
    const reply = await completion({ model: "acme/m", messages });
    expect(reply.provider).toBe("acme");
    expect(reply.text).toBe("(simulator) You said: Hello");
    const other = createClient({ logLevel: "off" });
    await expect(other.completion({ model: "acme/m", messages })).rejects.toThrow("no provider");
  });

  test("in place of a known one", async () => {
    const { registerProvider, completion } = createClient({ logLevel: "off" });
    registerProvider("openai", { label: "Mine", baseURL: address.baseURL, keyOptional: true });
    expect((await completion({ model: "openai/m", messages })).provider).toBe("openai");
    expect(sim.requests[0]!.provider).toBe("custom_openai");
  });
});

/** Runs in a process of its own and prints which packages had been loaded after each step. */
const script = `
  import { registerHooks } from "node:module";
  const seen = new Set();
  registerHooks({
    load(url, context, next) {
      const modules = url.match(/node_modules\\/(?:\\.pnpm\\/[^/]+\\/node_modules\\/)?((?:@[^/]+\\/)?[^/]+)/);
      const own = url.match(/packages\\/([^/]+)\\/src/);
      const name = modules?.[1] ?? own?.[1];
      if (name) seen.add(name);
      return next(url, context);
    },
  });
  const loaded = [];
  const { createClient } = await import(process.env.POLYCALL_ENTRY);
  loaded.push([...seen]);
  const { completion } = createClient({ logLevel: "off", providers: JSON.parse(process.env.PROVIDERS) });
  const messages = [{ role: "user", content: "Hello" }];
  for (const model of ["anthropic/m", "groq/m"]) {
    seen.clear();
    await completion({ model, messages });
    loaded.push([...seen]);
  }
  console.log(JSON.stringify(loaded));
`;

test("importing polycall loads no adapter and no SDK; a call loads one", async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--input-type=module", "--eval", script],
    {
      env: {
        ...process.env,
        POLYCALL_ENTRY: new URL("../src/index.ts", import.meta.url).href,
        PROVIDERS: JSON.stringify(sim.providers),
      },
    },
  );
  const [atImport, forAnthropic, forGroq] = JSON.parse(stdout) as string[][];
  expect(atImport!.sort()).toEqual(["core", "polycall"]);
  expect(forAnthropic).toContain("@anthropic-ai/sdk");
  expect(forAnthropic!.filter((name) => /openai|genai|gemini|ollama|zod/.test(name))).toEqual([]);
  expect(forGroq).toContain("openai");
  expect(forGroq!.filter((name) => /anthropic|genai|gemini|ollama|zod/.test(name))).toEqual([]);
});
