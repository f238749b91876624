/** No key is ever shown, and no variable of the environment reaches a host it does not belong to. */
import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { createClient, PolycallError } from "../src/index.ts";
import { spoken } from "./support/adapters.ts";
import { type Answer, capture } from "./support/capture.ts";

const messages = [{ role: "user" as const, content: "Hello" }];

/** Every variable that one of the SDKs reads (their sources, November 2026), and our own hosts'. */
const variables = [
  "OPENAI_API_KEY OPENAI_ADMIN_KEY OPENAI_ORG_ID OPENAI_PROJECT_ID OPENAI_WEBHOOK_SECRET",
  "OPENAI_CUSTOM_HEADERS OPENAI_BASE_URL OPENAI_API_VERSION AZURE_OPENAI_API_KEY AZURE_API_KEY",
  "AZURE_OPENAI_ENDPOINT AZURE_API_BASE ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_BASE_URL ANTHROPIC_CUSTOM_HEADERS ANTHROPIC_WEBHOOK_SIGNING_KEY",
  "ANTHROPIC_ENVIRONMENT_ID ANTHROPIC_ENVIRONMENT_KEY ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_SESSION_ID ANTHROPIC_WORK_ID ANTHROPIC_WORK_SECRET AWS_BEARER_TOKEN_BEDROCK",
  "GEMINI_API_KEY GOOGLE_API_KEY GOOGLE_CLOUD_PROJECT GOOGLE_CLOUD_LOCATION",
  "GOOGLE_GEMINI_BASE_URL GOOGLE_VERTEX_BASE_URL GOOGLE_GENAI_API_VERSION",
  "GOOGLE_GENAI_USE_VERTEXAI GOOGLE_GENAI_USE_ENTERPRISE GOOGLE_VERTEX_API_KEY",
  "OPENROUTER_API_KEY MISTRAL_API_KEY OLLAMA_API_KEY OLLAMA_HOST OLLAMA_BASE_URL",
].flatMap((line) => line.split(" "));

/** What a variable holds: something that could work, so that it would be noticed if it were used. */
function canaryOf(variable: string, elsewhere: string): string {
  const canary = `canary-${variable.toLowerCase().replaceAll("_", "-")}`;
  if (/URL|HOST|ENDPOINT|BASE$/.test(variable)) return `${elsewhere}/${canary}`;
  if (variable.endsWith("CUSTOM_HEADERS")) return `x-custom: ${canary}`;
  if (variable.includes("_USE_")) return "true";
  return canary;
}

describe.each(spoken)("$name", ({ provider, model, options, reply }) => {
  test("nothing of the environment goes along with a call that says where and with which key", async () => {
    const elsewhere = await capture({ body: "{}" });
    const { url, requests } = await capture({ body: JSON.stringify(reply) });
    const settingsOfVertex = provider === "vertex" ? /GOOGLE_CLOUD/ : /^$/;
    const settingsOfOpenAI = provider === "openai" ? /OPENAI_(ORG|PROJECT)_ID/ : /^$/;
    for (const variable of variables) {
      if (settingsOfVertex.test(variable)) continue;
      vi.stubEnv(variable, canaryOf(variable, elsewhere.url));
    }
    const { completion } = createClient({
      providers: { [provider]: { ...options, baseURL: url } },
      logLevel: "off",
    });
    await completion({ model, messages, apiKey: "the-callers-own-key" });
    expect(elsewhere.requests).toEqual([]);
    expect(requests).toHaveLength(1);
    const sent = inspect(requests, { depth: 9 });
    expect(sent).toContain("the-callers-own-key");
    const leaked = variables.filter(
      (variable) =>
        !settingsOfOpenAI.test(variable) &&
        !variable.includes("_USE_") &&
        sent.includes(canaryOf(variable, elsewhere.url)),
    );
    expect(leaked).toEqual([]);
    expect(sent).not.toContain("canary-openai-custom-headers");
  });

  const canary = "sk-canary-0123456789abcdef";
  const answers: [string, Answer][] = [
    ...[400, 401, 403, 404, 429, 500, 529].map((status): [string, Answer] => [
      `a ${status} that repeats the key`,
      { status, body: JSON.stringify({ error: { message: `Bad key ${canary}`, type: canary } }) },
    ]),
    [
      "HTML that repeats the key",
      { headers: { "content-type": "text/html" }, body: `<p>${canary}` },
    ],
    ["a cut reply that repeats the key", { body: `{"id": "${canary}` }],
    ["another API's reply", { body: JSON.stringify({ key: canary }) }],
    [
      "an error in a stream",
      {
        headers: { "content-type": "text/event-stream" },
        body: `event: error\ndata: {"type":"error","error":{"type":"api_error","code":500,"message":"${canary}"}}\n\n`,
      },
    ],
    ["an empty reply", { body: "" }],
  ];

  test.each(answers)("%s", async (_, answer) => {
    const { url } = await capture(answer);
    const logged: string[] = [];
    const log = (message: string) => void logged.push(message);
    const { completion } = createClient({
      providers: { [provider]: { ...options, baseURL: url } },
      logger: { debug: log, info: log, warn: log, error: log },
      logLevel: "debug",
      defaults: { maxRetries: 0 },
    });
    for (const stream of [false, true]) {
      const error = await completion({ model, messages, apiKey: canary, stream })
        .then((reply) => ("final" in reply ? reply.final() : reply))
        .catch((thrown) => thrown);
      expect(error).toBeInstanceOf(PolycallError);
      const shown = [
        String(error),
        error.stack,
        JSON.stringify(error),
        inspect(error, { depth: 20, showHidden: true }),
      ].join("\n");
      expect(shown).not.toContain(canary);
      expect([error.provider, typeof error.model]).toEqual([provider, "string"]);
    }
    expect(logged.join("\n")).not.toContain(canary);
    expect(logged.length).toBeGreaterThan(0);
  });

  test("a host that is not there", async () => {
    const { completion } = createClient({
      providers: { [provider]: { ...options, baseURL: "http://127.0.0.1:1" } },
      logLevel: "off",
      defaults: { maxRetries: 0 },
    });
    const error = await completion({ model, messages, apiKey: canary }).catch((thrown) => thrown);
    expect(error.name).toBe("APIConnectionError");
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  });
});
