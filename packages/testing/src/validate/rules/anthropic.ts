/** What the Messages API refuses beyond the types: pairing, empty text, bounds, thinking. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { anthropicRefusal } from "../words/anthropic.ts";
import { refuseMarks } from "./anthropic-marks.ts";
import { refuseAnthropicModel } from "./anthropic-models.ts";

const MIN_BUDGET = 1024;

function blocksOf(message: JsonObject | undefined, type: string): JsonObject[] {
  return asArray(message?.content)
    .map(asObject)
    .filter((block) => block.type === type);
}

/** Consecutive messages of one role count as one message, as the service counts them. */
function merge(messages: JsonObject[]): { first: number; message: JsonObject }[] {
  const merged: { first: number; message: JsonObject }[] = [];
  for (const [index, message] of messages.entries()) {
    const last = merged.at(-1);
    const content = Array.isArray(message.content)
      ? message.content
      : [{ type: "text", text: message.content ?? "" }];
    if (last && last.message.role === message.role) {
      last.message = { ...last.message, content: [...asArray(last.message.content), ...content] };
    } else merged.push({ first: index, message: { ...message, content } });
  }
  return merged;
}

function refusePairing(messages: JsonObject[]): Refusal | undefined {
  const turns = merge(messages);
  for (const [at, { first, message }] of turns.entries()) {
    const before = blocksOf(turns[at - 1]?.message, "tool_use").map((b) => asString(b.id));
    const answered = new Set<string>();
    for (const [block, result] of blocksOf(message, "tool_result").entries()) {
      const id = asString(result.tool_use_id);
      if (!before.includes(id)) {
        return anthropicRefusal(
          `messages.${first}.content.${block}: unexpected \`tool_use_id\` found in \`tool_result\` ` +
            `blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block ` +
            "in the previous message.",
        );
      }
      if (answered.has(id)) {
        return anthropicRefusal(
          `messages.${first}.content.${block}: each tool_use must have a single result. Found ` +
            `multiple \`tool_result\` blocks with id: ${id}`,
        );
      }
      answered.add(id);
    }
    const late = asArray(message.content).map((block) => asObject(block).type === "tool_result");
    if (late.lastIndexOf(true) >= answered.size)
      return unanswered(turns[at - 1]?.first ?? 0, before);
    const missing = before.filter((id) => !answered.has(id));
    if (missing.length > 0) return unanswered(turns[at - 1]?.first ?? 0, missing);
    // The same id in a later turn is accepted: cross_provider_capability_replay__google-… (200).
    const own = blocksOf(message, "tool_use").map((block) => asString(block.id));
    if (new Set(own).size < own.length) {
      return anthropicRefusal(`messages.${first}: \`tool_use\` ids must be unique`);
    }
  }
  const last = turns.at(-1);
  const open = blocksOf(last?.message, "tool_use").map((block) => asString(block.id));
  return open.length > 0 ? unanswered(last?.first ?? 0, open) : undefined;
}

function unanswered(index: number, ids: string[]): Refusal {
  return anthropicRefusal(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately ` +
      `after: ${ids.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` ` +
      "block in the next message.",
  );
}

function refuseText(blocks: JsonObject[], where: string): Refusal | undefined {
  for (const block of blocks) {
    if (block.type !== "text") continue;
    const text = asString(block.text);
    if (text === "") return anthropicRefusal(`${where}: text content blocks must be non-empty`);
    if (text.trim() === "") {
      return anthropicRefusal(`${where}: text content blocks must contain non-whitespace text`);
    }
  }
  return undefined;
}

function refuseContent(messages: JsonObject[]): Refusal | undefined {
  if (messages.length === 0) {
    return anthropicRefusal("messages: at least one message is required");
  }
  for (const [index, { role, content }] of messages.entries()) {
    const isLastAssistant = index === messages.length - 1 && role === "assistant";
    const isEmpty = content === "" || (Array.isArray(content) && content.length === 0);
    if (isEmpty && !isLastAssistant) {
      return anthropicRefusal(
        `messages.${index}: all messages must have non-empty content except for the optional ` +
          "final assistant message",
      );
    }
    const blocks = asArray(content).map(asObject);
    const badText = refuseText(blocks, "messages");
    if (badText) return badText;
    const badId = blocks.findIndex(
      (block) => block.type === "tool_use" && !/^[a-zA-Z0-9_-]+$/.test(asString(block.id)),
    );
    if (badId !== -1) {
      return anthropicRefusal(
        `messages.${index}.content.${badId}.tool_use.id: String should match pattern ` +
          "'^[a-zA-Z0-9_-]+$'",
      );
    }
    const last = blocks.at(-1);
    if (role === "assistant" && /thinking$/.test(asString(last?.type))) {
      return anthropicRefusal(
        `messages.${index}: The final block in an assistant message cannot be \`thinking\`.`,
      );
    }
    const unsigned = blocks.findIndex(({ type, signature }) => type === "thinking" && !signature);
    if (unsigned !== -1) {
      return anthropicRefusal(
        `messages.${index}.content.${unsigned}: Invalid \`signature\` in \`thinking\` block`,
      );
    }
    const ending = typeof content === "string" ? content : asString(last?.text);
    if (isLastAssistant && /\s$/.test(ending)) {
      return anthropicRefusal(
        "messages: final assistant content cannot end with trailing whitespace",
      );
    }
  }
  return undefined;
}

function refuseTools(body: JsonObject): Refusal | undefined {
  const tools = asArray(body.tools).map(asObject);
  const badName = tools.findIndex(
    (tool) =>
      tool.input_schema !== undefined && !/^[a-zA-Z0-9_-]{1,128}$/.test(asString(tool.name)),
  );
  if (badName !== -1) {
    return anthropicRefusal(
      `tools.${badName}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`,
    );
  }
  if (tools.length > 0 || asArray(body.mcp_servers).length > 0) return undefined;
  const choice = asString(asObject(body.tool_choice).type);
  if (choice && choice !== "none") {
    return anthropicRefusal("tool_choice: may only be specified while providing tools");
  }
  const messages = asArray(body.messages).map(asObject);
  const hasToolBlocks = messages.some(
    (message) => blocksOf(message, "tool_use").length + blocksOf(message, "tool_result").length > 0,
  );
  return hasToolBlocks
    ? anthropicRefusal(
        "Requests which include `tool_use` or `tool_result` blocks must define tools",
      )
    : undefined;
}

function refuseThinking(body: JsonObject): Refusal | undefined {
  const thinking = asObject(body.thinking);
  if (thinking.type !== "enabled") return undefined;
  const budget = Number(thinking.budget_tokens);
  if (budget < MIN_BUDGET) {
    return anthropicRefusal(
      `thinking.enabled.budget_tokens: Input should be greater than or equal to ${MIN_BUDGET}`,
    );
  }
  if (budget >= Number(body.max_tokens)) {
    return anthropicRefusal("`max_tokens` must be greater than `thinking.budget_tokens`.");
  }
  const choice = asString(asObject(body.tool_choice).type);
  if (choice === "any" || choice === "tool") {
    return anthropicRefusal("Thinking may not be enabled when tool_choice forces tool use.");
  }
  if (typeof body.temperature === "number" && body.temperature !== 1) {
    return anthropicRefusal("`temperature` may only be set to 1 when thinking is enabled.");
  }
  return undefined;
}

/** While thinking is on, the assistant turn that is being continued begins with its thinking. */
function refuseLostThinking(body: JsonObject): Refusal | undefined {
  if (asObject(body.thinking).type !== "enabled") return undefined;
  const messages = asArray(body.messages).map(asObject);
  const index = messages.findLastIndex(({ role }) => role === "assistant");
  const message = messages[index];
  if (blocksOf(message, "tool_use").length === 0) return undefined;
  if (blocksOf(messages[index + 1], "tool_result").length === 0) return undefined;
  const first = asString(asObject(asArray(message?.content)[0]).type);
  if (/^(redacted_)?thinking$/.test(first)) return undefined;
  return anthropicRefusal(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found ` +
      `\`${first}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a ` +
      "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). To avoid " +
      "this requirement, disable `thinking`.",
  );
}

function refuseNumbers(body: JsonObject): Refusal | undefined {
  if (Number(body.max_tokens) < 1) {
    return anthropicRefusal("max_tokens: must be greater than or equal to 1");
  }
  for (const key of ["temperature", "top_p"]) {
    const value = body[key];
    if (typeof value === "number" && (value < 0 || value > 1)) {
      return anthropicRefusal(`${key}: range: 0..1`);
    }
  }
  return undefined;
}

/** The first rule a Messages request breaks. */
export function anthropicRules({ body, headers }: Checked): Refusal | undefined {
  if (!headers["anthropic-version"]) {
    return anthropicRefusal("anthropic-version: header is required");
  }
  const messages = asArray(body.messages).map(asObject);
  return (
    refuseNumbers(body) ??
    refuseContent(messages) ??
    refuseText(asArray(body.system).map(asObject), "system") ??
    refuseTools(body) ??
    refusePairing(messages) ??
    refuseThinking(body) ??
    refuseLostThinking(body) ??
    refuseMarks(body) ??
    refuseAnthropicModel(body)
  );
}
