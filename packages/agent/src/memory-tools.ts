/** The three tools by which a model uses its long-term memory. */
import { type Tool, tool } from "@polycall/core";
import type { AgentContext } from "./context.ts";
import type { ScopedMemory } from "./memory.ts";

type Arguments = { [key: string]: unknown };

/** `remember`, `recall` or `forget`. */
export type MemoryTool<Context> = Tool<
  "remember" | "recall" | "forget",
  Arguments,
  Arguments,
  unknown,
  AgentContext<Context>
>;

const text = (description: string) => ({ type: "string", description });
const object = (properties: Record<string, object>, required: string[]) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** @param memoryOf the memory of the user that a call is made for */
export function memoryTools<Context>(
  memoryOf: (context: AgentContext<Context>) => ScopedMemory,
): readonly MemoryTool<Context>[] {
  return [
    tool({
      name: "remember",
      description:
        "Remembers a fact about the user for later conversations: a preference, a name, a decision. One fact a call, in a sentence that can be understood alone. Never passwords or keys.",
      parameters: object(
        {
          text: text("The fact, such as: Prefers window seats."),
          tags: { type: "array", items: { type: "string" }, description: "Words to find it by." },
        },
        ["text"],
      ),
      execute: async (args: Arguments, context: AgentContext<Context>) => {
        const tags = (args.tags ?? []) as string[];
        const key = context.idempotencyKey;
        const fact = await memoryOf(context).remember(args.text as string, { key, tags });
        return { id: fact.id, remembered: fact.text, isNew: fact.isNew };
      },
    }),
    tool({
      name: "recall",
      description:
        "Finds what was remembered about the user in earlier conversations, by words. Returns facts with their ids, the best match first; for an empty query the newest.",
      parameters: object(
        {
          query: text("Words that the fact may hold, also synonyms."),
          limit: { type: "integer", minimum: 1, maximum: 50, description: "Default 10." },
        },
        ["query"],
      ),
      untrusted: true,
      mayRepeat: true,
      execute: async (args: Arguments, context: AgentContext<Context>) => {
        const memory = memoryOf(context);
        const query = String(args.query ?? "").trim();
        const limit = (args.limit as number | undefined) ?? 10;
        const facts = query ? await memory.recall(query, { limit }) : await memory.list({ limit });
        return facts.map(({ id, text, tags }) => ({ id, text, tags }));
      },
    }),
    tool({
      name: "forget",
      description: "Forgets a fact for good, when the user asks for it or it is no longer true.",
      parameters: object({ id: text("The id that recall or remember gave.") }, ["id"]),
      execute: async (args: Arguments, context: AgentContext<Context>) => {
        return { forgotten: await memoryOf(context).forget(String(args.id)) };
      },
    }),
  ] as readonly MemoryTool<Context>[];
}
