/** The neutral request and answer that stand between every protocol and the responder. */
import type { JsonObject } from "./json.ts";

/** A function the model may call. */
export interface TurnTool {
  name: string;
  description: string;
  /** JSON Schema of the arguments (Gemini's upper-case type names allowed). */
  schema: JsonObject;
}

/** One message of the conversation, the system prompt excepted. */
export interface TurnMessage {
  role: "user" | "assistant" | "tool";
  text: string;
  /** Kinds of what came beside the text, e.g. `["image", "file"]`. */
  media: string[];
  /** Names of the functions that an assistant message called. */
  calls: string[];
}

/** A request in no provider's words. */
export interface Turn {
  provider: string;
  model: string;
  system: string;
  messages: TurnMessage[];
  tools: TurnTool[];
  toolChoice: "auto" | "none" | "required" | { names: string[] };
  parallelCalls: boolean;
  /** The JSON Schema the reply must satisfy, where one was asked for. */
  schema?: JsonObject;
  /** True when any JSON object was asked for. */
  json: boolean;
  maxTokens?: number;
  stop: string[];
  /** True when the request asks to see, or to pay for, reasoning. */
  reasoning: boolean;
  /** Which of `n` choices is being answered, from 0. */
  choice: number;
}

/** A call that the simulator makes. */
export interface AnswerCall {
  name: string;
  args: JsonObject;
}

/** A reply in no provider's words. Token counts are the simulator's own (see tokens.ts). */
export interface Answer {
  text: string;
  reasoning: string;
  calls: AnswerCall[];
  finish: "stop" | "length" | "tool_calls" | "content_filter";
  /** The stop sequence that ended the text. */
  stopSequence?: string;
  usage: { input: number; output: number; reasoning: number };
}
