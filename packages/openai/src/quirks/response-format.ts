/** Structured output on hosts that know half of it. */
import type { Message, WireResponseFormat } from "@polycall/core";
import type { Draft, Quirk } from "./quirk.ts";

export interface FormatLimits {
  /** The models whose JSON mode takes no schema; default: all. */
  readonly withoutSchema?: RegExp;
  /** A format beside tools is a 400. */
  readonly notWithTools?: boolean;
}

/** What is sent in place of the format, where the host does not take it. */
type Instead = "json_object" | "no format";

/** A schema that the host's JSON mode does not take goes into the prompt; core checks the reply. */
export function schemaInPrompt({ withoutSchema, notWithTools }: FormatLimits = {}): Quirk {
  const insteadOf = ({ request, model }: Draft): Instead | undefined => {
    const format = request.response_format;
    if (!format || format.type === "text") return undefined;
    const hasTools = !!request.tools?.length || !!request.functions?.length;
    if (notWithTools && hasTools) return "no format";
    if (format.type !== "json_schema" || withoutSchema?.test(model) === false) return undefined;
    return "json_object";
  };
  return {
    name: "schemaInPrompt",
    messages(messages, draft) {
      const instead = insteadOf(draft);
      if (!instead) return messages;
      const format = draft.request.response_format!;
      draft.changes.note({
        param: "response_format",
        action: "emulated",
        from: format.type,
        to: `${instead}, with what is wanted in a system message`,
        reason:
          instead === "json_object"
            ? "this host's JSON mode takes no schema; the reply is checked here"
            : "this host takes no format beside tools; the reply is checked here",
        ...(instead === "no format" && { rule: "groq/tools-format" }),
      });
      return withSystem(messages, instruction(format, instead === "no format"));
    },
    body(body, draft) {
      const instead = insteadOf(draft);
      if (instead === "json_object") body.response_format = { type: "json_object" };
      else if (instead) delete body.response_format;
    },
  };
}

/** After the system messages that stand at the start. */
function withSystem(messages: readonly Message[], content: string): readonly Message[] {
  const first = messages.findIndex((message) => message.role !== "system");
  const at = first < 0 ? messages.length : first;
  return [...messages.slice(0, at), { role: "system", content }, ...messages.slice(at)];
}

/**
 * JSON mode wants the word "json" somewhere in the messages: without it OpenAI, Azure and Groq answer
 * 400, and DeepSeek's models may write white space without end.
 */
export const jsonIsSaid: Quirk = {
  name: "jsonIsSaid",
  onBoth: true,
  messages(messages, { request, changes }) {
    if (request.response_format?.type !== "json_object" || messages.some(saysJson)) return messages;
    const to = "Answer with one JSON object.";
    const reason = 'without the word "json" in a message this host\'s JSON mode fails';
    changes.note({ param: "messages", action: "repaired", to, reason });
    return withSystem(messages, to);
  },
};

function saysJson({ content }: Message): boolean {
  if (typeof content === "string") return /json/i.test(content);
  return !!content?.some((part) => part.type === "text" && /json/i.test(part.text));
}

function instruction(format: WireResponseFormat, mayCallTools: boolean): string {
  const unless = mayCallTools ? "Unless you call a tool, answer" : "Answer";
  const value = format.type === "json_schema" ? "value" : "object";
  const text = `${unless} with one JSON ${value} only, no other text.`;
  if (format.type !== "json_schema") return text;
  const { schema, description } = format.json_schema;
  const what = description ? ` It is: ${description}.` : "";
  return `${text}${what} It must fit this JSON Schema:\n${JSON.stringify(schema ?? {})}`;
}

/** No JSON mode but schemas (LM Studio): any object is a schema too. */
export const jsonObjectIsSchema: Quirk = {
  name: "jsonObjectIsSchema",
  body(body) {
    const format = body.response_format as WireResponseFormat | undefined;
    if (format?.type !== "json_object") return;
    const json_schema = { name: "object", schema: { type: "object" } };
    body.response_format = { ...format, type: "json_schema", json_schema };
  },
};
