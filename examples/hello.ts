/** The shortest program: one call, one model string. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { connect } from "./lib/connect.ts";

const { completion, models, close } = await connect();

const reply = await completion({
  model: models[0],
  messages: [{ role: "user", content: "Say hello in five words." }],
});
console.log(reply.text);

assert.ok(reply.text);
assert.equal(reply.choices[0]?.message.content, reply.text);
await close();
