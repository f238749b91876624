/** Google sign-in for Vertex AI: under the call's own timeouts and signal, and its failures as typed errors. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  APIConnectionTimeoutError,
  APIUserAbortError,
  AuthenticationError,
  type CompletionInput,
  createClient,
  InvalidRequestError,
} from "@polycall/core";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { vertex } from "../src/index.ts";

const model = "vertex/gemini-3-flash";
const messages: CompletionInput["messages"] = [{ role: "user", content: "Hello." }];
const logger = { debug() {}, info() {}, warn() {}, error() {} };
const canary = "canary-subject-token";

const names = [
  ...["GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_PROJECT", "GOOGLE_CLOUD_LOCATION"],
  ...["GOOGLE_API_KEY", "GEMINI_API_KEY"],
];

beforeEach(() => {
  for (const name of names) {
    vi.stubEnv(name, undefined);
  }
});

/** A client whose credentials are exchanged at a loopback token server; `sent` counts model calls. */
async function signedIn(answer: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const folder = mkdtempSync(join(tmpdir(), "sign-in-"));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "token");
  writeFileSync(file, canary);
  const credentials = JSON.stringify({
    type: "external_account",
    audience:
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    credential_source: { file },
  });
  const sent: (string | null)[] = [];
  const fetch = async (_: unknown, init?: RequestInit) => {
    sent.push(new Headers(init?.headers).get("authorization"));
    const reply = { candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] };
    return Response.json(reply);
  };
  const { completion } = createClient({
    adapters: { vertex },
    providers: { vertex: { project: "p", location: "us-central1", credentials } as object },
    defaults: { fetch: fetch as typeof globalThis.fetch, maxRetries: 0 },
    logger,
  });
  return { completion, asked, sent };
}

const failed = (call: Promise<unknown>) =>
  call.then(
    () => undefined,
    (error: unknown) => error,
  );
const granted: RequestListener = (_, response) => {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(
    JSON.stringify({
      access_token: "granted-token",
      issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
      token_type: "Bearer",
      expires_in: 3600,
    }),
  );
};
const never: RequestListener = () => {};

test("signs with the exchanged token", async () => {
  const { completion, asked, sent } = await signedIn(granted);
  expect((await completion({ model, messages })).text).toBe("Hi");
  await completion({ model, messages, signal: new AbortController().signal, timeout: 5000 });
  expect(asked).toEqual(["POST /token"]);
  expect(sent).toEqual(["Bearer granted-token", "Bearer granted-token"]);
});

test.each([
  ["connect", { connect: 150 }, /no connection after 150 ms .*timeout\.connect/],
  ["total", { total: 150 }, /not over within its timeout/],
  ["total", 150, /not over within its timeout/],
] as const)("a sign-in that hangs ends at timeout.%s (%o)", async (phase, timeout, says) => {
  const { completion, asked, sent } = await signedIn(never);
  const start = performance.now();
  const error = await failed(completion({ model, messages, timeout }));
  expect(performance.now() - start).toBeLessThan(3000);
  expect(error).toBeInstanceOf(APIConnectionTimeoutError);
  expect(error).toMatchObject({ phase, provider: "vertex", model: "gemini-3-flash" });
  expect((error as Error).message).toMatch(says);
  expect(asked).toEqual(["POST /token"]);
  expect(sent).toEqual([]);
});

test.each(["before", "while"])("an abort %s it signs in ends the call", async (when) => {
  const { completion, sent } = await signedIn(never);
  const controller = new AbortController();
  const reason = new Error("gone");
  if (when === "before") controller.abort(reason);
  else setTimeout(() => controller.abort(reason), 100);
  const error = await failed(completion({ model, messages, signal: controller.signal }));
  expect(error).toBeInstanceOf(APIUserAbortError);
  expect(error).toMatchObject({ name: "AbortError", cause: reason, provider: "vertex" });
  expect(sent).toEqual([]);
});

test("a token that comes too late sends nothing", async () => {
  const late: (() => void)[] = [];
  const { completion, asked, sent } = await signedIn((request, response) => {
    late.push(() => granted(request, response));
  });
  await failed(completion({ model, messages, timeout: { connect: 100 } }));
  expect(asked).toHaveLength(1);
  for (const answer of late) answer();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(sent).toEqual([]);
});

test("a sign-in that hung is begun anew by the next try", async () => {
  let asked = 0;
  const { completion, sent } = await signedIn((request, response) => {
    asked += 1;
    if (asked > 1) granted(request, response);
  });
  const { text } = await completion({ model, messages, timeout: { connect: 200 }, maxRetries: 1 });
  expect(text).toBe("Hi");
  expect(asked).toBe(2);
  expect(sent).toEqual(["Bearer granted-token"]);
});

test("credentials that Google refuses are an AuthenticationError that shows no secret", async () => {
  const { completion, asked, sent } = await signedIn((_, response) => {
    response.writeHead(400, { "content-type": "application/json" });
    response.end(
      JSON.stringify({ error: "invalid_grant", error_description: "The token has expired." }),
    );
  });
  const error = await failed(completion({ model, messages, maxRetries: 2 }));
  expect(error).toBeInstanceOf(AuthenticationError);
  expect((error as Error).message).toMatch(/vertex.*The token has expired/);
  expect(inspect(error, { depth: 12, showHidden: true })).not.toContain(canary);
  expect(asked).toHaveLength(1);
  expect(sent).toEqual([]);
});

test("credentials that are no JSON are refused without showing them", async () => {
  const { completion } = createClient({
    adapters: { vertex },
    providers: { vertex: { project: "p", credentials: `{"private_key": ${canary}}` } as object },
    logger,
  });
  const error = await failed(completion({ model, messages }));
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(error).toMatchObject({ provider: "vertex", param: "credentials" });
  expect(inspect(error, { depth: 12, showHidden: true })).not.toContain("canary");
});
