/** OpenAI's messages as Anthropic's system text and turns. Pure. */
import {
  type AssistantMessage,
  answerOrphanCalls,
  type Changes,
  callArguments,
  callName,
  dropOrphanResults,
  emptyContent,
  foreignCallKeys,
  foreignMessageKeys,
  hoistSystem,
  legacyFunctions,
  type Message,
  orderResults,
  type ToolChoice,
  Trail,
  toolCallIds,
  toolNames,
  userFirst,
  type WireTool,
  warnOfLostMedia,
} from "@polycall/core";
import { type Block, filler, isObject, isThinkingBlock, type Turn } from "./blocks.ts";
import { blocksOf } from "./content.ts";
import type { ModelFacts } from "./models.ts";
import { foreignThinking, type Origin, ownState, replayed } from "./state.ts";

/** Keys of a message that are read or left out; others are unknown and go into the turn as they are. */
const onAny = ["role", "content", "name", "cache_control"];
const known: Record<string, ReadonlySet<string>> = {
  system: new Set(onAny),
  user: new Set(onAny),
  tool: new Set([...onAny, "tool_call_id"]),
  assistant: new Set([
    ...[...onAny, "refusal", "tool_calls", "function_call", "audio"],
    ...["annotations", "images", ...foreignMessageKeys],
  ]),
};
const knownCall = new Set(["id", "type", "function", "custom", ...foreignCallKeys]);
const knownFunction = new Set(["name", "arguments", ...foreignCallKeys]);

/** Source: the API's own 400, `tool_use.id` and `tools.name` [providers.md 1.4]. */
const validId = /^[a-zA-Z0-9_-]+$/;
const validName = /^[a-zA-Z0-9_-]{1,128}$/;
/** Beside Anthropic's own web search: "Tool names must be unique." */
const validBesideSearch = /^(?!web_search$)[a-zA-Z0-9_-]{1,128}$/;

export interface Conversation {
  system: Block[];
  turns: Turn[];
  tools: WireTool[] | undefined;
  choice: ToolChoice | undefined;
  /** Names on the wire -> the caller's. */
  names: Readonly<Record<string, string>> | undefined;
}

/**
 * Repairs the history, then translates it.
 * @throws UnsupportedParamsError for content that the API cannot take
 */
export function conversationOf(
  given: {
    messages: readonly Message[];
    tools?: WireTool[];
    choice?: ToolChoice;
    /** Anthropic's own web search is among the tools. */
    searches?: boolean;
  },
  facts: ModelFacts,
  origin: Origin,
  changes: Changes,
): Conversation {
  let messages = legacyFunctions(given.messages, changes);
  messages = dropOrphanResults(messages, changes);
  messages = orderResults(messages, changes);
  messages = answerOrphanCalls(messages, changes);
  messages = emptyContent(messages, changes, {
    dropBlank: true,
    filler,
    trimFinal: true,
  });
  const valid = given.searches ? validBesideSearch : validName;
  const named = toolNames(given.tools, messages, given.choice, changes, { valid });
  messages = toolCallIds(named.messages, changes, { valid: validId, unique: true });
  if (!startsCompacted(messages, origin)) messages = userFirst(messages, changes);
  const { system, rest, kept } = splitSystem(messages, facts, changes);
  return {
    system: blocksOf(system, "messages", changes),
    turns: turnsOf(rest, kept, origin, changes),
    tools: named.tools,
    choice: named.tool_choice,
    names: named.names,
  };
}

/** A compacted conversation begins with the model's own summary. */
function startsCompacted(messages: readonly Message[], origin: Origin): boolean {
  const first = messages.find(({ role }) => role !== "system" && role !== "developer");
  if (first?.role !== "assistant") return false;
  const [item] = ownState(first, origin)?.items ?? [];
  return isObject(item) && item.type === "compaction";
}

/**
 * The system text at the start and the turns. `kept` are later system messages that the model takes
 * where they stand: right after a user turn, with the model's turn or nothing following.
 */
function splitSystem(messages: readonly Message[], facts: ModelFacts, changes: Changes) {
  const kept = new Set<Message>();
  const trail = Trail.of(messages, changes);
  const marked = messages.map((message, index): Message => {
    const before = messages[index - 1]?.role;
    const after = messages[index + 1]?.role;
    const fits =
      facts.midSystem &&
      (message.role === "system" || message.role === "developer") &&
      (before === "user" || before === "tool") &&
      (after === undefined || after === "assistant");
    if (!fits) return message;
    const stand = trail.copy(message, { ...message, role: "user" } as Message);
    kept.add(stand);
    return stand;
  });
  return { ...hoistSystem(kept.size ? marked : messages, changes, { later: "as-user" }), kept };
}

function turnsOf(
  messages: readonly Message[],
  kept: ReadonlySet<Message>,
  origin: Origin,
  changes: Changes,
): Turn[] {
  const turns: Turn[] = [];
  const trail = Trail.of(messages, changes);
  for (const message of messages) {
    const turn = turnOf(message, trail.place(message), origin, changes);
    if (kept.has(message)) turn.role = "system";
    const last = turns.at(-1);
    // One turn for all results; a turn with keys of its own stays a turn of its own.
    if (last?.role === turn.role && Object.keys(turn).length === 2)
      last.content.push(...turn.content);
    else if (turn.content.length) turns.push(turn);
  }
  return turns.map((turn) => endedInWords(turn, changes));
}

/** Thinking that led to nothing: 400 "The final block in an assistant message cannot be `thinking`". */
function endedInWords(turn: Turn, changes: Changes): Turn {
  const last = turn.content.at(-1);
  if (!last || !isThinkingBlock(last)) return turn;
  const reason = "this API refuses a turn that ends in thinking";
  changes.note({ param: "messages", action: "repaired", to: filler, reason });
  return { ...turn, content: [...turn.content, { type: "text", text: filler }] };
}

function turnOf(message: Message, place: string, origin: Origin, changes: Changes): Turn {
  if ("name" in message && message.name) {
    const reason = "this API has no names of participants";
    changes.hint({ param: `${place}.name`, action: "dropped", from: message.name, reason });
  }
  const others = unknownKeys(message, known[message.role] ?? known.user!);
  const { cache_control } = message as { cache_control?: unknown };
  const mark = cache_control === undefined ? undefined : { cache_control };
  if (message.role === "assistant") {
    const blocks = assistantBlocks(message, place, origin, changes);
    const content = marked(blocks, mark, place, changes);
    return { role: "assistant", content, ...others };
  }
  const { content: given } = message;
  const isText = message.role === "tool" && typeof given === "string";
  const content = isText ? [] : blocksOf(given, `${place}.content`, changes);
  if (message.role !== "tool") {
    return { role: "user", content: marked(content, mark, place, changes), ...others };
  }
  const result = isText ? given : content;
  return {
    role: "user",
    content: [
      {
        type: "tool_result",
        tool_use_id: message.tool_call_id,
        content: result,
        ...mark,
        ...others,
      },
    ],
  };
}

/** LiteLLM's mark on a whole message is Anthropic's on its last block that is not thinking. */
function marked(
  blocks: Block[],
  mark: { cache_control: unknown } | undefined,
  place: string,
  changes: Changes,
): Block[] {
  if (!mark?.cache_control) return blocks;
  const last = blocks.findLastIndex((block) => !isThinkingBlock(block));
  if (last >= 0) return blocks.with(last, { ...blocks[last]!, ...mark });
  changes.hint({
    param: `${place}.cache_control`,
    action: "dropped",
    from: mark.cache_control,
    reason: "thinking carries no cache mark, and the message holds nothing else",
  });
  return blocks;
}

/** The keys of an object beyond those that have a meaning here; undefined where there are none. */
function unknownKeys(
  from: object,
  known: ReadonlySet<string>,
): { [key: string]: unknown } | undefined {
  let others: { [key: string]: unknown } | undefined;
  for (const key of Object.keys(from)) {
    if (known.has(key)) continue;
    const value = (from as { [key: string]: unknown })[key];
    if (value !== undefined) others = { ...others, [key]: value };
  }
  return others;
}

function assistantBlocks(
  message: AssistantMessage,
  place: string,
  origin: Origin,
  changes: Changes,
): Block[] {
  const state = replayed(message, origin, place, changes);
  if (state) return state;
  warnOfLostMedia(message, place, ["audio", "images"], "Anthropic", changes);
  const blocks = foreignThinking(message, place, changes);
  blocks.push(...blocksOf(message.content, `${place}.content`, changes));
  if (message.refusal && !blocks.length) blocks.push({ type: "text", text: message.refusal });
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    const at = `${place}.tool_calls[${index}]`;
    blocks.push({
      type: "tool_use",
      id: call.id,
      name: callName(call),
      input: callArguments(call, at, changes),
      ...(call.type !== "custom" && unknownKeys(call.function, knownFunction)),
      ...unknownKeys(call, knownCall),
    });
  }
  return blocks;
}
