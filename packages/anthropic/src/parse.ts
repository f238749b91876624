/** Anthropic's whole reply into ours. Pure. */
import {
  type Annotation,
  type CompletionData,
  type Plan,
  ReplyFailure,
  type ReplyMessage,
  type ThinkingBlock,
  type ToolCall,
} from "@polycall/core";
import { argumentsOf, type Block, isBlock, isObject, textOf } from "./blocks.ts";
import { finishReason } from "./finish.ts";
import { usageOf } from "./usage.ts";

const tiers: Record<string, CompletionData["service_tier"]> = {
  standard: "default",
  priority: "priority",
};

/**
 * @param body a `Message`, or what the decoder folded (which adds `created`, seconds since 1970)
 * @throws ReplyFailure when the body is an error; TypeError when it is no message at all
 */
export function parse(body: unknown, plan: Plan): CompletionData {
  if (isObject(body) && (body.type === "error" || isObject(body.error))) {
    throw new ReplyFailure(body);
  }
  if (!isObject(body) || !Array.isArray(body.content)) {
    throw new TypeError("there is no list of content blocks");
  }
  const blocks = body.content.filter(isBlock);
  const message = messageOf(blocks, plan, body.id);
  message.refusal = refusalOf(body) ?? null;
  const data: CompletionData = {
    id: typeof body.id === "string" ? body.id : "",
    object: "chat.completion",
    created: typeof body.created === "number" ? body.created : Math.floor(Date.now() / 1000),
    model: typeof body.model === "string" ? body.model : plan.model,
    choices: [
      {
        index: 0,
        finish_reason: finishReason(body.stop_reason, !!message.tool_calls),
        message,
        logprobs: null,
      },
    ],
  };
  if (typeof body.stop_reason === "string") data.choices[0]!.finish_reason_raw = body.stop_reason;
  const usage = usageOf(body.usage);
  if (usage) data.usage = usage;
  const tier = serviceTier(body.usage);
  if (tier) data.service_tier = tier;
  return data;
}

/** Why the model refused, where it says so. */
export function refusalOf({ stop_reason, stop_details }: { [key: string]: unknown }) {
  if (stop_reason !== "refusal" || !isObject(stop_details)) return undefined;
  const { explanation } = stop_details;
  return typeof explanation === "string" ? explanation : undefined;
}

/** Tool calls that belong to the caller: not the stand-in for a schema. */
export function isCall(block: Block, plan: Plan): boolean {
  return block.type === "tool_use" && block.name !== plan.outputTool;
}

/** The caller's name of a tool, where the plan had to rename it. */
export function callerName(block: Block, plan: Plan): string {
  const name = String(block.name ?? "");
  return plan.toolNames && Object.hasOwn(plan.toolNames, name) ? plan.toolNames[name]! : name;
}

/** The id of a call that came as text: the reply's own, which is as unique. */
export function forcedCallId(messageId: unknown): string {
  return `toolu_${String(messageId ?? "").replace(/^msg_/, "")}`;
}

function messageOf(blocks: readonly Block[], plan: Plan, id: unknown): ReplyMessage {
  const calls: ToolCall[] = [];
  const thinking: ThinkingBlock[] = [];
  const annotations: Annotation[] = [];
  let reasoning = "";
  let content = "";
  let hasText = false;
  let standsIn = false;
  for (const block of blocks) {
    if (block.type === "text") {
      const text = typeof block.text === "string" ? block.text : "";
      annotations.push(...annotationsOf(block, content.length));
      content += text;
      hasText = true;
    } else if (block.type === "thinking" || block.type === "redacted_thinking") {
      if (typeof block.thinking === "string") reasoning += block.thinking;
      thinking.push(block as ThinkingBlock);
    } else if (isCall(block, plan)) {
      calls.push({
        id: String(block.id ?? ""),
        type: "function",
        function: { name: callerName(block, plan), arguments: argumentsOf(block) },
      });
    } else if (block.type === "tool_use") {
      content += argumentsOf(block);
      hasText = true;
      standsIn = true;
    }
  }
  if (plan.forcedTool !== undefined && content) {
    const name = callerName({ type: "tool_use", name: plan.forcedTool }, plan);
    calls.push({ id: forcedCallId(id), type: "function", function: { name, arguments: content } });
    hasText = false;
  }
  const message: ReplyMessage = {
    role: "assistant",
    content: hasText ? content : null,
    refusal: null,
  };
  if (calls.length) message.tool_calls = calls;
  if (annotations.length) message.annotations = annotations;
  if (reasoning) message.reasoning_content = reasoning;
  // The call, or the text, is not what the model signed: the next request cannot carry that. Without
  // items the state says whose the reasoning is: nobody else is sent it.
  const isRewritten = plan.forcedTool !== undefined || standsIn;
  if (thinking.length && !isRewritten) message.thinking_blocks = thinking;
  const items = isRewritten ? [] : opaqueOf(blocks);
  if (items.length || reasoning) {
    const { provider, model, endpoint } = plan;
    message.provider_state = [{ provider, model, endpoint, items }];
  }
  return message;
}

/**
 * The citations of a text block that name a web page; a citation covers its whole block.
 * @param start where the block's text begins in the message's
 */
export function annotationsOf(block: Block, start: number): Annotation[] {
  if (!Array.isArray(block.citations) || !block.citations.length) return [];
  const end = start + (typeof block.text === "string" ? block.text.length : 0);
  return block.citations.flatMap((citation: unknown): Annotation[] => {
    if (!isObject(citation)) return [];
    const url = citation.url ?? citation.source;
    if (typeof url !== "string" || !/^https?:/.test(url)) return [];
    const title = typeof citation.title === "string" ? citation.title : "";
    return [
      { type: "url_citation", url_citation: { start_index: start, end_index: end, url, title } },
    ];
  });
}

/** All blocks as they came, when some of them cannot be rebuilt from our message; else none. */
function opaqueOf(blocks: readonly Block[]): readonly Block[] {
  const isOpaque = (block: Block) =>
    !(block.type === "text" || block.type === "tool_use") ||
    (isObject(block.caller) && block.caller.type !== "direct");
  if (!blocks.some(isOpaque)) return [];
  // An empty text block comes back from the API but is refused by it.
  return blocks.filter((block) => block.type !== "text" || textOf([block]) !== "");
}

function serviceTier(usage: unknown): CompletionData["service_tier"] {
  if (!isObject(usage)) return undefined;
  if (usage.speed === "fast") return "fast";
  return typeof usage.service_tier === "string" ? tiers[usage.service_tier] : undefined;
}
