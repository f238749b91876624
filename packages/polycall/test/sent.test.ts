/** What is sent is what was planned, for every adapter, unknown keys at every level included. */
import { describe, expect, test } from "vitest";
import { type CompletionInput, createClient } from "../src/index.ts";
import { spoken } from "./support/adapters.ts";
import { capture } from "./support/capture.ts";

/** Values that no adapter could have made up, each at its own level of the request. */
const strange = {
  top: "strange-top",
  message: "strange-message",
  part: "strange-part",
  tool: "strange-tool",
  function: "strange-function",
  schema: "strange-schema",
  body: "strange-body",
  deep: "strange-deep",
};

const request = {
  messages: [
    { role: "system", content: "Be brief." },
    {
      role: "user",
      content: [{ type: "text", text: "Hello", strange_part: strange.part }],
      strange_message: strange.message,
    },
  ],
  tools: [
    {
      type: "function",
      strange_tool: strange.tool,
      function: {
        name: "look",
        description: "Looks",
        strange_function: strange.function,
        parameters: {
          type: "object",
          properties: { at: { type: "string", "x-strange-schema": strange.schema } },
        },
      },
    },
  ],
  max_tokens: 50,
  strange_top: { strange: strange.top },
  extra_body: { strange_body: strange.body, metadata: { strange_deep: strange.deep } },
} as unknown as CompletionInput;

/** A history and parameters that every adapter must mend somewhere. */
const messy = () => ({
  messages: [
    { role: "system", content: [{ type: "text", text: "Be brief." }] },
    { role: "user", content: "" },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "ä", type: "function", function: { name: "lo.ok", arguments: "not JSON" } },
        { id: "b", type: "function", function: { name: "lo.ok", arguments: "" } },
      ],
    },
    { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "a cat" }] },
    { role: "developer", content: "Be kind." },
    { role: "assistant", content: "Well " },
    { role: "user", content: [{ type: "text", text: "Go on." }] },
  ],
  tools: [
    {
      type: "function",
      function: {
        name: "lo.ok",
        strict: true,
        parameters: {
          type: "object",
          properties: { at: { type: "string", minLength: 2 }, next: { $ref: "#" } },
        },
      },
    },
  ],
  temperature: 1.9,
  seed: 3,
  metadata: { a: "b" },
  extra_body: { metadata: { c: "d" } },
});

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(frozen);
  return Object.freeze(value);
}

describe.each(spoken)("$name", ({ provider, model, options, reply, stringContent }) => {
  test("sends exactly the planned body, and loses no key it does not know", async () => {
    const { url, requests } = await capture({ body: JSON.stringify(reply) });
    const { completion, explain } = createClient({
      providers: { [provider]: { ...options, apiKey: "k-test", baseURL: url } },
      logLevel: "off",
    });
    const { text } = await completion({ ...request, model, stream: false });
    const { body } = await explain({ ...request, model });
    expect(text).toBe("Hello");
    expect(requests).toHaveLength(1);
    expect(JSON.parse(requests[0]!.text)).toEqual(body);
    const lost = Object.keys(strange).filter(
      (level) => !requests[0]!.text.includes(strange[level as keyof typeof strange]),
    );
    expect(lost).toEqual(stringContent ? ["part"] : []);
  });

  test.each([false, true])(
    "a plan is made of the request alone, and changes nothing of it (stream: %s)",
    async (stream) => {
      const { url, requests } = await capture({ status: 400, body: "{}" });
      const { completion, explain } = createClient({
        providers: { [provider]: { ...options, apiKey: "k-test", baseURL: url } },
        logLevel: "off",
      });
      const input = frozen({ ...messy(), model, stream }) as unknown as CompletionInput;
      const explained = await explain(input);
      await expect(completion(input)).rejects.toMatchObject({ status: 400 });
      expect(JSON.parse(requests[0]!.text)).toEqual(explained.body);
      expect(url + requests[0]!.url).toBe(explained.url);
      expect(await explain({ ...messy(), model, stream } as CompletionInput)).toEqual(explained);
      expect(explained.changes.length).toBeGreaterThan(0);
    },
  );

  test("extra_body and headers win over everything", async () => {
    const { url, requests } = await capture({ body: JSON.stringify(reply) });
    const { completion } = createClient({
      providers: { [provider]: { ...options, apiKey: "k-test", baseURL: url } },
      logLevel: "off",
    });
    await completion({
      model,
      messages: [{ role: "user", content: "Hello" }],
      extra_body: { model: "another" },
      headers: { "User-Agent": "mine", "X-Own": "1" },
    });
    const [sent] = requests;
    expect(JSON.parse(sent!.text).model).toBe("another");
    expect([sent!.headers["user-agent"], sent!.headers["x-own"]]).toEqual(["mine", "1"]);
  });
});
