/** What `explain()` tells beside the plan: the request for a shell, its tokens, its cost. Nothing is sent. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type CompletionInput, createClient } from "../src/index.ts";
import { spoken } from "./support/adapters.ts";
import { capture } from "./support/capture.ts";

const run = promisify(execFile);
const hasCurl = await run("curl", ["--version"]).then(
  () => true,
  () => false,
);

/** All that a shell might read something into. */
const awkward = "It's \"$HOME\" `id` \\ \\' $(id)\n\tüñí 猫 🐈 \u0000 %s !! #";
const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: awkward },
];

/** What curl adds of itself, or says in its own way. */
const ofCurl = new Set([
  "host",
  "connection",
  "content-length",
  "accept-encoding",
  "user-agent",
  "accept",
]);
const others = (headers: object) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !ofCurl.has(name)));

afterEach(() => vi.unstubAllEnvs());

describe.each(spoken)("$name", ({ provider, model, options, reply }) => {
  const client = (url: string, more: object = {}) =>
    createClient({
      providers: { [provider]: { ...options, apiKey: "k-secret-1234", baseURL: url, ...more } },
      logLevel: "off",
    });

  test.skipIf(!hasCurl).each([false, true])(
    "curl, run by a shell, sends what completion() sends (stream: %s)",
    async (stream) => {
      const { url, requests } = await capture({ status: 400, body: "{}" });
      const headers = { "x-own": 'a "b" $c', "x-api-token": "t-secret-5678" };
      const { completion, explain } = client(url, { headers });
      const input: CompletionInput = { model, messages, max_tokens: 20, stream };
      await expect(completion(input)).rejects.toMatchObject({ status: 400 });
      const { curl } = await explain(input);
      expect(requests).toHaveLength(1);
      expect(curl).not.toMatch(/secret/);
      const [variable] = /\$(\w+_KEY|API_KEY)\b/.exec(curl!)!.slice(1) as [string];
      const env = {
        PATH: process.env.PATH,
        [variable]: "k-secret-1234",
        X_API_TOKEN: "t-secret-5678",
      };
      await run("sh", ["-c", curl!], { env });
      const [sent, pasted] = requests;
      expect(pasted!.text).toBe(sent!.text);
      expect(pasted!.url).toBe(sent!.url);
      expect(others(pasted!.headers)).toEqual(others(sent!.headers));
    },
  );

  test("reply.warnings are the plan's changes", async () => {
    const { url } = await capture({ body: JSON.stringify(reply) });
    const { completion, explain } = client(url);
    const input = {
      model,
      messages: [
        ...messages,
        { role: "assistant", content: "Hm", tool_calls: [] },
        { role: "user", content: "" },
        { role: "user", content: "So?" },
      ],
      temperature: 1.9,
      seed: 3,
      strange_key: 1,
      stream: false,
    } as unknown as CompletionInput;
    vi.setSystemTime("2026-01-01");
    const { warnings } = await completion(input);
    const { changes, repairs } = await explain(input);
    const ofPlan = warnings.filter(({ param }) => param !== "model");
    expect(ofPlan).toEqual(changes);
    expect(changes.length).toBeGreaterThan(0);
    expect(repairs).toEqual(changes.filter(({ param }) => param.startsWith("messages")));
  });
});

test.skipIf(!hasCurl)("a body too long for a shell's argument goes through", async () => {
  const { url, requests } = await capture({ status: 400, body: "{}" });
  const { explain } = createClient({
    providers: { openai: { baseURL: `${url}/v1` } },
    logLevel: "off",
  });
  const long = `${"'$x` ".repeat(60_000)}\nPOLYCALL_BODY\n`;
  const input = {
    model: "openai/chat/gpt-4o",
    messages: [{ role: "user" as const, content: long }],
  };
  const { curl, body } = await explain(input);
  const shell = run("sh", { env: { PATH: process.env.PATH, OPENAI_API_KEY: "k" } });
  shell.child.stdin!.end(curl);
  await shell;
  expect(JSON.parse(requests[0]!.text)).toEqual(body);
  expect(requests[0]!.headers.authorization).toBe("Bearer k");
});

describe("the key is a variable", () => {
  test.each([
    ["openai/gpt-4o", "authorization: Bearer $OPENAI_API_KEY"],
    ["anthropic/claude-haiku-4-5", "$ANTHROPIC_API_KEY"],
    ["gemini/gemini-3.5-flash-lite", "x-goog-api-key: $GEMINI_API_KEY"],
    ["mistral/mistral-large-latest", "authorization: Bearer $MISTRAL_API_KEY"],
  ])("%s: %s", async (model, header) => {
    const { curl, url } = await createClient().explain({ model, messages });
    expect(curl).toContain(header);
    expect(curl).toContain(`'${url}'`);
  });

  test("Azure's own header, and a token's", async () => {
    const azure = (apiKey: string) =>
      createClient({ providers: { azure: { baseURL: "https://r.openai.azure.com", apiKey } } });
    const input = { model: "azure/d", messages };
    expect((await azure("0123456789abcdef").explain(input)).curl).toContain(
      '"api-key: $AZURE_API_KEY"',
    );
    const token = await azure("eyJhbGciOi.x.y").explain(input);
    expect(token.curl).toContain('"authorization: Bearer $AZURE_API_KEY"');
  });

  test("the variable that is set", async () => {
    vi.stubEnv("GEMINI_API_KEY", "");
    vi.stubEnv("GOOGLE_API_KEY", "g-secret");
    const { curl } = await createClient().explain({
      model: "gemini/gemini-3.5-flash-lite",
      messages,
    });
    expect(curl).toContain("$GOOGLE_API_KEY");
    expect(curl).not.toContain("g-secret");
  });

  test("Vertex AI without a key signs in with gcloud, and nobody is asked now", async () => {
    vi.stubEnv("GOOGLE_VERTEX_API_KEY", "");
    const vertex = { project: "p", location: "europe-west1" };
    const { explain } = createClient({ providers: { vertex } });
    const { curl, url } = await explain({ model: "vertex/gemini-2.5-pro", messages });
    expect(curl).toContain('"authorization: Bearer $(gcloud auth print-access-token)"');
    expect(url).toMatch(/^https:\/\/europe-west1-aiplatform\.googleapis\.com\/.*\/projects\/p\//);
    expect(curl).toContain(`'${url}'`);
  });

  test("a local server without a key has none", async () => {
    const { curl } = await createClient().explain({ model: "ollama/llama3.2", messages });
    expect(curl).not.toMatch(/\$\w+_KEY|authorization/i);
  });
});

describe("tokens and cost", () => {
  const hello = [{ role: "user" as const, content: "Hello there, how are you?" }];
  const { explain } = createClient();

  test("what is likely, and the most there can be", async () => {
    // $1 and $5; written to the cache, $1.25.
    const model = "anthropic/claude-haiku-4-5";
    const { tokens, cost } = await explain({ model, messages: hello, max_tokens: 100 });
    const most = Math.ceil(tokens!.tokens * (1 + tokens!.error));
    expect(tokens!.tokens).toBeGreaterThan(5);
    expect(tokens!.tokens).toBeLessThan(30);
    expect(cost!.expected).toBeCloseTo((tokens!.tokens * 1 + 100 * 5) / 1e6, 12);
    expect(cost!.worst).toBeCloseTo((most * 1.25 + 100 * 5) / 1e6, 12);
  });

  test("without a limit in the request, the model's own", async () => {
    // $2.50 and $15 at up to 272,000 tokens, 128,000 out.
    const { tokens, cost } = await explain({ model: "openai/gpt-5.4", messages: hello });
    const most = Math.ceil(tokens!.tokens * (1 + tokens!.error));
    expect(cost!.worst).toBeCloseTo((most * 2.5 + 128_000 * 15) / 1e6, 9);
  });

  test.each([
    ["a model that nobody knows", { model: "openai/gpt-99" }],
    ["a deployment", { model: "azure/mine" }],
  ])("%s: tokens, and no cost", async (_, more) => {
    const baseURL = "https://r.openai.azure.com";
    const client = createClient({ providers: { azure: { baseURL } } });
    const { tokens, cost } = await client.explain({ messages: hello, ...more });
    expect(tokens!.tokens).toBeGreaterThan(0);
    expect(cost).toBeUndefined();
  });

  test("a search of the provider's own has no bound", async () => {
    const { cost } = await explain({
      model: "anthropic/claude-haiku-4-5",
      messages: hello,
      max_tokens: 100,
      web_search_options: {},
    });
    expect(Object.keys(cost!)).toEqual(["expected"]);
  });

  test("a pricing of the caller's own prices the forecast; one that fails costs nothing but it", async () => {
    const cost = () => ({ total: 7, parts: [], source: "catalogue" as const });
    const own = createClient({ pricing: async () => ({ cost }) });
    const told = await own.explain({ model: "openai/gpt-4o", messages: hello, max_tokens: 5 });
    expect(told.cost).toEqual({ expected: 7, worst: 7 });
    const broken = createClient({ pricing: () => Promise.reject(new Error("no")) });
    const { body } = await broken.explain({ model: "openai/gpt-4o", messages: hello });
    expect(body.model).toBe("gpt-4o");
  });

  test("expects what this client has seen", async () => {
    const usage = { input_tokens: 40, output_tokens: 2000 };
    const reply = spoken.find(({ name }) => name === "anthropic")!.reply as object;
    const { url } = await capture({ body: JSON.stringify({ ...reply, usage }) });
    const client = createClient({
      providers: { anthropic: { apiKey: "k-test", baseURL: url } },
      logLevel: "off",
    });
    const input: CompletionInput = { model: "anthropic/claude-haiku-4-5", messages: hello };
    const before = await client.explain(input);
    for (let i = 0; i < 4; i++) await client.completion({ ...input, stream: false });
    const after = await client.explain(input);
    expect(after.tokens).toEqual({ tokens: 40, error: 0.05 });
    expect(after.tokens!.error).toBeLessThan(before.tokens!.error);
    expect(after.cost!.expected).toBeCloseTo((40 * 1 + 2000 * 5) / 1e6, 12);
    expect((await createClient().explain(input)).tokens).toEqual(before.tokens);
  });
});
