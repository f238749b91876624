/** A run that breaks off at any write and is gone on with is the run that it would have been. */
import { tool } from "@polycall/core";
import { expect, test } from "vitest";
import * as z from "zod";
import {
  type AgentContext,
  agent,
  type Decision,
  memoryStore,
  planTool,
  type Run,
  type RunError,
  type Store,
  session,
  steps,
  tokensAbove,
} from "../src/index.ts";
import { StoreError } from "../src/store.ts";
import { type Asked, type Said, spoken } from "./spoken.ts";

/** Numbers that are the same for the same words, whoever asks and when. */
function chance(words: string) {
  let state = 2_166_136_261;
  for (const letter of words) state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619);
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 1) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What the model says hangs on the seed and on all that it was told, and on nothing else. */
function reply(seed: number): (asked: Asked) => Said {
  return ({ messages, tools = [], tool_choice }) => {
    const told = JSON.stringify(messages);
    const random = chance(`${seed} ${told}`);
    const usage = [Math.floor(told.length / 5) + 10, 5 + random(50)] as const;
    if (told.includes("about to be removed") && messages.at(-1)!.role === "user") {
      return { content: `Summary ${random(100)}`, usage };
    }
    const names = tools.map((one) => one.function.name);
    const turns = messages.filter((message) => message.tool_calls).length;
    if (names.length === 0 || tool_choice === "none" || random(7) < turns) {
      return { content: `{"n":${random(4) ? random(9) : '"x"'}}`, usage };
    }
    const calls = Array.from({ length: 1 + random(3) }, (_, i) => {
      const name = names[random(names.length)]!;
      const args =
        name === "plan"
          ? { add: [`item ${random(9)}`] }
          : name.startsWith("transfer")
            ? {}
            : name.startsWith("sub")
              ? { input: `task ${random(99)}` }
              : { n: random(5) ? random(99) : "wrong" };
      return [name, JSON.stringify(args), `c${i}`] as const;
    });
    return { content: random(2) ? `Text ${random(99)}` : null, calls, usage };
  };
}

interface Place {
  store: Store;
  seed: number;
  calls: string[];
}

/** An agent with a bit of everything that the loop has. */
function team({ store, seed, calls }: Place) {
  const random = chance(`team ${seed}`);
  const { model, client, asked } = spoken([reply(seed)]);
  const parameters = z.object({ n: z.number() });
  const tools = [
    tool({ name: "look", parameters, untrusted: true, execute: ({ n }) => `saw ${n}` }),
    tool({
      name: "count",
      parameters,
      mayRepeat: true,
      execute: ({ n }, { state, idempotencyKey }: AgentContext) => {
        if (n % 7 === 0) throw new Error(`no ${n}`);
        calls.push(idempotencyKey);
        state.set("last", n);
        return { n, key: idempotencyKey };
      },
    }),
    tool({ name: "ask", parameters, needsApproval: ({ n }) => n % 2 === 0, execute: ({ n }) => n }),
    tool({ name: "long", parameters, maxOutputTokens: 30, execute: ({ n }) => `${n} `.repeat(90) }),
    tool({ name: "send", parameters, sensitive: true, serial: true, execute: () => "sent" }),
  ];
  const guardrails = {
    input: [() => undefined],
    toolCall: [
      ({ name, args }: { name: string; args: unknown }) =>
        (args as { n?: number }).n === 13 ? { block: `${name} is unlucky` } : undefined,
    ],
    output: [(text: string) => (text.includes("5") ? { replace: '{"n":55}' } : undefined)],
  };
  const base = { model, client, compaction: { contextWindow: 500 + random(1500) } };
  // Of calls at once, who gets the last of a budget hangs on the clock: then there is none.
  const alone = random(2) === 0;
  const shape = { maxParallelCalls: alone ? 1 : 2 + random(3) };
  const deep = agent({ ...base, name: "sub_deep", tools: tools.slice(0, 3) });
  const sub = agent({
    ...base,
    name: "sub",
    instructions: "You help.",
    tools: [tools[1]!, tools[2]!, deep.asTool()],
    ...shape,
    stopWhen: [steps(alone ? 2 + random(6) : 1000)],
  });
  const other = agent({ ...base, name: "other", instructions: "You go on.", tools });
  const lead = agent({
    ...base,
    name: "lead",
    instructions: () => "You lead.",
    store,
    tools: [...tools, planTool(), sub.asTool()],
    handoffs: [random(2) ? other : { agent: other, filter: (messages) => messages.slice(-6) }],
    guardrails,
    ...shape,
    stopWhen: alone ? [steps(6 + random(12)), tokensAbove(10_000 + random(40_000))] : [steps(1000)],
    ...(random(2) && { output: z.object({ n: z.number() }) }),
  });
  return { lead, asked, alone };
}

/** @param alone of questions at once, what is decided for good about one may answer another, or not yet */
const decide = ({ id }: { id: string }, alone: boolean): Decision => {
  const random = chance(id);
  const always = alone && random(4) === 0;
  if (random(4) === 0) return { action: "reject", message: "no", always };
  if (random(4) === 0) return { action: "edit", args: { n: 8 } };
  return { action: "approve", always };
};

/** Goes on until nobody is asked any more. @param go begins the run, or goes on with it */
async function toTheEnd(
  alone: boolean,
  go: () => Promise<Run>,
  on: (decisions: { [id: string]: Decision }) => Promise<Run>,
) {
  let run = await go();
  while (run.status === "waiting") {
    run = await on(Object.fromEntries(run.pending.map((one) => [one.id, decide(one, alone)])));
  }
  return run;
}

const begun = async (store: Store) =>
  session("s", { store }).append(
    [
      { role: "system", content: "A rule." },
      ...Array.from({ length: 10 }, (_, i) => [
        { role: "user" as const, content: `Question ${i}: what is ${i} and ${i}?` },
        { role: "assistant" as const, content: `It is ${2 * i}, as ever.` },
      ]).flat(),
    ],
    { version: 0 },
  );

/** What must be the same, whatever happened on the way. */
function essence(run: Run) {
  const { status, output, text, stoppedBy, messages, usage, cost, plan, ledger } = run;
  const steps = run.steps.map(({ at: _at, ms: _ms, calls, ...step }) => ({
    ...step,
    calls: calls.map(({ at: _a, ms: _m, ledger: _l, ...call }) => call),
  }));
  const effects = ledger
    .map(({ begun: _, ...line }) => line)
    .sort((a, b) => (a.idempotencyKey < b.idempotencyKey ? -1 : 1));
  const said = { status, output, text, stoppedBy, messages, usage, cost, plan, effects, steps };
  // Dollars are the same but for the order in which they were added up.
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(12)) : value;
  return JSON.parse(JSON.stringify(said, rounded)) as unknown;
}

const long = Boolean(process.env.POLYCALL_LONG);

test("broken off at every write, and gone on with by another process: the same run, and nothing asked twice", async () => {
  for (let seed = 1; seed <= (long ? 60 : 8); seed++) {
    const whole = memoryStore();
    await begun(whole);
    let writes = 0;
    const counting: Store = {
      ...whole,
      append: (...args) => {
        writes++;
        return whole.append(...args);
      },
    };
    const calm = team({ store: counting, seed, calls: [] });
    const expected = await toTheEnd(
      calm.alone,
      () => calm.lead.run("Work.", { runId: "r", session: "s" }),
      (decisions) => calm.lead.resume("r", { decisions }),
    );
    const conversation = await session("s", { store: whole }).messages();
    const every = long ? 1 : 13;
    for (let at = seed % every; at < writes; at += every) {
      const where = `seed ${seed}, write ${at}`;
      const store = memoryStore();
      await begun(store);
      const calls: string[] = [];
      let left = at;
      const failing: Store = {
        ...store,
        append: (...args) => {
          if (left-- <= 0) return Promise.reject(new StoreError("The disk is gone."));
          return store.append(...args);
        },
      };
      const first = team({ store: failing, seed, calls });
      const broke = await toTheEnd(
        calm.alone,
        () => first.lead.run("Work.", { runId: "r", session: "s" }),
        (decisions) => first.lead.resume("r", { decisions }),
      ).catch((error: RunError) => error);
      expect(broke, where).toBeInstanceOf(Error);
      const kept = await store.read("run/r");
      const second = team({ store, seed, calls });
      const run = await toTheEnd(
        calm.alone,
        () =>
          kept.length > 0
            ? second.lead.resume("r")
            : second.lead.run("Work.", { runId: "r", session: "s" }),
        (decisions) => second.lead.resume("r", { decisions }),
      );
      expect(essence(run), where).toEqual(essence(expected));
      expect(await session("s", { store }).messages(), where).toEqual(conversation);
      // Only what was under way at the break is asked for again.
      const twice = first.asked.length + second.asked.length - calm.asked.length;
      expect(twice, where).toBeLessThanOrEqual(4);
    }
  }
}, 600_000);
