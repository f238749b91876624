/** Visits a chat endpoint as a browser does: reads a reply, then goes away within one, and before one. */
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
  await expectLeft(simulator, leaving);

  simulator.fault({ hang: true });
  const { length } = simulator.requests;
  const impatient = new AbortController();
  const never = ask(impatient.signal).catch((error: Error) => error.name);
  await until(() => simulator.requests.length > length);
  await expectLeft(simulator, impatient);
  assert.equal(await never, "AbortError");
  console.log("The reader went away, twice; so did the call to the provider.");
}

/** Goes away; the provider sees it. */
async function expectLeft({ requests }: Simulator, reader: AbortController): Promise<void> {
  const call = requests.at(-1)!;
  assert.equal(call.aborted, false);
  reader.abort();
  await until(() => call.aborted);
  assert.equal(call.aborted, true);
}

/** Waits until something is so, at most 5 s. */
async function until(so: () => boolean): Promise<void> {
  for (let waited = 0; !so() && waited < 5000; waited += 20) await pause(20);
}
