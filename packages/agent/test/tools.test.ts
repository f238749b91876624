/** What becomes of a call: its arguments, its function, whatever that does. */
import { imagePart, tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import { type AgentContext, type AgentEvent, agent } from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

const add = tool({
  name: "add",
  description: "Adds numbers",
  parameters: z.object({ numbers: z.array(z.number()), round: z.boolean().default(false) }),
  execute: ({ numbers, round }) => `${numbers.reduce((a, b) => a + b, 0)} ${round}`,
});

test.each<[why: string, written: string, told: RegExp]>([
  ["valid", '{"numbers":[1,2]}', /^3 false$/],
  ["broken JSON, mended", '{"numbers":[1,2,], round: true', /^3 true$/],
  ["numbers in strings", '{"numbers":["1","2.5"],"round":"true"}', /^3.5 true$/],
  ["one thing where a list is asked for", '{"numbers":4}', /^4 false$/],
  ["a list as JSON text", '{"numbers":"[1, 2]"}', /^3 false$/],
  ["words where numbers are asked for", '{"numbers":["one"]}', /not valid.*numbers\[0\]/],
  ["a list in place of the object", "[1]", /not valid.*object/],
  ["nothing", "", /not valid.*numbers/],
])("arguments: %s", async (_, written, told) => {
  const { answerWith, run } = await withArguments(written);
  expect(run.steps[0]?.calls[0]?.content).toMatch(told);
  expect(answerWith).toMatch(told);
  expect(run.output).toBe("done");
});

/** The arguments as written go through a reply that a plugin makes: the simulator writes valid JSON only. */
async function withArguments(written: string) {
  let asked = 0;
  let answerWith = "";
  const client = {
    completion: async (input: { messages: { role: string; content?: unknown }[] }) => {
      const last = input.messages.at(-1)!;
      if (asked++ > 0) answerWith = String(last.content);
      const message =
        asked === 1
          ? {
              role: "assistant",
              content: null,
              tool_calls: [
                { id: "c1", type: "function", function: { name: "add", arguments: written } },
              ],
            }
          : { role: "assistant", content: "done" };
      const data = { choices: [{ index: 0, message, finish_reason: "stop" }] };
      return { ...data, toolCalls: [], text: message.content ?? "", toJSON: () => data };
    },
  };
  const run = await agent({ model: "x/y", tools: [add], client: client as never }).run("Add.");
  return { run, answerWith };
}

test("a tool that does not exist goes back to the model, with the names that do", async () => {
  await using model = await scripted([
    calling(["ad", {}]),
    calling(["add", { numbers: [1] }]),
    "1",
  ]);
  const run = await agent({ ...of(model), tools: [add] }).run("Add one.");
  expect(run.steps[0]?.calls[0]).toMatchObject({
    isError: true,
    content: 'There is no tool "ad". Did you mean "add"? The tools are: add.',
  });
  expect(run.output).toBe("1");
});

const of = ({ model, client }: Awaited<ReturnType<typeof scripted>>) => ({ model, client });

test("results are text, JSON, images; what is none of them is told as an error", async () => {
  const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  const outputs: { [name: string]: unknown } = {
    text: "plain",
    json: { a: [1] },
    image: imagePart(png),
    nothing: undefined,
    cycle: cyclic,
    bigint: 10n,
    symbol: Symbol("s"),
  };
  const give = tool({
    name: "give",
    parameters: z.object({ what: z.string() }),
    execute: ({ what }) => outputs[what],
  });
  const names = Object.keys(outputs);
  await using model = await scripted([
    calling(...names.map((what): [string, object] => ["give", { what }])),
    "ok",
  ]);
  const run = await agent({ ...of(model), tools: [give] }).run("Give me all.");
  const contents = run.steps[0]!.calls.map(({ content }) => content);
  expect(contents[0]).toBe("plain");
  expect(contents[1]).toBe('{"a":[1]}');
  expect(contents[2]).toMatchObject([{ type: "image_url" }]);
  expect(contents[3]).toBe("(no output)");
  expect(contents[4]).toMatch(/^Error: It returned what JSON cannot hold/);
  expect(contents[5]).toMatch(/^Error: It returned what JSON cannot hold/);
  expect(contents[6]).toMatch(/^Error: It returned a symbol/);
  expect(run.output).toBe("ok");
});

test("a tool that throws, hangs or never settles is an error for the model, and the others go on", async () => {
  const tries: string[] = [];
  const tools = [
    tool({
      name: "throws",
      parameters: z.object({}),
      maxRetries: 2,
      execute: () => {
        tries.push("throws");
        throw new Error("no connection");
      },
    }),
    tool({
      name: "hangs",
      parameters: z.object({}),
      timeout: 30,
      execute: (_, { signal }: AgentContext) =>
        new Promise<string>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    }),
    tool({
      name: "never",
      parameters: z.object({}),
      timeout: 30,
      execute: () => new Promise<string>(() => {}),
    }),
    tool({ name: "works", parameters: z.object({}), execute: () => "fine" }),
  ];
  await using model = await scripted([
    calling(["throws", {}], ["hangs", {}], ["never", {}], ["works", {}]),
    "ok",
  ]);
  const run = await agent({ ...of(model), tools }).run("Do all.");
  expect(run.steps[0]!.calls.map(({ content }) => content)).toEqual([
    "Error: no connection",
    "Error: hangs took longer than 30 ms and was given up.",
    "Error: never took longer than 30 ms and was given up.",
    "fine",
  ]);
  expect(tries).toHaveLength(3);
});

test("calls run at once up to the limit, a serial one alone and in its place", async () => {
  const log: string[] = [];
  let now = 0;
  let most = 0;
  const work = (name: string, serial: boolean) =>
    tool({
      name,
      parameters: z.object({ n: z.number() }),
      serial,
      execute: async ({ n }) => {
        log.push(`${name}${n} begins with ${now}`);
        now++;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return n;
      },
    });
  await using model = await scripted([
    calling(
      ["fast", { n: 1 }],
      ["fast", { n: 2 }],
      ["fast", { n: 3 }],
      ["slow", { n: 4 }],
      ["fast", { n: 5 }],
    ),
    "ok",
  ]);
  const tools = [work("fast", false), work("slow", true)];
  const run = await agent({ ...of(model), tools, maxParallelCalls: 2 }).run("Work.");
  expect(most).toBe(2);
  expect(log[3]).toBe("slow4 begins with 0");
  expect(log[4]).toBe("fast5 begins with 0");
  expect(run.steps[0]!.calls.map(({ content }) => content)).toEqual(["1", "2", "3", "4", "5"]);
});

test("a tool is given its context, tells its progress, changes the page, keeps state", async () => {
  const visits = tool({
    name: "visit",
    parameters: z.object({}),
    mayRepeat: true,
    execute: (
      _,
      { context, progress, emit, state, idempotencyKey }: AgentContext<{ user: string }>,
    ) => {
      progress({ share: 0.5 });
      emit("page", { color: "blue" });
      const count = (state.get<number>("visits") ?? 0) + 1;
      state.set("visits", count);
      return `${context.user} ${count} ${idempotencyKey.split(":")[1]}`;
    },
  });
  await using model = await scripted([calling(["visit", {}]), calling(["visit", {}]), "ok"]);
  const guide = agent({ ...of(model), tools: [visits] });
  const events: AgentEvent[] = [];
  const stream = guide.stream("Visit.", { context: { user: "anna" } });
  for await (const event of stream) events.push(event as AgentEvent);
  const run = await stream.final();
  expect(run.steps.flatMap(({ calls }) => calls.map(({ content }) => content))).toEqual([
    "anna 1 1.0",
    "anna 2 2.0",
  ]);
  expect(events.filter(({ type }) => type === "tool_progress")).toHaveLength(2);
  expect(events.find(({ type }) => type === "data")).toMatchObject({
    name: "page",
    data: { color: "blue" },
  });
  // A tool that asks for a context must be given one.
  // @ts-expect-error context is missing
  void (() => guide.run("x"));
});

test("a result of 50 MB is shown in part, and the rest can be read", async () => {
  const lines = Array.from(
    { length: 1_000_000 },
    (_, i) => `line ${i} of a very long report of 50 MB`,
  );
  const report = lines.join("\n");
  expect(report.length).toBeGreaterThan(40_000_000);
  const read = tool({ name: "report", parameters: z.object({}), execute: () => report });
  await using model = await scripted([
    calling(["report", {}]),
    calling(["read_output", { id: "1.0", offset: 32_000 }]),
    calling(["read_output", { id: "9.9", offset: 0 }]),
    "ok",
  ]);
  const run = await agent({ ...of(model), tools: [read] }).run("Read it.");
  const [first, second, third] = run.steps.map(({ calls }) => String(calls[0]?.content));
  expect(first!.length).toBeLessThan(45_000);
  expect(first).toMatch(/^line 0 of/);
  expect(first).toMatch(/999999 of a very long report of 50 MB$/);
  expect(second).toContain(report.slice(32_000, 32_500));
  expect(third).toBe('Error: There is no cut result "9.9".');
  expect(run.output).toBe("ok");
});

test("a long result is cut by its tokens, whatever scripts it is in", async () => {
  // Half the letters are a token each, of the others four: 1,000 tokens are 1,600 letters.
  const text = "漢a".repeat(5000);
  const read = tool({
    name: "read",
    parameters: z.object({}),
    maxOutputTokens: 1000,
    execute: () => text,
  });
  await using model = await scripted([calling(["read", {}]), "ok"]);
  const run = await agent({ ...of(model), tools: [read] }).run("Read it.");
  expect(String(run.steps[0]!.calls[0]!.content).match(/漢/g)).toHaveLength(800);
});

test("the same call again and again: the model is told, then the run ends", async () => {
  const again = calling(["add", { numbers: [1] }]);
  await using model = await scripted([again, again, again, again, again, again]);
  const run = await agent({ ...of(model), tools: [add] }).run("Add one.");
  expect(run.status).toBe("stopped");
  expect(run.stoppedBy?.condition).toBe("repeatedCall");
  expect(run.steps).toHaveLength(5);
  const told = run.messages.filter(({ role }) => role === "tool").map(({ content }) => content);
  expect(told[1]).toBe("1 false");
  expect(told[2]).toMatch(/called add 3 times with these same arguments/);
});

test("a tool that must not run twice is not tried again when it throws, whatever maxRetries says", async () => {
  let tries = 0;
  const pay = tool({
    name: "pay",
    parameters: z.object({}),
    idempotent: false,
    maxRetries: 3,
    execute: () => {
      tries++;
      throw new Error("the connection broke after the payment was sent");
    },
  });
  await using model = await scripted([calling(["pay", {}]), "Unclear."]);
  const run = await agent({ model: model.model, client: model.client, tools: [pay] }).run("Pay.");
  expect(tries).toBe(1);
  expect(run.ledger).toMatchObject([{ tool: "pay", begun: 1, outcome: "failed" }]);
});
