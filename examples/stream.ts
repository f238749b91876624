/** Streaming: chunks as OpenAI's, the text alone, the whole reply at the end, and leaving early. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { connect } from "./lib/connect.ts";

const { completion, models, close } = await connect();
const request = {
  model: models.at(-1)!,
  messages: [{ role: "user" as const, content: "Tell a short joke about dogs." }],
  stream: true as const,
};

const stream = await completion(request);
let text = "";
for await (const piece of stream.textStream) {
  process.stdout.write(piece);
  text += piece;
}
const reply = await stream.final();
console.log(`\n${reply.choices[0]?.finish_reason}, ${reply.usage?.completion_tokens} tokens`);
assert.equal(reply.text, text);

// Leaving the loop closes the connection: the provider stops writing, and billing.
let chunks = 0;
for await (const _ of await completion(request)) if (++chunks === 2) break;
assert.equal(chunks, 2);

// The same stream as a web response of server-sent events, for any framework to return.
const response = (await completion(request)).toResponse();
const events = (await response.text()).trim().split("\n\n");
assert.equal(events.at(-1), "data: [DONE]");
await close();
