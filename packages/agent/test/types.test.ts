/** What the compiler knows of an agent: what its tools need, what it answers, what its events hold. */
import { type AnyTool, type Tool, tool } from "@polycall/core";
import { expectTypeOf, test } from "vitest";
import * as z from "zod";
import {
  type AgentContext,
  type AgentEvent,
  type AnyAgent,
  agent,
  type Run,
  type RunStream,
} from "../src/index.ts";

interface Db {
  query(sql: string): Promise<string>;
}

const model = "openai/gpt-6-luna";
const plain = tool({
  name: "plain",
  parameters: z.object({ a: z.string() }),
  execute: ({ a }) => a,
});
const withDb = tool({
  name: "with_db",
  parameters: z.object({ sql: z.string() }),
  execute: ({ sql }, { context }: AgentContext<{ db: Db }>) => context.db.query(sql),
});
const withUser = tool({
  name: "with_user",
  parameters: z.object({}),
  execute: (_, { context, progress }: AgentContext<{ user: string }>) => {
    progress({ for: context.user });
    return 1;
  },
});

test("a tool's function is typed by its schema and by the context that it asks for", () => {
  expectTypeOf(withDb).toEqualTypeOf<
    Tool<"with_db", { sql: string }, { sql: string }, string, AgentContext<{ db: Db }>>
  >();
  tool({
    name: "x",
    parameters: z.object({ a: z.string() }),
    // @ts-expect-error approval looks at arguments that there are
    needsApproval: ({ b }) => !b,
    execute: () => 1,
  });
});

test("run() asks for what all tools need together, and for nothing where none asks", () => {
  const both = agent({ model, tools: [plain, withDb, withUser] });
  type Options = NonNullable<Parameters<typeof both.run>[1]>;
  expectTypeOf<Options["context"]>().toExtend<{ db: Db; user: string } | undefined>();
  const db: Db = { query: async () => "" };
  void (() => both.run("x", { context: { db, user: "anna" } }));
  // @ts-expect-error the user is missing
  void (() => both.run("x", { context: { db } }));
  // @ts-expect-error the context is missing
  void (() => both.run("x"));
  // @ts-expect-error also on resume
  void (() => both.resume("id"));
  void (() => agent({ model, tools: [plain] }).run("x"));
});

test("the answer is text, or the value of the schema", () => {
  const text = agent({ model });
  expectTypeOf(text.run).returns.resolves.toEqualTypeOf<Run<string>>();
  const typed = agent({ model, output: z.object({ n: z.number() }) });
  expectTypeOf(typed.run).returns.resolves.toEqualTypeOf<Run<{ n: number } | undefined>>();
  expectTypeOf(typed.stream).returns.toExtend<RunStream<{ n: number } | undefined>>();
});

test("an event of a call is told apart by the tool's name", () => {
  type Event = AgentEvent<readonly [typeof plain, typeof withDb]>;
  type Called = Extract<Event, { type: "tool_call" }>;
  expectTypeOf<Extract<Called, { name: "with_db" }>["args"]>().toEqualTypeOf<{ sql: string }>();
  expectTypeOf<Called["name"]>().toEqualTypeOf<"plain" | "with_db">();
});

test("an agent asks for what the tools of its sub-agents need, and a list of any tools for nothing", () => {
  const helper = agent({ model, name: "helper", tools: [withUser] });
  const lead = agent({ model, tools: [withDb, helper.asTool()] });
  const db: Db = { query: async () => "" };
  void (() => lead.run("x", { context: { db, user: "anna" } }));
  // @ts-expect-error the user is missing
  void (() => lead.run("x", { context: { db } }));
  const list: AnyTool[] = [plain];
  void (() => agent({ model, tools: list }).run("x"));
  const mixed = [plain, withDb];
  // @ts-expect-error the context is missing, also where the tools are a plain list
  void (() => agent({ model, tools: mixed }).run("x"));
});

test("an agent asks for what those need that it hands over to", () => {
  const clerk = agent({ model, name: "clerk", tools: [withUser] });
  const teller = agent({ model, name: "teller", handoffs: [clerk] });
  const db: Db = { query: async () => "" };
  const desk = agent({
    model,
    tools: [withDb],
    instructions: ({ user }) => `You serve ${user.toUpperCase()}.`,
    handoffs: [{ agent: teller, filter: (messages) => messages.slice(-1) }],
  });
  void (() => desk.run("x", { context: { db, user: "anna" } }));
  // @ts-expect-error the clerk's user is missing, two hand-offs away
  void (() => desk.run("x", { context: { db } }));
  // @ts-expect-error the context is missing
  void (() => teller.run("x"));
  // @ts-expect-error also where it hands over to is a plain list
  void (() => agent({ model, handoffs: Array.of(clerk) }).run("x"));
  void (() => agent({ model, handoffs: [agent({ model, name: "plain" })] }).run("x"));
  const bank = agent({ model, name: "bank", tools: [withDb] });
  const both = agent({ model, handoffs: [clerk, { agent: bank }] });
  void (() => both.run("x", { context: { db, user: "anna" } }));
  // @ts-expect-error the bank's database is missing
  void (() => both.run("x", { context: { user: "anna" } }));
  const any: AnyAgent[] = [clerk];
  void (() => agent({ model, handoffs: any }).run("x"));
  // @ts-expect-error the user is missing, and not found elsewhere
  void (() => desk.asTool().execute({ input: "x" }, { context: { db } }));
});

test("an agent is a tool with an input of text, or one's own", () => {
  const helper = agent({ model, name: "helper" });
  expectTypeOf(helper.asTool().execute).parameter(0).toEqualTypeOf<{ input: string }>();
  const own = helper.asTool({
    name: "own",
    parameters: z.object({ city: z.string() }),
    input: ({ city }) => city,
  });
  expectTypeOf(own.execute).parameter(0).toEqualTypeOf<{ city: string }>();
  agent({ model, tools: [helper.asTool(), own] });
  // @ts-expect-error completion()'s parameters are checked, too
  agent({ model, temperature: "hot" });
});
