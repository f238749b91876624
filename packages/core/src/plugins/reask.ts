/** The plugin that lets a model repair a reply that does not fit its schema. */
import type { Call } from "../call.ts";
import { SchemaValidationError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import type { Completion } from "../types/input.ts";
import type { Message } from "../types/messages.ts";

/** Not after a refusal, a filter or a cut: the model would only do it again. */
function worthAsking(error: unknown): error is SchemaValidationError {
  if (!(error instanceof SchemaValidationError)) return false;
  const choice = (error.reply as Completion | undefined)?.choices[0];
  return choice?.finish_reason === "stop" && !choice.message.refusal;
}

/** Asks once more when a structured reply does not fit its schema, saying what was wrong. */
export function reask(): Plugin {
  const asked = new WeakSet<Call>();
  return async function reask(request, next, call) {
    try {
      return await next(request);
    } catch (error) {
      if (!("messages" in request) || request.stream || !worthAsking(error)) throw error;
      if (asked.has(call)) throw error;
      asked.add(call);
      const { message } = (error.reply as Completion).choices[0]!;
      const wrong: Message = {
        role: "user",
        content: `Your reply does not fit the JSON schema that was asked for: ${error.message}\nReply again with the corrected JSON only.`,
      };
      call.warnings.push({
        param: "response_format",
        action: "repaired",
        reason: `asked once more: ${error.message}`,
      });
      return await next({ ...request, messages: [...request.messages, message, wrong] });
    }
  };
}
