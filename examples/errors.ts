/** Every failure is one of a family of typed errors that say what, where and what to do. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import {
  AuthenticationError,
  createClient,
  NotFoundError,
  PolycallError,
  RateLimitError,
  UnknownProviderError,
} from "polycall";
import { simulated } from "./lib/connect.ts";

const { completion, simulator, close } = await simulated();
const messages = [{ role: "user" as const, content: "Hello" }];
const model = "anthropic/claude-haiku-5-5";

async function failure(call: Promise<unknown>): Promise<PolycallError> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof PolycallError)) throw error;
    console.log(`${error.name}: ${error.message}\n`);
    return error;
  }
  throw new Error("the call should have failed");
}

assert.ok(
  (await failure(completion({ model: "antropic/claude", messages }))) instanceof
    UnknownProviderError,
);
assert.ok(
  (await failure(completion({ model, messages, apiKey: "bad-key" }))) instanceof
    AuthenticationError,
);
assert.ok(
  (await failure(completion({ model: "openai/missing-model", messages }))) instanceof NotFoundError,
);

simulator!.fault({ status: 429, headers: { "retry-after": "120" } });
const busy = await failure(completion({ model, messages }));
assert.ok(busy instanceof RateLimitError);
assert.deepEqual([busy.status, busy.retryAfterMs, busy.provider], [429, 120_000, "anthropic"]);

const strangers = createClient({ providers: { mistral: { apiKey: "" } } });
if (!process.env.MISTRAL_API_KEY) {
  const missing = await failure(
    strangers.completion({ model: "mistral/mistral-large-latest", messages }),
  );
  assert.match(missing.message, /MISTRAL_API_KEY/);
}
await close();
