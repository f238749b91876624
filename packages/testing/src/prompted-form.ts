/** The form of the reply that a system prompt asks for, where the API has no parameter for it. */
import type { JsonObject } from "./json.ts";
import { isObject } from "./json.ts";
import type { Turn } from "./turn.ts";

function schemaIn(text: string): JsonObject | undefined {
  if (!/json schema/i.test(text)) return undefined;
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) continue;
    try {
      const schema = JSON.parse(line);
      if (isObject(schema)) return schema;
    } catch {
      // A line of prose in braces.
    }
  }
  return undefined;
}

/** The turn with the JSON, and its schema on a line of its own, that the system prompt asks for. */
export function withPromptedForm(turn: Turn): Turn {
  if (turn.schema || !/\bJSON\b.*\b(only|nothing else)\b/is.test(turn.system)) return turn;
  const schema = schemaIn(turn.system);
  return schema ? { ...turn, schema } : { ...turn, json: true };
}
