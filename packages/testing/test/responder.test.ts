/** The rules of the simulated model: what it says, calls and fills in. */
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { embedText } from "../src/embedding.ts";
import { fill } from "../src/fill.ts";
import type { JsonObject } from "../src/json.ts";
import { respond } from "../src/responder.ts";
import { countTokens, pieces } from "../src/tokens.ts";
import type { Turn, TurnMessage, TurnTool } from "../src/turn.ts";
import { readWords } from "../src/words.ts";

const said = (role: TurnMessage["role"], text: string, calls: string[] = []): TurnMessage => {
  return { role, text, media: [], calls };
};
const turn = (text: string | TurnMessage[], more: Partial<Turn> = {}): Turn => ({
  provider: "openai",
  model: "m",
  system: "",
  messages: typeof text === "string" ? [said("user", text)] : text,
  tools: [],
  toolChoice: "auto",
  parallelCalls: true,
  json: false,
  stop: [],
  reasoning: false,
  choice: 0,
  ...more,
});
const schema = (properties: object): JsonObject =>
  ({ type: "object", properties, required: Object.keys(properties) }) as JsonObject;
const price: TurnTool = {
  name: "get_ticket_price",
  description: "Price of a return ticket to a city",
  schema: schema({ city: { type: "string" } }),
};
const weather: TurnTool = {
  name: "getWeather",
  description: "Current weather",
  schema: schema({
    location: { type: "string" },
    days: { type: "integer", minimum: 1, maximum: 7 },
    unit: { type: "string", enum: ["celsius", "fahrenheit"] },
  }),
};
const add: TurnTool = {
  name: "add",
  description: "Add two numbers",
  schema: schema({ a: { type: "number" }, b: { type: "number" } }),
};
const tools = [price, weather, add];

describe("tools", () => {
  test.each<[string, object[]]>([
    ["How much is a ticket to London?", [{ name: "get_ticket_price", args: { city: "London" } }]],
    ["How much is London?", [{ name: "get_ticket_price", args: { city: "London" } }]],
    [
      "What is the weather in New York for 3 days, in fahrenheit?",
      [{ name: "getWeather", args: { location: "New York", days: 3, unit: "fahrenheit" } }],
    ],
    ["Please add 12 and -3.5", [{ name: "add", args: { a: 12, b: -3.5 } }]],
    [
      "What are the prices to Rome, Oslo and Bern?",
      ["Rome", "Oslo", "Bern"].map((city) => ({ name: "get_ticket_price", args: { city } })),
    ],
    ["Tell a joke about cats.", []],
    ["Hello!", []],
  ])("%s", (text, calls) => {
    expect(respond(turn(text, { tools })).calls).toEqual(calls);
  });

  test("choices are obeyed", () => {
    const called = (toolChoice: Turn["toolChoice"]) =>
      respond(turn("Hello!", { tools, toolChoice })).calls.map((call) => call.name);
    expect(called("none")).toEqual([]);
    expect(called("required")).toHaveLength(1);
    expect(called({ names: ["add"] })).toEqual(["add"]);
    const asked = turn("The weather in Paris?", { tools, toolChoice: { names: ["add"] } });
    expect(respond(asked).calls[0]?.name).toBe("add");
  });

  test("a result is told, and the next question may call again", () => {
    const history = [
      said("user", "How much is London?"),
      said("assistant", "", ["get_ticket_price"]),
      said("tool", "799 euros"),
    ];
    expect(respond(turn(history, { tools }))).toMatchObject({
      text: "(simulator) 799 euros",
      calls: [],
    });
    const more = [...history, said("assistant", "799"), said("user", "And the price to Rome?")];
    expect(respond(turn(more, { tools })).calls[0]?.args).toEqual({ city: "Rome" });
  });

  test("with tools and a schema, the tool comes first, then the schema from the result", () => {
    const asked = {
      tools,
      schema: schema({ city: { type: "string" }, euros: { type: "number" } }),
    };
    const first = [said("user", "How much is London?")];
    expect(respond(turn(first, asked)).calls).toHaveLength(1);
    const second = [...first, said("assistant", "", ["get_ticket_price"]), said("tool", "799")];
    expect(JSON.parse(respond(turn(second, asked)).text)).toEqual({ city: "London", euros: 799 });
  });
});

describe("free text", () => {
  test.each<[string, string]>([
    ["What is (2 + 3) * 4?", "(simulator) (2 + 3) * 4 = 20"],
    ["count to 4", "(simulator) 1, 2, 3, 4"],
    ["Write 3 words.", "(simulator) word word word"],
    ["Good morning", "(simulator) You said: Good morning"],
  ])("%s", (text, answer) => {
    expect(respond(turn(text)).text).toBe(answer);
  });

  test("history is remembered", () => {
    const history = [
      said("user", "My name is Ada."),
      said("assistant", "Hello Ada."),
      said("user", "What is my name?"),
    ];
    expect(respond(turn(history)).text).toBe("(simulator) Your name is Ada.");
  });

  test("what came beside the text is named", () => {
    const message = { ...said("user", "What is this?"), media: ["image"] };
    expect(respond(turn([message])).text).toContain("image");
  });

  test("jokes keep to their topic and differ by provider", () => {
    const jokes = ["openai", "anthropic", "gemini", "openrouter", "ollama"].map(
      (provider) => respond(turn("Tell me a joke about two cats.", { provider })).text,
    );
    expect(new Set(jokes).size).toBe(5);
    for (const joke of jokes) expect(joke).toContain("two cats");
  });

  test("an empty conversation and lone surrogates end in an answer", () => {
    expect(respond(turn([])).text).toBe("(simulator) Hello.");
    expect(respond(turn("\ud800")).text).toContain("You said");
  });
});

describe("limits", () => {
  test("a limit cuts and says so; a stop sequence before it wins", () => {
    const cut = respond(turn("count to 30", { maxTokens: 4 }));
    expect([cut.finish, cut.usage.output, countTokens(cut.text)]).toEqual(["length", 4, 4]);
    const stopped = respond(turn("count to 30", { maxTokens: 9, stop: [", 3"] }));
    expect(stopped).toMatchObject({ finish: "stop", stopSequence: ", 3" });
  });

  test("pieces join to the text and never split a character", () => {
    const text = "  Grüße 👩‍👩‍👧‍👦 antidisestablishmentarianism\n\n日本語のテキストです \n";
    expect(pieces(text).join("")).toBe(text);
    expect(pieces(text).every((piece) => piece.isWellFormed())).toBe(true);
  });
});

describe("schemas", () => {
  const words = readWords("Ann Lee, 31, likes blue. Mail ann@lee.org", {
    setup: "Why?",
    punchline: "Because.",
  });
  const recursive: JsonObject = {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: {
          name: { type: "string" },
          next: { anyOf: [{ $ref: "#/$defs/node" }, { type: "null" }] },
          children: { type: "array", items: { $ref: "#/$defs/node" } },
        },
        required: ["name", "next", "children"],
      },
    },
  };
  test.each<[string, JsonObject]>([
    ["constants", schema({ kind: { const: "cat" }, n: { const: 7 }, no: { const: null } })],
    ["enums", schema({ colour: { enum: ["red", "blue"] }, n: { enum: [1, 2] } })],
    ["integer bounds", schema({ n: { type: "integer", minimum: 40, maximum: 41 } })],
    [
      "exclusive bounds",
      schema({
        n: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
        m: { type: "integer", exclusiveMinimum: 4, exclusiveMaximum: 6 },
      }),
    ],
    ["steps", schema({ n: { type: "number", multipleOf: 5, minimum: 3, maximum: 12 } })],
    [
      "lengths",
      schema({ s: { type: "string", minLength: 20 }, t: { type: "string", maxLength: 2 } }),
    ],
    [
      "arrays",
      schema({
        a: { type: "array", items: { type: "integer" }, minItems: 3 },
        b: { type: "array", items: { type: "string" }, maxItems: 1 },
        c: { type: "array", prefixItems: [{ type: "string" }, { type: "boolean" }] },
      }),
    ],
    [
      "unions",
      schema({
        u: { anyOf: [{ type: "null" }, { type: "object", properties: {}, required: [] }] },
        v: { oneOf: [{ type: "string" }, { type: "number" }] },
        w: { type: ["null", "integer"] },
      }),
    ],
    [
      "parts",
      {
        allOf: [schema({ a: { type: "string" } }), schema({ b: { type: "number" } })],
      },
    ],
    ["recursion", recursive],
    ["a bare array", { type: "array", items: { type: "boolean" }, minItems: 2 }],
    ["anything", {}],
  ])("%s", (_name, given) => {
    const value = fill(given, words);
    const ajv = new Ajv({ strict: false });
    expect({ value, valid: ajv.validate(given, value) }).toMatchObject({ valid: true });
  });

  test("a system prompt may ask for JSON, and state the schema, where an API cannot", () => {
    const asked = schema({ city: { type: "string" } });
    const stated = `One JSON value only. It must fit this JSON Schema:\n${JSON.stringify(asked)}`;
    const { text } = respond(turn("I live in Rome.", { system: stated }));
    expect(JSON.parse(text)).toEqual({ city: "Rome" });
    const system = "Reply with one JSON object and nothing else.";
    expect(JSON.parse(respond(turn("Hi", { system })).text)).toHaveProperty("answer");
    expect(respond(turn("Hi", { system: "You know JSON well." })).text).toMatch(/^\(simulator\)/);
  });

  test("values come from the words", () => {
    const given = schema({
      name: { type: "string" },
      age: { type: "integer" },
      colour: { type: "string", enum: ["red", "blue"] },
      email: { type: "string", format: "email" },
      setup: { type: "string" },
      punchline: { type: "string" },
    });
    expect(fill(given, words)).toEqual({
      name: "Ann Lee",
      age: 31,
      colour: "blue",
      email: "ann@lee.org",
      setup: "Why?",
      punchline: "Because.",
    });
  });

  test.each<[string, RegExp]>([
    ["date", /^\d{4}-\d\d-\d\d$/],
    ["date-time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
    ["uri", /^https:\/\/\S+$/],
    ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
    ["ipv4", /^\d+\.\d+\.\d+\.\d+$/],
    ["duration", /^PT\d+M$/],
    ["hostname", /^[a-z.]+$/],
  ])("format %s", (format, pattern) => {
    expect(fill({ type: "string", format }, words)).toMatch(pattern);
  });

  test("a schema nobody can satisfy ends", () => {
    const endless = { $ref: "#/$defs/a", $defs: { a: schema({ a: { $ref: "#/$defs/a" } }) } };
    expect(JSON.stringify(fill(endless as JsonObject, words)).length).toBeLessThan(10_000);
    const loop = { $ref: "#/$defs/a", $defs: { a: { $ref: "#/$defs/a" } } };
    expect(fill(loop, words)).toBeTypeOf("string");
  });
});

test("embeddings are unit vectors, also of nothing", () => {
  for (const text of ["", "word", "many words here"]) {
    expect(Math.hypot(...embedText(text, 16))).toBeCloseTo(1, 9);
  }
});
