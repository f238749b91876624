/** `polycall run`: an agent of the user's as a process of its own, its answer, its questions, its interruptions. */
import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { type Scripted, type Simulator, simulator } from "@polycall/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { main } from "../src/index.ts";
import { inProcess, Project } from "./support/cli.ts";

let sim: Simulator;
let project: Project;
beforeAll(async () => {
  sim = await simulator();
  project = new Project();
  project.link("agent", "@polycall/agent");
  project.link("polycall", "polycall");
  project.write({ "mailer.ts": mailer, "here.ts": inMemory });
});
afterEach(() => sim.reset());
afterAll(async () => {
  project[Symbol.dispose]();
  await sim.close();
});

/** Its tool's effects are lines of a file. */
const mailer = `
import { appendFileSync } from "node:fs";
import { agent, planTool } from "@polycall/agent";
import { tool } from "polycall";

const model: string = "openai/gpt-6-luna";
const send = tool({
  name: "send",
  parameters: { type: "object", properties: { to: { type: "string" } } },
  needsApproval: true,
  execute: ({ to }: { to: string }, { context }: { context: { file: string } }) => {
    appendFileSync(context.file, "sent to " + to + "\\n");
    return "sent to " + to;
  },
});
const look = tool({
  name: "look",
  parameters: { type: "object" },
  execute: async ({ at }: { at: string }, { progress }: { progress(value: string): void }) => {
    progress("looking");
    if (at === "nowhere") throw new Error("There is no such place");
    if (at === "forever") await new Promise(() => setInterval(() => {}, 1000));
    return "seen " + at;
  },
});
const scout = agent({ name: "scout", description: "Looks", model, tools: [look] });
export const context = { file: "sent.txt" };
export default agent({ name: "mailer", model, tools: [send, look, planTool(), scout.asTool()] });
`;
/** The same, for this process: it writes into no current folder. */
const inMemory = mailer
  .replace("openai/gpt-6-luna", "ollama/llama3.2")
  .replace("agent, planTool", "agent, memoryStore, planTool")
  .replace('name: "mailer",', 'name: "mailer", store: memoryStore(),')
  .replace('"sent.txt"', "new URL('sent.txt', import.meta.url)");

/** The command in this process, at a terminal of `width` columns or none. */
async function here(
  args: string[],
  { input = "", width = undefined as number | undefined, color = false } = {},
) {
  for (const [name, value] of Object.entries(sim.env)) vi.stubEnv(name, value);
  const out: string[] = [];
  const err: string[] = [];
  const typed = new PassThrough();
  typed.end(input);
  const code = await main(
    ["run", ...args.map((arg) => (/\.(ts|js)$/.test(arg) ? project.path(arg) : arg))],
    {
      out: (text) => void out.push(`${text}\n`),
      err: (text) => void err.push(`${text}\n`),
      ...{ env: {}, width, color },
      live: {
        write: (text, to) => void (to === "out" ? out : err).push(text),
        ...{ input: typed, onInterrupt: () => () => {}, release: () => {} },
      },
    },
  );
  return { code, out: out.join(""), err: err.join("") };
}

const calls = (...all: [name: string, args: object][]): Scripted => ({
  calls: all.map(([name, args]) => ({ name, args: args as never })),
});
const run = (args: string[], input = "", env = {}) =>
  project.run(["run", ...args], { ...sim.env, ...env }, input);
const sent = () => {
  try {
    return readFileSync(project.path("sent.txt"), "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
};
const runIdIn = (text: string) => /--resume ([\w-]+)/.exec(text)![1]!;

test("the answer on standard output, what happened on standard error", async () => {
  sim.script([
    {
      text: "Let me look.",
      calls: [
        { name: "look", args: { at: "home" } },
        { name: "look", args: { at: "nowhere" } },
      ],
    },
    calls(["scout", { input: "Look north" }]),
    calls(["look", { at: "north" }]),
    "North is clear.",
    "All is well.",
  ]);
  const { code, out, err } = await run(["mailer.ts", "Is", "all", "well?"]);
  expect({ code, out }).toEqual({ code: 0, out: "All is well.\n" });
  const lines = err.split("\n");
  expect(lines[0]).toBe("Let me look.");
  expect(lines).toContain('→ look at: "home"');
  expect(lines).toContain("… look: looking");
  expect(lines).toContain("✓ look: seen home");
  expect(lines).toContain("✗ look: Error: There is no such place");
  expect(lines).toContain('  scout → look at: "north"');
  expect(lines).toContain("  scout ✓ look: seen north");
  expect(lines).toContain("  scout North is clear.");
  expect(lines.at(-2)).toMatch(
    /^mailer: 3 steps, 3 calls, [\d,]+ tokens \([\d,]+ in, [\d,]+ out\), \$0\.\d+, \d+\.\d s$/,
  );
  expect(err).not.toContain("\u001b");
  expect(JSON.stringify(sim.requests[0]?.body)).toContain("Is all well?");
});

test("a question without a terminal: it waits, and another process goes on and asks", async () => {
  sim.script([calls(["send", { to: "Ada" }]), "Ada knows."]);
  const first = await run(["mailer.ts"], "Tell Ada\n");
  expect({ code: first.code, out: first.out }).toEqual({ code: 1, out: "" });
  expect(first.err).toContain(
    'Waits for a person: mailer asks whether it may call send({"to":"Ada"})',
  );
  expect(sent()).toEqual([]);
  const second = await run(["mailer.ts", "--resume", runIdIn(first.err), "--ask"], "what?\na\n");
  expect({ code: second.code, out: second.out }).toEqual({ code: 0, out: "Ada knows.\n" });
  expect(second.err.match(/\[a\]pprove, \[e\]dit, \[r\]eject/g)).toHaveLength(2);
  expect(second.err).toContain('    "to": "Ada"');
  expect(sent()).toEqual(["sent to Ada"]);
});

test("edited, rejected with a reason, allowed for good; the input ends before an answer", async () => {
  const toBob = () => calls(["send", { to: "Bob" }]);
  sim.script([toBob(), toBob(), toBob(), toBob(), "done"]);
  const before = sent().length;
  const input = 'e\nnot json\n{"to":"Eve"}\nr\nNot today\nw\n';
  const ended = await here(["here.ts", "Tell Bob", "--ask"], { input });
  expect({ code: ended.code, out: ended.out }).toEqual({ code: 0, out: "done\n" });
  expect(ended.err).toContain("That is no JSON");
  expect(sent().slice(before)).toEqual(["sent to Eve", "sent to Bob", "sent to Bob"]);
  expect(JSON.stringify(sim.requests[2]?.body)).toContain("They say: Not today");
  sim.script([toBob()]);
  const silent = await here(["here.ts", "Tell Bob", "--ask"], { input: "" });
  expect(silent.code).toBe(1);
  expect(silent.err).toContain("Waits for a person");
});

test("the model's own question is answered with what is typed, or by number", async () => {
  project.write({
    "asks.ts":
      'import { agent, askUserTool, memoryStore } from "@polycall/agent"; export const agent_ = 1; const it = agent({ model: "openai/gpt-6-luna", tools: [askUserTool()], store: memoryStore() }); export { it as agent };',
  });
  sim.script([
    calls(["ask_user", { question: "Which city?", options: ["Bern", "Oslo"] }]),
    "Oslo it is.",
  ]);
  const { code, err } = await here(["asks.ts", "Go", "--ask"], { input: "2\n" });
  expect(code).toBe(0);
  expect(err).toContain("? agent asks: Which city?\n    1. Bern\n    2. Oslo\n");
  expect(JSON.stringify(sim.requests[1]?.body)).toMatch(/"output":"Oslo"/);
});

test("--session goes on with a conversation, --json tells events, --html writes the page", async () => {
  sim.script(["Hello Ada.", "You are Ada."]);
  await here(["here.ts", "I am Ada", "--session", "s1"]);
  const html = project.path("run.html");
  const { code, out, err } = await here([
    "here.ts",
    "Who am I?",
    "--session",
    "s1",
    "--json",
    "--html",
    html,
  ]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const events = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "run_start", agent: "mailer" });
  const text = events.filter(({ type }) => type === "text").map(({ delta }) => delta);
  expect(text.join("")).toBe("You are Ada.");
  expect(events.at(-1)).toMatchObject({
    ...{ type: "run", runId: events[0].runId, status: "done", output: "You are Ada." },
    usage: { total_tokens: expect.any(Number) },
  });
  expect(JSON.stringify(sim.requests[1]?.body)).toMatch(/I am Ada.*Hello Ada\..*Who am I\?/);
  const page = readFileSync(html, "utf8");
  expect(page.slice(0, 15)).toBe("<!doctype html>");
  expect(page).toContain("You are Ada.");
});

test("--json: a run that waits, and one that breaks off, end in a line that says so", async () => {
  sim.script([calls(["send", { to: "Ada" }])]);
  const last = ({ out }: { out: string }) => JSON.parse(out.trimEnd().split("\n").at(-1)!);
  const waiting = await here(["here.ts", "Tell Ada", "--json"], { input: "a\n" });
  expect(waiting.code).toBe(1);
  expect(last(waiting)).toMatchObject({
    type: "run",
    status: "waiting",
    pending: [{ tool: "send", args: { to: "Ada" } }],
  });
  sim.fault({ status: 400, message: "No such thing", times: Number.POSITIVE_INFINITY });
  const broken = await here(["here.ts", "Tell Ada", "--json"]);
  expect(broken.code).toBe(1);
  expect(last(broken)).toMatchObject({
    ...{ type: "error", error: { name: "RunError", code: "failed" } },
    resume: expect.stringContaining("--resume"),
  });
});

test("Ctrl-C: it breaks off, says how to go on, and what was done is kept", async () => {
  sim.script([calls(["look", { at: "forever" }]), "After all."]);
  const { child, told, ended } = project.start(
    ["run", "mailer.ts", "Look", "--html", "cut.html"],
    sim.env,
  );
  await expect.poll(() => told.err, { timeout: 15_000 }).toContain("… look: looking");
  child.kill("SIGINT");
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toMatch(/The run [\w-]+ was aborted\./);
  expect(err).toContain(`Go on with: polycall run mailer.ts --resume ${runIdIn(err)}`);
  expect(readFileSync(project.path("cut.html"), "utf8")).toContain("Broke off");
  expect(sim.requests).toHaveLength(1);
});

const unseen = ["\u001b", "\u0007", "\u009b", "\u202e", "\r", "\u0008"];

test("a provider's refusal: what it says, how to go on, exit code 1", async () => {
  sim.fault({ status: 400, message: "No \u001b[2Jsuch thing", times: Number.POSITIVE_INFINITY });
  const { code, out, err } = await here(["here.ts", "Look"]);
  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain("No ␛[2Jsuch thing");
  expect(err).toMatch(/^Go on with: polycall run \S+here\.ts --resume [\w-]+$/m);
  for (const letter of unseen) expect(err).not.toContain(letter);
});

test("escape sequences of models and tools reach no terminal", async () => {
  const hostile = "\u001b]0;owned\u0007\u009b31m\u202egnp.exe\r\u0008";
  for (const width of [undefined, 80]) {
    sim.script([
      calls(["look", { at: hostile }], [hostile, {}], ["scout", { input: hostile }]),
      hostile,
      hostile,
    ]);
    const { out, err } = await here(["here.ts", hostile], { width });
    for (const letter of unseen) expect(out + err).not.toContain(letter);
    expect(out).toContain("␛]0;owned␇");
  }
  sim.script([hostile]);
  const { out } = await here(["here.ts", "Hi", "--json"]);
  for (const letter of unseen) expect(out).not.toContain(letter);
  expect(JSON.parse(out.trimEnd().split("\n").at(-1)!).output).toBe(hostile);
});

test("what a file lacks is named", async () => {
  project.write({
    "none.ts": "export const x = 1;",
    "empty.js": "export {};",
    "broken.js": "export default agent(",
    "stranger.ts": 'import "@polycall/nowhere";',
    "other.ts":
      'import { agent } from "@polycall/agent"; export const helper = agent({ model: "openai/gpt-6-luna" });',
    "throws.js": 'throw new Error("Set MAIL_KEY");',
  });
  const told = async (...args: string[]) => {
    const { code, err } = await here(args);
    return [code, err] as const;
  };
  const saying = (text: string) => expect.stringContaining(text);
  expect(await told()).toEqual([2, saying("Name a file that exports an agent.")]);
  expect(await told("nowhere.ts", "Hi")).toEqual([
    2,
    expect.stringMatching(/There is no file \S+nowhere\.ts\./),
  ]);
  expect(await told("none.ts", "Hi")).toEqual([
    2,
    saying("none.ts exports no agent: `export default agent({ … })`"),
  ]);
  expect(await told("none.ts", "Hi")).toEqual([2, saying("It exports x.")]);
  expect(await told("empty.js", "Hi")).toEqual([2, saying("It exports nothing.")]);
  expect(await told("other.ts", "Hi")).toEqual([
    2,
    saying('"helper" is one: export it as default.'),
  ]);
  expect(await told("broken.js", "Hi")).toEqual([1, saying("broken.js could not be loaded")]);
  expect(await told("throws.js", "Hi")).toEqual([
    1,
    saying("throws.js could not be loaded: Set MAIL_KEY"),
  ]);
  expect(await told("here.ts")).toEqual([2, saying("Give an input")]);
  expect(await told("here.ts", "--resume", "r9")).toEqual([1, saying("There is no run r9")]);
  expect(await told("here.ts", "Hi", "--resume", "r9")).toEqual([
    2,
    saying("no input and no session"),
  ]);
  // Vitest resolves imports in its own way: a package that is missing, as Node tells of it.
  const { code, err } = await run(["stranger.ts", "Hi"]);
  expect([code, err]).toEqual([
    1,
    saying("Install it beside the file: npm install @polycall/nowhere"),
  ]);
});

test("at a terminal: text as it comes, reasoning dimmed, the plan as it changes, a question between the lines", async () => {
  const shown = async (color: boolean) => {
    sim.script([
      {
        ...{ reasoning: "Hmm.", text: "I will plan." },
        calls: [{ name: "plan", args: { add: ["Look", "Tell"], start: 1 } }],
      },
      calls(["plan", { done: [{ id: 1, result: "seen" }] }], ["send", { to: "Ada" }]),
      "Ada knows.",
    ]);
    const ended = await here(["here.ts", "Go", "--ask"], { input: "a\n", width: 60, color });
    expect(ended).toMatchObject({ code: 0, err: expect.not.stringContaining("Ada knows") });
    return ended.out;
  };
  const plain = await shown(false);
  expect(plain).not.toContain("\u001b");
  const lines = plain.split("\n");
  expect(lines.slice(0, 2)).toEqual(["Hmm.", "I will plan."]);
  expect(lines).toContain("[>] Look");
  expect(lines).toContain("[x] Look -> seen");
  expect(lines.filter((line) => line.startsWith("["))).toEqual([
    "[>] Look",
    "[ ] Tell",
    "[x] Look -> seen",
  ]);
  expect(lines).toContain("? mailer asks whether it may call send");
  expect(lines.at(-3)).toBe("Ada knows.");
  for (const line of lines.slice(0, -2)) expect(line.length).toBeLessThanOrEqual(60);
  const colored = await shown(true);
  expect(colored).toContain("\u001b[2mHmm.\u001b[22m");
  const bare = colored.split("\u001b").map((part, at) => (at ? part.replace(/^\[\d+m/, "") : part));
  expect(bare.join("").split("\n").slice(0, -2)).toEqual(lines.slice(0, -2));
});

test("the help names the command and is told without loading an agent", async () => {
  const { out, code } = await inProcess("run", "--help");
  expect(code).toBe(0);
  for (const option of ["--session", "--resume", "--ask", "--html", "--json"])
    expect(out).toContain(option);
  expect((await inProcess("--help")).out).toMatch(/^ {2}polycall run +runs an agent of yours/m);
});

test("Ctrl-C at the prompt: the question stays open", async () => {
  for (const [name, value] of Object.entries(sim.env)) vi.stubEnv(name, value);
  sim.script([calls(["send", { to: "Ada" }])]);
  const out: string[] = [];
  const write = (text: string) => {
    out.push(text);
    if (text.includes("[a]pprove")) stop();
  };
  let stop = () => {};
  const code = await main(["run", project.path("here.ts"), "Tell Ada", "--ask"], {
    ...{ out: write, err: write, env: {}, width: undefined, color: false },
    live: {
      ...{ write, input: new PassThrough(), release: () => {} },
      onInterrupt(called) {
        stop = called;
        return () => {};
      },
    },
  });
  expect(code).toBe(130);
  expect(out.join("")).toMatch(/Waits for a person: .*--resume|was aborted.*--resume/s);
});
