/** The page that run.toHTML() gives: what it shows of runs of every kind, and that nothing in it is alive. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import {
  agent,
  memoryStore,
  planTool,
  type Run,
  RunError,
  type Store,
  steps,
} from "../src/index.ts";
import { calling, scripted } from "./scripted.ts";

/** The page's text as a reader sees it: tags gone, entities read. */
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");

/** Names of all tags and attributes that the page has. */
function markup(page: string) {
  const tags = [...page.matchAll(/<([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/g)];
  return {
    tags: new Set(tags.map(([, name]) => name)),
    attributes: new Set(
      tags.flatMap(([, , rest]) =>
        [...rest!.replace(/"[^"]*"/g, "").matchAll(/\s([a-z-]+)/g)].map(([, name]) => name),
      ),
    ),
  };
}

const hostile = [
  `</pre></script><script>globalThis.pwned = 1</script>`,
  `<img src=x onerror="globalThis.pwned = 1">`,
  `" onmouseover="globalThis.pwned = 1" style="position:fixed`,
  `'><iframe src="javascript:alert(1)"></iframe><!-- </style><base href="http://evil.test/">`,
  `\u202egnp.exe\u0000\u001b[31m ${"\u0085"}`,
];

test("hostile text from everywhere stays text", async () => {
  const all = hostile.join("\n");
  await using model = await scripted([
    {
      text: all,
      reasoning: all,
      calls: [
        { name: "look", args: { [hostile[1]!]: all } as never },
        { name: "plan", args: { add: hostile } },
        { name: "helper", args: { input: all } },
        { name: `nosuch<b>`, args: {} },
      ],
    },
    all,
    all,
  ]);
  const look = tool({ name: "look", parameters: { type: "object" }, execute: () => all });
  const helper = agent({ name: "helper", model: model.model, client: model.client });
  const lead = agent({
    name: "lead",
    model: model.model,
    client: model.client,
    tools: [look, planTool(), helper.asTool()],
    store: memoryStore(),
  });
  const run = await lead.run(all, {
    session: hostile[1]!,
    runId: `run<img src=x onerror=alert(1)>"'`,
  });
  const page = await run.toHTML();
  const known = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "header",
    "p",
    "span",
    "h1",
    "h2",
    "ul",
    "ol",
    "li",
    "b",
    "small",
    "section",
    "div",
    "label",
    "input",
    "details",
    "summary",
    "i",
    "figure",
    "figcaption",
    "pre",
    "dl",
    "dt",
    "dd",
    "a",
    "footer",
    "code",
    "time",
    "br",
  ];
  const { tags, attributes } = markup(page);
  for (const tag of tags) expect(known).toContain(tag);
  for (const name of attributes)
    expect([
      "lang",
      "charset",
      "http-equiv",
      "content",
      "name",
      "class",
      "id",
      "style",
      "title",
      "aria-hidden",
      "tabindex",
      "href",
      "type",
      "datetime",
    ]).toContain(name);
  // Every "<" begins a tag of the page's own.
  expect(
    page
      .replace(/<\/?[a-z][a-z0-9]*(?:\s+[a-z-]+(?:="[^"<>]*")?)*\s*>|<!doctype html>/g, "")
      .replace(/<style>.*<\/style>/s, ""),
  ).not.toContain("<");
  for (const unseen of ["\u0000", "\u001b", "\u202e", "\u0085"]) expect(page).not.toContain(unseen);
  for (const [, href] of page.matchAll(/href="([^"]*)"/g)) expect(href).toMatch(/^#row:/);
  expect(textOf(page)).toContain('<img src=x onerror="globalThis.pwned = 1">');
  expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;;`);
});

test("steps, calls, sub-agents, tokens, cost, plan and conversation", async () => {
  await using model = await scripted([
    calling(["plan", { add: ["Ask north", "Sum up"], start: 1 }]),
    calling(["scout", { input: "Go north" }], ["look", { city: "Bern", days: 3 }]),
    { calls: [{ name: "look", args: { city: "Oslo" } }], usage: { input: 1000, output: 200 } },
    "North is clear",
    calling(["plan", { done: [{ id: 1, result: "It is clear" }] }]),
    "All clear",
  ]);
  const look = tool({
    name: "look",
    parameters: { type: "object", properties: { city: { type: "string" } } },
    execute: ({ city }: { city?: string }) => {
      if (city === "Bern") throw new Error("Bern is closed");
      return { seen: city };
    },
  });
  const scout = agent({ name: "scout", model: model.model, client: model.client, tools: [look] });
  const lead = agent({
    name: "lead",
    model: model.model,
    client: model.client,
    tools: [scout.asTool(), look, planTool()],
    maxParallelCalls: 1,
  });
  const run = await lead.run("Is it clear?");
  expect(run.output).toBe("All clear");
  expect(Object.keys(run)).not.toContain("toHTML");
  const page = await run.toHTML();
  const text = textOf(page);
  for (const said of [
    "Done",
    "Is it clear?",
    "All clear",
    "1 of 2 done",
    "Ask north It is clear",
    "Go north",
    "North is clear",
    "Bern is closed",
    `"seen": "Oslo"`,
    `city: "Bern", days: 3`,
  ])
    expect(text).toContain(said);
  // Four steps of the lead's and two of the scout's; two calls of the plan, two of look, one of the scout.
  const rows = [...page.matchAll(/<details class="row (\w+)( failed)?" id="([^"]*)"/g)].map(
    ([, kind, failed, id]) => `${kind}${failed ?? ""} ${id!.slice(`row:${run.runId}`.length)}`,
  );
  expect(rows).toEqual([
    "model :1",
    "tool :1.0",
    "model :2",
    "agent :2.0",
    "model /2.0:1",
    "tool /2.0:1.0",
    "model /2.0:2",
    "tool failed :2.1",
    "model :3",
    "tool :3.0",
    "model :4",
  ]);
  expect(text).toContain(run.usage.total_tokens.toLocaleString("en-US"));
  expect(text).toContain("1,000");
  // Links lead to rows that there are.
  for (const [, id] of page.matchAll(/href="#([^"]*)"/g)) expect(page).toContain(`id="${id}"`);
  for (const [, left, width] of page.matchAll(/left:([\d.]+)%;width:([\d.]+)%/g))
    expect(Number(left) + Number(width)).toBeLessThanOrEqual(100.02);
});

/** A run as it was kept, with times of a test's own. */
async function kept(store: Store, entries: object[]): Promise<void> {
  await store.append(
    "run/r1",
    0,
    entries.map((data) => ({ data: data as never })),
  );
}

const hour = 3_600_000;
const thought = (text: string, at: number, calls: object[] = []) => ({
  ...{
    text,
    model: "openai/gpt-4.1-mini",
    finish_reason: calls.length ? "tool_calls" : "stop",
    at,
    ms: 1000,
    elapsed: 1000,
  },
  ...{ usage: { prompt_tokens: 90, completion_tokens: 10, total_tokens: 100 }, cost: 0.25 },
  message: { role: "assistant", content: text, ...(calls.length && { tool_calls: calls }) },
});
const call = { id: "c1", type: "function", function: { name: "send", arguments: '{"to":"Ada"}' } };
const send = tool({
  name: "send",
  parameters: { type: "object" },
  needsApproval: true,
  execute: () => "sent",
});
const request = {
  id: "r1:1.0",
  agent: "mailer",
  toolCallId: "c1",
  tool: "send",
  args: { to: "Ada" },
  why: "policy",
  message: "mailer asks whether it may call send",
};
const t0 = Date.UTC(2026, 10, 20, 18);
const head = {
  v: 1,
  type: "run",
  runId: "r1",
  agent: "mailer",
  input: [{ role: "user", content: "Tell Ada" }],
  at: t0,
};

test("a night in which it lay waiting takes no room on the axis, and is told", async () => {
  const store = memoryStore();
  const back = t0 + 9 * hour + 12 * 60_000;
  const record = {
    id: "1.0",
    toolCallId: "c1",
    name: "send",
    args: { to: "Ada" },
    content: "sent",
    isError: false,
    at: back,
    ms: 500,
    idempotencyKey: "r1:1.0",
    decision: "approve",
  };
  await kept(store, [
    head,
    { type: "step", name: "model 1", value: thought("", t0, [call]), at: t0 + 1000 },
    { type: "ask", request, at: t0 + 1000 },
    { type: "answer", id: "r1:1.0", decision: { action: "approve" }, at: back },
    { type: "begin", name: "call 1.0", about: "send", at: back },
    { type: "step", name: "call 1.0", value: record, at: back + 500 },
    { type: "step", name: "model 2", value: thought("Ada knows", back + 500), at: back + 1500 },
    { type: "end", status: "done", at: back + 1500 },
  ]);
  const run = await agent({
    name: "mailer",
    model: "openai/gpt-4.1-mini",
    store,
    tools: [send],
  }).resume("r1");
  expect(run.status).toBe("done");
  const page = await run.toHTML();
  const text = textOf(page);
  expect(text).toContain("9 h 12 min");
  expect(text).toContain("2.5 s"); // of work
  expect(text).toContain("$0.50");
  expect(text).toContain("approved");
  expect(text).toContain("A person has approved it, after 9 h 12 min.");
  // 2.5 s of work and 3.5 % of that for the night: 1 s is 38.65 % of the width.
  const bars = [
    ...page.matchAll(/class="bar (\w+)[^"]*" style="left:([\d.]+)%;width:([\d.]+)%"/g),
  ].map(([, tone, left, width]) => [tone, Number(left), Number(width)]);
  expect(bars).toEqual([
    ["model", 0, 38.65],
    ["person", 38.65, 3.38],
    ["tool", 42.03, 19.32],
    ["model", 61.35, 38.65],
  ]);
});

test("a question, a limit, a crash, an error: why it stands where it does", async () => {
  const pageOf = async (run: Run) => textOf(await run.toHTML());
  await using model = await scripted([calling(["send", { to: "Ada" }])]);
  const mailer = agent({ name: "mailer", model: model.model, client: model.client, tools: [send] });
  const waiting = await mailer.run("Tell Ada");
  const asked = await pageOf(waiting);
  for (const said of [
    "Waiting",
    "A question waits for a person",
    waiting.pending[0]!.id,
    `agent.resume("${waiting.runId}"`,
    "waits for a person",
  ])
    expect(asked).toContain(said);
  expect(asked).not.toContain("did not end");

  model.sim.script([calling(["look", {}])]);
  const look = tool({ name: "look", parameters: { type: "object" }, execute: () => "x" });
  const short = agent({
    name: "short",
    model: model.model,
    client: model.client,
    tools: [look],
    stopWhen: [steps(1)],
  });
  expect(await pageOf(await short.run("Go"))).toContain("1 steps are done, the limit.");

  model.sim.fault({ status: 400, message: "No such <thing>" });
  const error = await mailer.run("Tell Bob").catch((caught: RunError) => caught);
  expect(error).toBeInstanceOf(RunError);
  const broken = await pageOf((error as RunError).run!);
  for (const said of ["Broke off", "No such <thing>", "Tell Bob"]) expect(broken).toContain(said);

  // A process died while a tool ran that must not run twice.
  const store = memoryStore();
  await kept(store, [
    { ...head, agent: "once" },
    { type: "step", name: "model 1", value: thought("", t0, [call]), at: t0 + 1000 },
    { type: "begin", name: "call 1.0", about: "send", at: t0 + 1001 },
  ]);
  const once = tool({
    name: "send",
    parameters: { type: "object" },
    idempotent: false,
    execute: () => "sent",
  });
  const crashed = await agent({
    name: "once",
    model: "openai/gpt-4.1-mini",
    store,
    tools: [once],
  }).resume("r1");
  expect(crashed.status).toBe("waiting");
  expect(await pageOf(crashed)).toContain("was interrupted while it ran");
});

test("a store that is closed: the page without what it held", async () => {
  await using model = await scripted(["Hello"]);
  const store = memoryStore();
  const run = await agent({ model: model.model, client: model.client, store }).run("Hi");
  await store.close();
  const text = textOf(await run.toHTML());
  expect(text).toContain("Hello");
  expect(text).toContain("could not be read: The store is closed");
});

test("a result of a megabyte is cut, and how much of it is told", async () => {
  await using model = await scripted([calling(["big", {}]), "done"]);
  const big = tool({
    name: "big",
    parameters: { type: "object" },
    maxOutputTokens: 1_000_000,
    execute: () => "x".repeat(1_000_000),
  });
  const page = await (
    await agent({ model: model.model, client: model.client, tools: [big] }).run("Hi")
  ).toHTML();
  expect(page.length).toBeLessThan(100_000);
  expect(textOf(page)).toContain("more letters");
});
