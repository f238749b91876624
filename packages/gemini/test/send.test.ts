/** What goes out through the SDK: the planned URL and body, once, signed with the connection's key only. */
import {
  type Connection,
  createClient,
  InvalidRequestError,
  type Message,
  MissingKeyError,
  type Plan,
} from "@polycall/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { gemini, vertex } from "../src/index.ts";

const canaries = {
  GOOGLE_GENAI_USE_VERTEXAI: "true",
  GOOGLE_GENAI_USE_ENTERPRISE: "true",
  GOOGLE_CLOUD_PROJECT: "canary-project",
  GOOGLE_CLOUD_LOCATION: "canary-location",
  GOOGLE_VERTEX_BASE_URL: "https://canary.example",
  GOOGLE_GEMINI_BASE_URL: "https://canary.example",
  GOOGLE_GENAI_API_VERSION: "v1canary",
  GOOGLE_API_KEY: "canary-google-key",
  GEMINI_API_KEY: "canary-gemini-key",
  GOOGLE_APPLICATION_CREDENTIALS: "/canary.json",
};

interface Sent {
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

/** A transport that keeps what is sent and answers with a short reply. */
function wire() {
  const sent: Sent[] = [];
  const reply = { candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] };
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    const headers = Object.fromEntries(new Headers(init?.headers));
    sent.push({ url: String(url), headers, body: JSON.parse(String(init?.body)) });
    const isStream = String(url).includes("alt=sse");
    const isVectors = String(url).includes("mbed") || String(url).includes("predict");
    const json = JSON.stringify(isVectors ? { embeddings: [{ values: [0.6, 0.8] }] } : reply);
    return isStream
      ? new Response(`data: ${json}\r\n\r\n`, { headers: { "content-type": "text/event-stream" } })
      : new Response(json, { headers: { "content-type": "application/json" } });
  };
  return { sent, fetch: fetch as typeof globalThis.fetch };
}

const messages: Message[] = [{ role: "user", content: "Hello." }];
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const clientOf = (providers: object, fetch: typeof globalThis.fetch) =>
  createClient({
    adapters: { gemini, vertex },
    providers: providers as never,
    defaults: { fetch },
    logger,
  });

const google = "https://generativelanguage.googleapis.com";
const cloud = "https://aiplatform.googleapis.com";

describe.each(["bare", "canaries"])("environment: %s", (environment) => {
  beforeEach(() => {
    for (const [name, value] of Object.entries(canaries)) {
      vi.stubEnv(name, environment === "bare" ? undefined : value);
    }
  });
  afterEach(() => vi.unstubAllEnvs());

  test.each<[string, object, string, string]>([
    ["gemini/gemini-3-flash", {}, google, "/v1beta/models/gemini-3-flash"],
    ["gemini/models/gemini-3-flash", {}, google, "/v1beta/models/gemini-3-flash"],
    ["gemini/tunedModels/mine", {}, google, "/v1beta/tunedModels/mine"],
    [
      "gemini/m",
      { baseURL: "http://127.0.0.1:9/google" },
      "http://127.0.0.1:9/google",
      "/v1beta/models/m",
    ],
    ["gemini/m", { baseURL: `${google}/v1alpha/` }, google, "/v1alpha/models/m"],
    ["gemini/m", { apiVersion: "v1" }, google, "/v1/models/m"],
    [
      "vertex/gemini-3-flash",
      { project: "p", location: "global" },
      cloud,
      "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-3-flash",
    ],
    [
      "vertex/meta/llama-4",
      { project: "p", location: "europe-west4" },
      "https://europe-west4-aiplatform.googleapis.com",
      "/v1beta1/projects/p/locations/europe-west4/publishers/meta/models/llama-4",
    ],
    [
      "vertex/gemini-3-flash",
      { project: "p", location: "eu" },
      "https://aiplatform.eu.rep.googleapis.com",
      "/v1beta1/projects/p/locations/eu/publishers/google/models/gemini-3-flash",
    ],
    [
      "vertex/gemini-3-flash",
      { project: "p", location: "us-east5", baseURL: "http://127.0.0.1:9" },
      "http://127.0.0.1:9",
      "/v1beta1/projects/p/locations/us-east5/publishers/google/models/gemini-3-flash",
    ],
  ])("%s with %o", async (model, settings, host, path) => {
    const { sent, fetch } = wire();
    const provider = model.slice(0, model.indexOf("/"));
    const client = clientOf({ [provider]: { apiKey: "own-key", ...settings } }, fetch);
    const request = { model, messages, extra_body: { unknownTop: { deep: [1] } } };
    const { url, body } = await client.explain(request);
    await client.completion(request);
    const stream = await client.completion({ ...request, stream: true });
    expect((await stream.final()).text).toBe("Hi");
    expect(sent.map((one) => one.url)).toEqual([
      `${host}${path}:generateContent`,
      `${host}${path}:streamGenerateContent?alt=sse`,
    ]);
    expect(url).toBe(sent[0]!.url);
    for (const { headers, body: out } of sent) {
      expect(out).toEqual(body);
      expect(headers["x-goog-api-key"]).toBe("own-key");
      expect(headers.authorization).toBeUndefined();
      expect(headers["content-type"]).toBe("application/json");
    }
    expect(JSON.stringify(sent)).not.toContain("canary");
  });

  test("what was signed for one key or path is not sent to another", async () => {
    const { sent, fetch } = wire();
    const { completion, embedding } = clientOf({ gemini: { apiKey: "own-key" } }, fetch);
    const other = { apiKey: "other-key", baseURL: "http://127.0.0.1:9/google" };
    for (let round = 0; round < 2; round++) {
      await completion({ model: "gemini/a", messages });
      await completion({ model: "gemini/b", messages });
      await completion({ model: "gemini/a", messages, ...other });
      await embedding({ model: "gemini/a", input: "Hello." });
      await (await completion({ model: "gemini/a", messages, stream: true })).final();
    }
    const round = [
      [`${google}/v1beta/models/a:generateContent`, "own-key"],
      [`${google}/v1beta/models/b:generateContent`, "own-key"],
      ["http://127.0.0.1:9/google/v1beta/models/a:generateContent", "other-key"],
      [`${google}/v1beta/models/a:batchEmbedContents`, "own-key"],
      [`${google}/v1beta/models/a:streamGenerateContent?alt=sse`, "own-key"],
    ];
    const seen = sent.map(({ url, headers }) => [url, headers["x-goog-api-key"]]);
    expect(seen).toEqual([...round, ...round]);
    expect(sent.slice(round.length)).toEqual(sent.slice(0, round.length));
  });

  test("the caller's own token signs for a project", async () => {
    const { sent, fetch } = wire();
    const headers = { Authorization: "Bearer own-token" };
    const client = clientOf({ vertex: { project: "p", location: "us-central1", headers } }, fetch);
    vi.spyOn(console, "debug").mockImplementation(() => {});
    vi.spyOn(console, "warn").mockImplementation(() => {});
    await client.completion({ model: "vertex/gemini-3-flash", messages });
    expect(sent).toHaveLength(1);
    expect(sent[0]!.url).toBe(
      "https://us-central1-aiplatform.googleapis.com/v1beta1/projects/p/locations/us-central1/publishers/google/models/gemini-3-flash:generateContent",
    );
    expect(sent[0]!.headers.authorization).toBe("Bearer own-token");
    expect(sent[0]!.headers["x-goog-api-key"]).toBeUndefined();
    expect(JSON.stringify(sent)).not.toContain("canary");
  });

  test("embeddings go out as planned", async () => {
    const { sent, fetch } = wire();
    const client = clientOf({ gemini: { apiKey: "own-key" } }, fetch);
    const reply = await client.embedding({ model: "gemini/gemini-embedding-2", input: ["a"] });
    expect(reply.data[0]!.embedding).toEqual([0.6, 0.8]);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.url).toBe(`${google}/v1beta/models/gemini-embedding-2:batchEmbedContents`);
    expect(sent[0]!.headers["x-goog-api-key"]).toBe("own-key");
    expect(sent[0]!.body).toEqual({
      requests: [{ model: "models/gemini-embedding-2", content: { parts: [{ text: "a" }] } }],
    });
  });
});

describe("express mode", () => {
  beforeEach(() => {
    for (const name of Object.keys(canaries)) vi.stubEnv(name, undefined);
  });

  test("a key alone needs no project", async () => {
    const { sent, fetch } = wire();
    await clientOf({ vertex: { apiKey: "own-key" } }, fetch).completion({
      model: "vertex/gemini-3-flash",
      messages,
    });
    expect(sent[0]!.url).toBe(
      `${cloud}/v1beta1/publishers/google/models/gemini-3-flash:generateContent`,
    );
  });

  test("no key and no project is a MissingKeyError that says what to set", async () => {
    const { sent, fetch } = wire();
    const call = clientOf({}, fetch).completion({ model: "vertex/gemini-3-flash", messages });
    await expect(call).rejects.toThrow(MissingKeyError);
    await expect(call).rejects.toThrow(/GOOGLE_CLOUD_PROJECT/);
    expect(sent).toEqual([]);
  });

  test("a location without a project is refused: the call would go elsewhere", async () => {
    const { sent, fetch } = wire();
    const client = clientOf({ vertex: { apiKey: "k", location: "europe-west4" } }, fetch);
    const call = client.completion({ model: "vertex/gemini-3-flash", messages });
    await expect(call).rejects.toThrow(InvalidRequestError);
    expect(sent).toEqual([]);
  });

  test.each(["a?b", "a&b", "../x", "a b", "a#b"])("a model named %j makes no URL", async (name) => {
    const { sent, fetch } = wire();
    const call = clientOf({ gemini: { apiKey: "k" } }, fetch).completion({
      model: `gemini/${name}`,
      messages,
    });
    await expect(call).rejects.toThrow(InvalidRequestError);
    expect(sent).toEqual([]);
  });

  test("embeddings of text-embedding-005 go to predict, many texts at a time", async () => {
    const { sent, fetch } = wire();
    const client = clientOf({ vertex: { apiKey: "k", project: "p", location: "global" } }, fetch);
    const input = ["a", "b"];
    // The wire's reply is one vector, whatever it is asked.
    await client.embedding({ model: "vertex/text-embedding-005", input }).catch(() => {});
    expect(sent.map(({ body }) => body)).toEqual([
      { instances: [{ content: "a" }, { content: "b" }], parameters: { autoTruncate: false } },
    ]);
  });

  test.each([
    ["gemini-embedding-001", "predict"],
    ["gemini-embedding-2", "embedContent"],
  ])("embeddings of %s go to %s, one text at a time", async (name, endpoint) => {
    const { sent, fetch } = wire();
    const client = clientOf({ vertex: { apiKey: "k", project: "p", location: "global" } }, fetch);
    await client.embedding({ model: `vertex/${name}`, input: ["a", "b"] });
    const path = `/v1beta1/projects/p/locations/global/publishers/google/models/${name}:${endpoint}`;
    expect(sent.map((one) => one.url)).toEqual([`${cloud}${path}`, `${cloud}${path}`]);
  });
});

test("the SDK makes one request and adds nothing of its own, streamed or not", async () => {
  const connection: Connection = {
    provider: "gemini",
    apiKey: "own-key",
    baseURL: google,
    headers: {},
    settings: {},
  };
  const seen: string[] = [];
  const fetch = async (url: unknown, init?: RequestInit) => {
    seen.push(`${init?.method} ${url}`);
    // What core gives the SDK: an empty success, without a body to read.
    return { ok: true, status: 200, headers: new Headers(), body: null, json: async () => ({}) };
  };
  for (const stream of [false, true]) {
    const plan = { model: "m", endpoint: "generateContent", stream } as Plan;
    await gemini.send(plan, { connection, fetch: fetch as never, unlessOver: (step) => step });
  }
  expect(seen).toEqual([
    `POST ${google}/v1beta/models/m:generateContent`,
    `POST ${google}/v1beta/models/m:streamGenerateContent?alt=sse`,
  ]);
});
