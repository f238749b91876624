/** What our server serves in the tests; started as a program, over stdio. */
import { imagePart, type ToolContext, tool } from "@polycall/core";
import { serveMcp } from "@polycall/mcp";
import * as z from "zod";

const png = Uint8Array.from(atob("iVBORw0KGgo="), (character) => character.charCodeAt(0));
/** What happened to the calls of `wait`. */
const waited: string[] = [];

interface Progress extends ToolContext {
  progress(value: unknown): void;
}

export const price = tool({
  name: "get_price",
  description: "Price of a return ticket",
  parameters: z.object({
    city: z.string(),
    class: z.enum(["economy", "business"]).default("economy"),
  }),
  execute: ({ city, class: kind }) => ({ city, price: kind === "economy" ? 799 : 2_400 }),
});
const tools = [
  price,
  tool({
    name: "picture",
    parameters: z.object({}),
    execute: () => [{ type: "text", text: "Look:" }, imagePart(png)],
  }),
  tool({
    name: "add",
    description: "Adds",
    parameters: {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "integer" } },
      required: ["a", "b"],
    },
    execute: ({ a, b }) => `${Number(a) + Number(b)}`,
  }),
  tool({
    name: "slow",
    parameters: z.object({}),
    execute: async (_, { progress }: Progress) => {
      progress({ progress: 1, total: 2, message: "half" });
      progress("nearly");
      // The official client drops progress that comes in one piece with the result.
      await new Promise((resolve) => setTimeout(resolve, 30));
      return "done";
    },
  }),
  tool({
    name: "wait",
    parameters: z.object({}),
    execute: (_, { signal }) =>
      new Promise<string>(() => {
        waited.push("started");
        signal?.addEventListener("abort", () => waited.push("aborted"));
      }),
  }),
  tool({
    name: "waited",
    parameters: z.object({}),
    execute: () => waited.join(),
  }),
  tool({
    name: "fails",
    parameters: z.object({ how: z.string() }),
    execute: ({ how }) => {
      if (process.argv[2] === "stdio") console.log("a line of the tool's own");
      if (how === "hangs") return new Promise(() => {});
      if (how === "cycle") {
        const cycle: { self?: unknown } = {};
        cycle.self = cycle;
        return cycle;
      }
      if (how === "nothing") return undefined;
      throw new Error(
        `connect postgres://admin:hunter22@db:5432 failed, key sk-proj-abcdefghijklmnop1234, env ${process.env.POLYCALL_TEST_SECRET_KEY}, Authorization: Bearer abcdefghijkl.mnop, password=letmein99`,
      );
    },
    timeout: 300,
  }),
  tool({
    name: "lies",
    parameters: z.object({}),
    execute: () => ({ count: "many" }),
  }),
];

export const service = () =>
  serveMcp({
    name: "tickets",
    version: "2.1.0",
    instructions: "Prices are in dollars.",
    tools,
    agents: [
      {
        name: "flight assistant",
        description: "Books flights",
        run: async (input) => ({ text: `Booked: ${input}` }),
      },
      {
        name: "lost",
        run: async () => {
          throw new Error("no model");
        },
      },
    ],
    outputs: {
      get_price: z.object({ city: z.string(), price: z.number() }),
      lies: { type: "object", properties: { count: { type: "number" } }, required: ["count"] },
    },
  });

if (process.argv[2] === "stdio") await service().stdio();
