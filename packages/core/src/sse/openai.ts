/** Chunks as OpenAI's server-sent events, which the official `openai` client reads. */
import type { PolycallError } from "../errors.ts";
import type { EventEncoder } from "./respond.ts";

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;

export function openaiEvents(): EventEncoder {
  return {
    chunk: event,
    end: () => "data: [DONE]\n\n",
    error(error) {
      const { message, name, code } = error as PolycallError;
      return event({ error: { message, type: name, code: code ?? null } });
    },
  };
}
