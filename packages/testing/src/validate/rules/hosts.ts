/**
 * What particular OpenAI-compatible hosts refuse in a history. Sources: their own 400s, as recorded
 * or as told in public issues (2026); where none was at hand the wording is ours.
 */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { openaiRefusal } from "../words/openai.ts";

type Rule = (messages: JsonObject[], body: JsonObject) => Refusal | undefined;

const callsOf = (message: JsonObject) => asArray(message.tool_calls).map(asObject);

/** Mistral: ids of nine letters or digits, only the assistant after a result, known fields only. */
const mistral: Rule = (messages) => {
  for (const [index, message] of messages.entries()) {
    const ids = [...callsOf(message).map(({ id }) => id), message.tool_call_id ?? undefined];
    const bad = ids.find((id) => id !== undefined && !/^[a-zA-Z0-9]{9}$/.test(asString(id)));
    if (bad !== undefined) {
      return openaiRefusal(
        `Tool call id was ${asString(bad)} but must be a-z, A-Z, 0-9, with a length of 9.`,
      );
    }
    const { role } = message;
    if (messages[index - 1]?.role === "tool" && role !== "tool" && role !== "assistant") {
      return openaiRefusal(`Unexpected role '${asString(role)}' after role 'tool'`);
    }
    const isMute = !message.content && callsOf(message).length === 0;
    if (role === "assistant" && isMute && message.content !== "") {
      return openaiRefusal(
        "Assistant message must have either content or tool_calls, but not none.",
      );
    }
  }
  const last = messages.at(-1);
  if (last?.role === "assistant" && last.prefix !== true) {
    return openaiRefusal(
      "Expected last role User or Tool (or Assistant with prefix True) for serving but got assistant",
    );
  }
  return unknownField(messages, [
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "prefix",
  ]);
};

function unknownField(messages: JsonObject[], known: string[]): Refusal | undefined {
  for (const [index, message] of messages.entries()) {
    const key = Object.keys(message).find((name) => !known.includes(name));
    if (key) {
      return { status: 422, message: `messages.${index}.${key}: Extra inputs are not permitted` };
    }
  }
  return undefined;
}

/** Groq: "property 'reasoning_content' is unsupported". The types of groq-sdk 1.6. */
const groq: Rule = (messages) => {
  const known = [
    "role",
    "content",
    "name",
    "tool_calls",
    "tool_call_id",
    "function_call",
    "reasoning",
  ];
  for (const [index, message] of messages.entries()) {
    const key = Object.keys(message).find((name) => !known.includes(name));
    if (key) {
      const told = `'messages.${index}' : for 'role:${asString(message.role)}' the following must be satisfied[('messages.${index}' : property '${key}' is unsupported)]`;
      return openaiRefusal(told);
    }
  }
  return undefined;
};

const isOff = (body: JsonObject) => asObject(body.thinking).type === "disabled";

/** DeepSeek V4, thinking: a turn with calls goes back with its reasoning, if only an empty one. */
const deepseek: Rule = (messages, body) => {
  if (!/^deepseek-(v4|reasoner)/.test(asString(body.model)) || isOff(body)) return undefined;
  const isLost = (message: JsonObject) =>
    callsOf(message).length > 0 && typeof message.reasoning_content !== "string";
  return messages.some(isLost)
    ? openaiRefusal("The `reasoning_content` in the thinking mode must be passed back to the API.")
    : undefined;
};

/** Kimi, thinking: the same, and an empty one counts as missing (seen on K2.5 and K2.6). */
const moonshot: Rule = (messages, body) => {
  if (!/^kimi-(k2\.[5-9]|k[3-9])/.test(asString(body.model)) || isOff(body)) return undefined;
  const index = messages.findIndex(
    (message) => callsOf(message).length > 0 && !message.reasoning_content,
  );
  return index === -1
    ? undefined
    : openaiRefusal(
        `thinking is enabled but reasoning_content is missing in assistant tool call message at index ${index}`,
      );
};

/** Perplexity: after the system messages user and assistant take turns. */
const perplexity: Rule = (messages) => {
  const turns = messages.filter(
    ({ role }, at) => role !== "system" || messages[at - 1]?.role !== "system",
  );
  const talk = turns[0]?.role === "system" ? turns.slice(1) : turns;
  return talk.some(
    ({ role }, at) => role === "system" || (role !== "tool" && role === talk[at - 1]?.role),
  )
    ? openaiRefusal(
        "After the (optional) system message(s), user and assistant roles should be alternating.",
      )
    : undefined;
};

const rules: Record<string, Rule> = { mistral, groq, deepseek, moonshot, perplexity };

/** The first rule of the host's own that a history breaks. */
export function hostRules(
  provider: string,
  body: JsonObject,
  messages: JsonObject[],
): Refusal | undefined {
  return Object.hasOwn(rules, provider) ? rules[provider]!(messages, body) : undefined;
}
