/** Structured output on hosts that know half of it. */
import type { Message, WireResponseFormat } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** JSON mode without schemas (DeepSeek, Z.ai): the schema goes into the prompt, core checks the reply. */
export const schemaInPrompt: Quirk = {
  name: "schemaInPrompt",
  messages(messages, { request, changes }) {
    const format = request.response_format;
    if (format?.type !== "json_schema") return messages;
    const { schema, description } = format.json_schema;
    const text =
      "Answer with one JSON value only, no other text. " +
      `${description ? `It is: ${description}. ` : ""}It must fit this JSON Schema:\n` +
      JSON.stringify(schema ?? {});
    changes.note({
      param: "response_format",
      action: "emulated",
      from: "json_schema",
      to: "json_object, with the schema in a system message",
      reason: "this host's JSON mode takes no schema; the reply is checked here",
    });
    const instruction: Message = { role: "system", content: text };
    const first = messages.findIndex((message) => message.role !== "system");
    const at = first < 0 ? messages.length : first;
    return [...messages.slice(0, at), instruction, ...messages.slice(at)];
  },
  body(body) {
    const format = body.response_format as WireResponseFormat | undefined;
    if (format?.type === "json_schema") body.response_format = { type: "json_object" };
  },
};

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
