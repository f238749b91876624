/** What polycall does in every runtime: checks that need nothing but the language and zod. */
import { createClient, PolycallError, tool } from "polycall";
import * as z from "zod";

/** Where each provider is, as `createClient({ providers })` takes it. */
export type Providers = Record<string, { baseURL: string; apiKey: string }>;

/** What came of it. */
export interface Report {
  /** The runtime's own name and version. */
  runtime: string;
  /** E.g. "openai: calls a tool". */
  passed: string[];
  failed: { check: string; error: string }[];
}

/** One model of each adapter, and one of a host. */
export const models = [
  "openai/gpt-5-mini",
  "anthropic/claude-haiku-4-5",
  "gemini/gemini-2.5-flash",
  "openrouter/z-ai/glm-4.7",
  "ollama/qwen3",
];

/** A request for a long stream, which is left early; the server looks for it. */
export const leavingWords = {
  loop: "Count to 200, and I shall leave the loop.",
  signal: "Count to 200, and I shall abort.",
};

const ask = (content: string) => [{ role: "user" as const, content }];

const prices: Record<string, number> = { London: 799, Paris: 899, Tokyo: 1400 };
const getPrice = tool({
  name: "get_ticket_price",
  description: "Price in dollars of a return ticket to a city",
  parameters: z.object({ city: z.string() }),
  execute: async ({ city }) => prices[city] ?? "unknown",
});

type Client = ReturnType<typeof createClient>;

/** In this order: the server slows the two that are left early by their place in it. */
const checks: Record<string, (client: Client, model: string) => Promise<void>> = {
  async "streams text"({ completion }, model) {
    const messages = ask("Tell a joke about cats.");
    const stream = await completion({ model, messages, stream: true });
    let text = "";
    let chunks = 0;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      chunks++;
    }
    hold(chunks > 2, `${chunks} chunks`);
    hold(/^\(simulator\).* cat/i.test(text), text);
    const final = await stream.final();
    hold(final.text === text, `final() says ${final.text}, the chunks ${text}`);
    hold((final.usage?.total_tokens ?? 0) > 0, "no usage");
  },

  async "calls a tool"({ completion }, model) {
    const messages = ask("How much is a ticket to London?");
    const asked = await completion({ model, messages, tools: [getPrice] });
    const [call] = asked.toolCalls;
    hold(call?.name === "get_ticket_price", `called ${call?.name}`);
    hold(call!.args.city === "London", JSON.stringify(call!.args));
    const price = await getPrice.execute(call!.args, { toolCallId: call!.id });
    const told = { role: "tool" as const, tool_call_id: call!.id, content: String(price) };
    const answer = await completion({
      model,
      messages: [...messages, asked.choices[0]!.message, told],
      tools: [getPrice],
    });
    hold(answer.text.includes("799"), answer.text);
  },

  async "reads an object"({ completion }, model) {
    const joke = z.object({ setup: z.string(), punchline: z.string() });
    const messages = ask("Tell a joke about cats.");
    const { parsed } = await completion({ model, messages, response_format: joke });
    hold(joke.safeParse(parsed).success, JSON.stringify(parsed));
  },

  async "leaves a stream's loop"({ completion }, model) {
    const stream = await completion({ model, messages: ask(leavingWords.loop), stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
  },

  async "aborts a stream"({ completion }, model) {
    const controller = new AbortController();
    const { signal } = controller;
    const messages = ask(leavingWords.signal);
    const stream = await completion({ model, messages, stream: true, signal });
    const error = await failureOf(async () => {
      for await (const chunk of stream) if (chunk.choices[0]?.delta.content) controller.abort();
    });
    hold(error instanceof PolycallError, `threw ${error}`);
    hold((error as Error).name === "AbortError", `threw a ${(error as Error).name}`);
  },
};

/** The names of the checks, each of which every model has to pass. */
export const checkNames = Object.keys(checks);

/** Runs every check with every model. Never throws. */
export async function scenario(providers: Providers): Promise<Report> {
  const client = createClient({ providers });
  const report: Report = { runtime: navigator.userAgent, passed: [], failed: [] };
  for (const model of models) {
    for (const [name, check] of Object.entries(checks)) {
      const label = `${model.split("/")[0]}: ${name}`;
      const error = await failureOf(() => check(client, model));
      if (error === undefined) report.passed.push(label);
      else report.failed.push({ check: label, error: String((error as Error).stack ?? error) });
    }
  }
  return report;
}

async function failureOf(run: () => Promise<void>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error ?? new Error(`threw ${error}`);
  }
}

function hold(condition: boolean, seen: string): void {
  if (!condition) throw new Error(`seen: ${seen}`);
}
