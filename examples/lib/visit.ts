/** Visits a chat endpoint as a browser does: reads a reply, then goes away in the middle of one. */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import type { Simulator } from "@polycall/testing";

const question = "Tell a joke about cats.";

/** The question as each of the two clients sends it: an OpenAI message, the AI SDK's UI message. */
const asked = {
  openai: { role: "user", content: question },
  "ai-sdk": { id: "1", role: "user", parts: [{ type: "text", text: question }] },
};

/** The text in a body of server-sent events, OpenAI's or the AI SDK's. */
function textIn(events: string): string {
  const [last, ...others] = events.trim().split("\n\n").reverse();
  assert.equal(last, "data: [DONE]");
  const data = others.reverse().map((event) => JSON.parse(event.replace(/^data: /, "")));
  return data
    .map((one) => (one.type === "text-delta" ? one.delta : (one.choices?.[0]?.delta.content ?? "")))
    .join("");
}

/**
 * @param url takes `POST { messages }` and streams a reply of the simulator's
 * @throws AssertionError when the text is not the simulator's, or leaving does not reach it
 */
export async function visit(
  url: string,
  simulator: Simulator,
  client: keyof typeof asked = "openai",
): Promise<void> {
  const body = JSON.stringify({ messages: [asked[client]] });
  const ask = (signal?: AbortSignal) =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal,
    });

  const response = await ask();
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const text = textIn(await response.text());
  console.log(text);
  assert.match(text, /^\(simulator\) .*cats/);

  simulator.fault({ chunkDelayMs: 100 });
  const leaving = new AbortController();
  const { body: unread } = await ask(leaving.signal);
  await unread!.getReader().read();
  const call = simulator.requests.at(-1)!;
  assert.equal(call.aborted, false);
  leaving.abort();
  for (let waited = 0; !call.aborted && waited < 5000; waited += 20) await pause(20);
  assert.equal(call.aborted, true);
  console.log("The reader went away; so did the call to the provider.");
}
