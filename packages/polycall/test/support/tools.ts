/** A tool that the simulator likes to call, and the loop that answers its calls. */
import * as z from "zod";
import { type AssistantMessage, type Message, tool } from "../../src/index.ts";
import type { Reply } from "./chunks.ts";

const prices: Record<string, string> = { London: "$799", Paris: "$899", Rome: "$649" };

export const getPrice = tool({
  name: "get_ticket_price",
  description: "Price of a return ticket to a city",
  parameters: z.object({ city: z.string().describe("The city to travel to") }),
  execute: ({ city }) => `A ticket to ${city} is ${prices[city] ?? "not sold"}.`,
});

export const getTime = tool({
  name: "get_time",
  description: "The time in a city",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => `It is noon in ${city}.`,
});

export const tools = [getPrice, getTime] as const;

/** The reply's message and the results of its calls: what the next request adds to the history. */
export async function answered(reply: Reply): Promise<Message[]> {
  const message: AssistantMessage = reply.choices[0]!.message;
  const results = reply.toolCalls.map(async ({ id, name, args }) => {
    const called = tools.find((one) => one.function.name === name)!;
    const content = await called.execute(args as { city: string }, { toolCallId: id });
    return { role: "tool" as const, tool_call_id: id, content };
  });
  return [message, ...(await Promise.all(results))];
}
