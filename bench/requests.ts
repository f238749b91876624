/** What is asked: one plain question, and a request as an agent sends it after 50 messages. */
import { type CompletionInput, type Message, tool } from "polycall";
import * as z from "zod";

type Messages = CompletionInput["messages"];

export const question = "hi ".repeat(99);
export const plainMessages: Messages = [{ role: "user", content: question }];

export const models = {
  chat: "openai/chat/gpt-4.1-mini",
  messages: "anthropic/claude-haiku-4-5",
  gemini: "gemini/gemini-3.5-flash-lite",
} as const;

const subjects = "flights trains hotels cars museums concerts weather prices visas events".split(
  " ",
);

/** Ten tools, made once, as a program does. */
const tools = subjects.map((subject) =>
  tool({
    name: `search_${subject}`,
    description: `Finds ${subject} for a place and a time, cheapest first.`,
    parameters: z.object({
      place: z.string().describe("City and country"),
      from: z.string().describe("First day, ISO 8601"),
      nights: z.number().int(),
      travellers: z.number().int().optional(),
      kind: z.enum(["cheap", "usual", "best"]),
    }),
    execute: async () => "",
  }),
);

const trip = z.object({
  city: z.string(),
  days: z.number().int(),
  hotel: z.string().describe("Name of the hotel"),
  price: z.number(),
  refundable: z.boolean(),
});

/** 50 messages: a system prompt, then questions, calls, results and answers in turn. */
function history(): Message[] {
  const messages: Message[] = [{ role: "system", content: "You plan journeys. ".repeat(20) }];
  for (let turn = 0; messages.length < 49; turn++) {
    const id = `call_${turn}`;
    const call = {
      id,
      type: "function" as const,
      function: {
        name: `search_${subjects[turn % 10]}`,
        arguments: JSON.stringify({
          place: "Paris, France",
          from: "2027-05-01",
          nights: 3,
          kind: "usual",
        }),
      },
    };
    messages.push(
      { role: "user", content: `And what of day ${turn}? ${question}` },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: id, content: JSON.stringify({ found: subjects, turn }) },
      { role: "assistant", content: `On day ${turn} there is this. ${question}` },
    );
  }
  messages.push({ role: "user", content: "Now the whole plan." });
  return messages;
}

export const realRequest = {
  messages: history(),
  tools,
  response_format: trip,
  max_tokens: 2000,
};
