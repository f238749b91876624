/** Histories in OpenAI's shape -> Google's contents. */
import type { Connection, Message, Plan } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { gemini, vertex } from "../src/index.ts";

function planOf(messages: unknown[], model = "gemini-3-flash", service = "gemini"): Plan {
  const provider = service === "gemini" ? gemini : vertex;
  const baseURL = provider.info.baseURL!;
  const connection: Connection = {
    provider: service,
    apiKey: "k",
    baseURL,
    headers: {},
    settings: {},
  };
  const request = { model: `${service}/${model}`, messages: messages as Message[] };
  return provider.plan(request, { connection, model, onUnsupported: "warn" });
}
const contentsOf = (...args: Parameters<typeof planOf>) => planOf(...args).body.contents;
const changed = ({ changes }: Plan) => changes.map(({ param, action }) => `${param} ${action}`);

const user = (content: unknown) => ({ role: "user", content });
const call = (id: string, name: string, args = "{}") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});
const calls = (...tool_calls: object[]) => ({ role: "assistant", content: null, tool_calls });
const result = (tool_call_id: string, content: unknown = "ok") => ({
  role: "tool",
  tool_call_id,
  content,
});
const png = "data:image/png;base64,iVBORw0KGgo=";
const inlinePng = { inlineData: { data: "iVBORw0KGgo=", mimeType: "image/png" } };
const sentinel = "skip_thought_signature_validator";

describe("parts", () => {
  test.each<[object, object]>([
    [{ type: "text", text: "a" }, { text: "a" }],
    [{ type: "image_url", image_url: { url: png, detail: "auto" } }, inlinePng],
    [
      { type: "image_url", image_url: { url: "https://x.org/a.webp?size=2" } },
      { fileData: { fileUri: "https://x.org/a.webp?size=2", mimeType: "image/webp" } },
    ],
    [
      { type: "image_url", image_url: { url: "https://x.org/a" } },
      { fileData: { fileUri: "https://x.org/a", mimeType: "image/jpeg" } },
    ],
    [
      { type: "video_url", video_url: { url: "https://youtu.be/lCdaVNyHtjU" } },
      { fileData: { fileUri: "https://youtu.be/lCdaVNyHtjU", mimeType: "video/mp4" } },
    ],
    [
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
      { inlineData: { data: "AAAA", mimeType: "audio/mpeg" } },
    ],
    [
      { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } },
      { inlineData: { data: "AAAA", mimeType: "audio/wav" } },
    ],
    [
      {
        type: "file",
        file: { file_data: "data:application/pdf;base64,JVBERi0=", filename: "a.pdf" },
      },
      { inlineData: { data: "JVBERi0=", mimeType: "application/pdf" } },
    ],
    [
      { type: "file", file: { file_data: "JVBERi0xLjc=", filename: "a" } },
      { inlineData: { data: "JVBERi0xLjc=", mimeType: "application/pdf" } },
    ],
    [
      { type: "file", file: { file_id: "files/abc", filename: "a.mp4" } },
      {
        fileData: {
          fileUri: "https://generativelanguage.googleapis.com/v1beta/files/abc",
          mimeType: "video/mp4",
        },
      },
    ],
  ])("%j", (part, expected) => {
    expect(contentsOf([user([part, { type: "text", text: "?" }])])).toEqual([
      { role: "user", parts: [expected, { text: "?" }] },
    ]);
  });

  test("gs:// is Vertex AI's, and media alone gets a text there", () => {
    const image = { type: "image_url", image_url: { url: "gs://bucket/a.png" } };
    expect(contentsOf([user([image])], "gemini-3-flash", "vertex")).toEqual([
      {
        role: "user",
        parts: [
          { fileData: { fileUri: "gs://bucket/a.png", mimeType: "image/png" } },
          { text: " " },
        ],
      },
    ]);
  });
});

describe("system", () => {
  const system = [
    { role: "system", content: "Be brief." },
    { role: "developer", content: "Be kind." },
  ];

  test("goes to systemInstruction", () => {
    const { body, changes } = planOf([...system, user("Hi")]);
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: "Be brief." }, { text: "Be kind." }] },
      contents: [{ role: "user", parts: [{ text: "Hi" }] }],
    });
    expect(changes).toEqual([]);
  });

  test("goes before the first words of the user for Gemma", () => {
    const plan = planOf([...system, user("Hi")], "gemma-3-27b-it");
    expect(plan.body).toEqual({
      contents: [
        { role: "user", parts: [{ text: "Be brief." }, { text: "Be kind." }, { text: "Hi" }] },
      ],
    });
    expect(changed(plan)).toEqual(["messages converted"]);
  });

  test("after the start it is a marked user text", () => {
    const plan = planOf([
      user("Hi"),
      { role: "assistant", content: "Yes?" },
      system[0]!,
      user("Go"),
    ]);
    expect(plan.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ text: "Yes?" }] },
      { role: "user", parts: [{ text: "<system>\nBe brief.\n</system>" }, { text: "Go" }] },
    ]);
    expect(changed(plan)).toEqual(["messages[2] converted"]);
  });

  test("alone it needs a user turn", () => {
    const plan = planOf([system[0]!]);
    expect(plan.body.contents).toHaveLength(1);
    expect(plan.body.contents).toMatchObject([{ role: "user" }]);
    expect(changed(plan)).toEqual(["messages repaired"]);
  });
});

describe("tool calls", () => {
  const history = [
    user("Hi"),
    calls(call("c1", "a", '{"x":1}'), call("c2", "b")),
    result("c1"),
    result("c2", "no"),
  ];

  test("carry ids on the Gemini API; on 3.x the first call of a turn a stand-in signature", () => {
    const plan = planOf(history);
    expect(plan.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      {
        role: "model",
        parts: [
          { functionCall: { id: "c1", name: "a", args: { x: 1 } }, thoughtSignature: sentinel },
          { functionCall: { id: "c2", name: "b", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { id: "c1", name: "a", response: { output: "ok" } } },
          { functionResponse: { id: "c2", name: "b", response: { output: "no" } } },
        ],
      },
    ]);
    expect(changed(plan)).toEqual(["messages[1].tool_calls[0] repaired"]);
  });

  test("carry no ids on Vertex AI and no signature before 3.x", () => {
    const plan = planOf(history, "gemini-2.5-flash", "vertex");
    expect(plan.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      {
        role: "model",
        parts: [
          { functionCall: { name: "a", args: { x: 1 } } },
          { functionCall: { name: "b", args: {} } },
        ],
      },
      {
        role: "user",
        parts: [
          { functionResponse: { name: "a", response: { output: "ok" } } },
          { functionResponse: { name: "b", response: { output: "no" } } },
        ],
      },
    ]);
    expect(plan.changes).toEqual([]);
  });

  test("kept by a model that did not sign get the stand-in, with their other parts", () => {
    const code = { executableCode: { language: "PYTHON", code: "1" } };
    const items = [code, { functionCall: { name: "a", args: { x: 1 } } }];
    const state = {
      provider: "gemini",
      model: "gemini-2.0-flash",
      endpoint: "generateContent",
      items,
    };
    const message = { ...calls(call("c1", "a", '{"x":1}')), provider_state: [state] };
    const older = planOf([user("Hi"), message, result("c1")], "gemini-2.0-flash");
    const newer = planOf([user("Hi"), message, result("c1")]);
    const answer = { functionResponse: { name: "a", response: { output: "ok" } } };
    expect(older.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: items },
      { role: "user", parts: [answer] },
    ]);
    expect(newer.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [code, { ...items[1], thoughtSignature: sentinel }] },
      { role: "user", parts: [answer] },
    ]);
    expect(changed(newer)).toEqual(["messages[1].tool_calls[0] repaired"]);
  });

  test("keep the signature that Google's OpenAI endpoint gave", () => {
    const signed = { ...call("c1", "a"), extra_content: { google: { thought_signature: "S" } } };
    const plan = planOf([user("Hi"), calls(signed), result("c1")]);
    expect(plan.body.contents).toMatchObject([{}, { parts: [{ thoughtSignature: "S" }] }, {}]);
    expect(plan.changes).toEqual([]);
  });

  test("with arguments that are no JSON are sent wrapped", () => {
    const plan = planOf(
      [user("Hi"), calls(call("c1", "a", "{broken")), result("c1")],
      "gemini-2.5-pro",
    );
    expect(plan.body.contents).toMatchObject([
      {},
      { parts: [{ functionCall: { args: { _raw: "{broken" } } }] },
      {},
    ]);
    expect(changed(plan)).toEqual(["messages[1].tool_calls[0].function.arguments repaired"]);
  });

  test("are paired: orphans are dropped or answered", () => {
    const plan = planOf(
      [user("Hi"), result("gone"), calls(call("c1", "a")), user("Well?")],
      "gemini-2.5-pro",
    );
    expect(plan.body.contents).toEqual([
      { role: "user", parts: [{ text: "Hi" }] },
      { role: "model", parts: [{ functionCall: { id: "c1", name: "a", args: {} } }] },
      {
        role: "user",
        parts: [
          {
            functionResponse: {
              id: "c1",
              name: "a",
              response: { output: "No result was recorded for this call." },
            },
          },
          { text: "Well?" },
        ],
      },
    ]);
    expect(changed(plan).sort()).toEqual([
      "messages[1] dropped",
      "messages[2].tool_calls[0] repaired",
    ]);
  });

  test("whose id comes again in a later turn are answered by name of that turn", () => {
    const again = [
      user("Hi"),
      calls(call("c", "a")),
      result("c"),
      calls(call("c", "b")),
      result("c"),
    ];
    const names = (
      contentsOf(again, "gemini-2.5-pro") as { parts: { functionResponse?: object }[] }[]
    )
      .flatMap(({ parts }) => parts)
      .flatMap(({ functionResponse }) => functionResponse ?? []);
    expect(names).toMatchObject([{ name: "a" }, { name: "b" }]);
  });

  test("of the custom kind go as functions with an input", () => {
    const custom = { id: "c1", type: "custom", custom: { name: "sql", input: "SELECT 1" } };
    expect(contentsOf([user("Hi"), calls(custom), result("c1")], "gemini-2.5-pro")).toMatchObject([
      {},
      { parts: [{ functionCall: { id: "c1", name: "sql", args: { input: "SELECT 1" } } }] },
      {},
    ]);
  });
});

describe("images in tool results", () => {
  const history = (url: string) => [
    user("Hi"),
    calls(call("c1", "shot")),
    result("c1", [
      { type: "text", text: "see" },
      { type: "image_url", image_url: { url } },
    ]),
  ];

  test("stay there on 3.x", () => {
    expect(contentsOf(history(png))).toMatchObject([
      {},
      {},
      {
        role: "user",
        parts: [
          { functionResponse: { id: "c1", response: { output: "see" }, parts: [inlinePng] } },
        ],
      },
    ]);
  });

  test.each([
    [png, "gemini-2.5-flash", inlinePng],
    [
      "https://x.org/a.png",
      "gemini-3-flash",
      { fileData: { fileUri: "https://x.org/a.png", mimeType: "image/png" } },
    ],
  ])("follow it elsewhere: %s %s", (url, model, expected) => {
    const contents = contentsOf(history(url), model) as { parts: object[] }[];
    expect(contents).toHaveLength(3);
    expect(contents[2]!.parts[0]).not.toHaveProperty("functionResponse.parts");
    expect(contents[2]!.parts).toContainEqual(expected);
  });
});

test("reasoning, refusals and fields of other providers' replies are taken without harm", () => {
  const foreign = {
    role: "assistant",
    content: [
      { type: "text", text: "Yes. " },
      { type: "refusal", refusal: "No." },
    ],
    reasoning_content: "hm",
    reasoning: "hm",
    reasoning_details: [{}],
    thinking_blocks: [{ type: "thinking", thinking: "hm", signature: "s" }],
    annotations: [],
    images: [],
    name: "bot",
  };
  const plan = planOf([user("Hi"), foreign, user("Go")]);
  expect(plan.body.contents).toEqual([
    { role: "user", parts: [{ text: "Hi" }] },
    { role: "model", parts: [{ text: "Yes. " }, { text: "No." }] },
    { role: "user", parts: [{ text: "Go" }] },
  ]);
  expect(changed(plan)).toEqual(["messages[1].name dropped"]);
  expect(
    contentsOf([user(""), { role: "assistant", content: null, refusal: "No." }, user([])]),
  ).toEqual([
    { role: "user", parts: [{ text: "" }] },
    { role: "model", parts: [{ text: "No." }] },
    { role: "user", parts: [{ text: "" }] },
  ]);
});

describe("empty texts", () => {
  const history = [
    { role: "system", content: "" },
    user(""),
    { role: "assistant", content: "" },
    user([
      { type: "text", text: "" },
      { type: "text", text: "x" },
    ]),
  ];

  test("Vertex AI refuses them, so a blank stands for an empty message", () => {
    const plan = planOf(history, "gemini-3-flash", "vertex");
    expect(plan.body.contents).toEqual([
      { role: "user", parts: [{ text: " " }] },
      { role: "model", parts: [{ text: " " }] },
      { role: "user", parts: [{ text: "x" }] },
    ]);
    expect(plan.body.systemInstruction).toBeUndefined();
    expect(changed(plan)).toEqual([
      "messages dropped",
      "messages repaired",
      "messages repaired",
      "messages repaired",
    ]);
  });

  test("the Gemini API takes them (recorded), but no empty system text is sent", () => {
    const plan = planOf(history);
    expect(plan.body).toEqual({
      contents: [
        { role: "user", parts: [{ text: "" }] },
        { role: "model", parts: [{ text: "" }] },
        { role: "user", parts: [{ text: "" }, { text: "x" }] },
      ],
    });
    expect(changed(plan)).toEqual(["messages dropped"]);
  });

  test("an empty text that carries a signature goes back to Vertex AI", () => {
    const items = [{ text: "Yes" }, { text: "", thoughtSignature: "S" }];
    const origin = { provider: "vertex", model: "gemini-3-flash", endpoint: "generateContent" };
    const reply = { role: "assistant", content: "Yes", provider_state: [{ ...origin, items }] };
    const plan = planOf([user("Hi"), reply, user("Go")], "gemini-3-flash", "vertex");
    expect(plan.body.contents).toMatchObject([{}, { parts: items }, {}]);
    expect(plan.changes).toEqual([]);
  });
});

test("what openai-node's parse() and a stream hang on a call is not sent", () => {
  const made = {
    ...{ index: 0, id: "a", type: "function", new_key: 1 },
    function: { name: "f", arguments: "{}", parsed_arguments: {} },
  };
  const contents = contentsOf([user("Hi"), calls(made), result("a")], "gemini-2.5-flash");
  expect(contents).toMatchObject([{}, {}, {}]);
  expect((contents as { parts: object[] }[])[1]!.parts).toEqual([
    { functionCall: { id: "a", name: "f", args: {}, new_key: 1 } },
  ]);
});
