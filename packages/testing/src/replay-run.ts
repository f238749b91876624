/** What a model said in an agent's run that was kept, said again: the run as a test, without a key. */
import type { JsonObject } from "./json.ts";
import type { Scripted, ScriptedReply } from "./script.ts";
import type { Turn } from "./turn.ts";

/** The `state` of a run of `@polycall/agent`, or JSON of it. */
export interface KeptRun {
  runId: string;
  entries: readonly object[];
}

interface Kept {
  /** The last words that the run was begun with. */
  input: string;
  /** How often the model had answered them before. */
  before: number;
  reply: ScriptedReply;
}

/**
 * The turns of a model for `script()`. Each is said to the conversation that it was said in, so that agents
 * which run at once get their own, in whichever order they ask. What is asked and was not recorded is an
 * error of the request that says so.
 * @param runs a run, and those of its sub-agents
 */
export function replayRun(...runs: readonly KeptRun[]): Scripted[] {
  const left = runs.flatMap(repliesOf);
  return left.map(() => (turn: Turn) => {
    const at = left.findIndex((kept) => isNext(kept, turn));
    const [found] = at < 0 ? [] : left.splice(at, 1);
    if (found) return found.reply;
    const last = turn.messages.at(-1);
    throw new Error(
      `The recorded run has no further reply after ${turn.messages.length} messages, the last "${last?.text.slice(0, 100)}".`,
    );
  });
}

function isNext({ input, before }: Kept, { messages }: Turn): boolean {
  const at = messages.findLastIndex(({ role, text }) => role === "user" && text === input);
  return at >= 0 && messages.slice(at).filter(({ role }) => role === "assistant").length === before;
}

interface Head {
  type: "run";
  /** Messages; of a sub-agent its text. */
  input: string | readonly { role: string; content?: unknown }[];
}
interface Step {
  type: "step";
  name: string;
  value: { message?: AssistantMessage };
}
interface AssistantMessage {
  content?: unknown;
  reasoning_content?: string | null;
  tool_calls?: readonly { function?: { name: string; arguments: string } }[];
}

function repliesOf({ runId, entries }: KeptRun): Kept[] {
  const head = entries[0] as Partial<Head> | undefined;
  if (head?.type !== "run") throw new Error(`The run ${runId} has no beginning: give run.state.`);
  const begun = head.input ?? "";
  const last = typeof begun === "string" ? begun : begun.findLast(({ role }) => role === "user");
  const input = textOf(typeof last === "string" ? last : last?.content);
  return entries
    .filter((entry) => (entry as Step).type === "step" && /^model \d+$/.test((entry as Step).name))
    .map((entry, before) => ({
      input,
      before,
      reply: replyOf((entry as Step).value.message ?? {}),
    }));
}

function replyOf({ content, reasoning_content, tool_calls = [] }: AssistantMessage): ScriptedReply {
  return {
    text: textOf(content),
    ...(reasoning_content && { reasoning: reasoning_content }),
    calls: tool_calls.flatMap(({ function: called }) =>
      called ? [{ name: called.name, args: argsOf(called.arguments) }] : [],
    ),
  };
}

function argsOf(text: string): JsonObject {
  try {
    return JSON.parse(text || "{}") as JsonObject;
  } catch {
    // The simulator writes JSON alone; what did not parse then is called with nothing now.
    return {};
  }
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: string }) => part.text ?? "").join("\n");
}
