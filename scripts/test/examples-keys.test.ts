/** Examples talk to the providers whose keys are set; those that need a misbehaving one, to the simulator. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Simulator, simulator } from "@polycall/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { command, strangersEnv } from "../command.ts";

let server: Simulator;
beforeAll(async () => {
  server = await simulator();
});
beforeEach(() => server.reset());
afterAll(() => server.close());

/** Runs an example with these variables of the simulator's; tells which providers were called. */
async function providersOf(example: string, more: Record<string, string>): Promise<string[]> {
  const env = { ...strangersEnv, ...more };
  const { code, output } = await command("tsx", [`examples/${example}.ts`], { env });
  expect(code, output).toBe(0);
  return [...new Set(server.requests.map(({ provider }) => provider))].sort();
}

const mine = (...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, server.env[name]!]));
const openai = ["OPENAI_API_KEY", "OPENAI_BASE_URL"];
const anthropic = ["ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"];
const gemini = ["GEMINI_API_KEY", "GEMINI_BASE_URL"];

test.each([
  ["hello", ["openai"]],
  ["stream", ["gemini"]],
  ["tools", ["openai"]],
  ["structured", ["anthropic", "gemini", "openai"]],
  ["embeddings", ["openai"]],
  ["files", ["anthropic", "gemini", "openai"]],
  ["plugin", ["gemini", "openai"]],
  ["own-host", ["openai"]],
])("%s asks %j where three keys are set", async (example, providers) => {
  expect(await providersOf(example, mine(...openai, ...anthropic, ...gemini))).toEqual(providers);
});

// Anthropic has no embeddings; a host of one's own needs a server that speaks OpenAI's protocol.
test.each([
  ["files", ["anthropic"]],
  ["embeddings", []],
  ["own-host", []],
])("%s asks %j where the one key is Anthropic's", async (example, providers) => {
  expect(await providersOf(example, mine(...anthropic))).toEqual(providers);
});

/** An Ollama with these models, of which the simulator answers for all. */
async function ollamaWith(models: Record<string, string[] | undefined>) {
  const base = server.providers.ollama!.baseURL;
  const asked: string[] = [];
  const ollama = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request.setEncoding("utf8")) text += piece;
    const { model } = JSON.parse(text || "{}") as { model?: string };
    if (request.url === "/api/tags") {
      const tags = Object.keys(models).map((name) => ({ name, model: name }));
      return response.end(JSON.stringify({ models: tags }));
    }
    if (request.url === "/api/show")
      return response.end(JSON.stringify({ capabilities: models[model!] }));
    asked.push(`${request.url} ${model}`);
    const reply = await fetch(base + request.url, { method: "POST", body: text });
    return response.writeHead(reply.status).end(await reply.text());
  });
  await new Promise<void>((resolve) => ollama.listen(0, "127.0.0.1", resolve));
  const { port } = ollama.address() as AddressInfo;
  const close = async () => void ollama.close();
  return { env: { OLLAMA_HOST: `127.0.0.1:${port}` }, asked, [Symbol.asyncDispose]: close };
}

test("an Ollama's models are asked for what they can do", async () => {
  await using ollama = await ollamaWith({
    "nomic-embed-text": ["embedding"],
    "gemma3:4b": ["completion", "vision"],
    "qwen3:8b": ["completion", "tools", "thinking"],
  });
  await providersOf("quickstart/main", ollama.env);
  expect(new Set(ollama.asked)).toEqual(new Set(["/api/chat qwen3:8b"]));
  ollama.asked.length = 0;
  await providersOf("embeddings", ollama.env);
  expect(ollama.asked).toEqual(["/api/embed nomic-embed-text"]);
});

test("an old Ollama does not say what they can do: their names do", async () => {
  await using ollama = await ollamaWith({ "mxbai-embed-large": undefined, llama3: undefined });
  await providersOf("hello", ollama.env);
  expect(ollama.asked).toEqual(["/api/chat llama3"]);
});
