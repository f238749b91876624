/** What the parts of a model's turn say: text, thoughts, calls, media. */
import type { FunctionToolCall, ReplyMessage } from "@polycall/core";
import type { WirePart } from "./wire.ts";

export interface Turn {
  text: string;
  reasoning: string;
  calls: FunctionToolCall[];
  images: NonNullable<ReplyMessage["images"]>;
  /** Base64. */
  audio: string | undefined;
  /** The arguments of the tool that stands in for a response schema. */
  output: string | undefined;
}

export interface ReadOptions {
  /** Names on the wire -> the caller's. */
  toolNames?: Readonly<Record<string, string>>;
  outputTool?: string;
  /** Prefix of the ids of calls that have none of their own. */
  idPrefix: string;
}

/** The id of the reply's call number `index`: Google's own, else one made from the reply's id. */
export function callId(own: string | undefined, idPrefix: string, index: number): string {
  return own || `${idPrefix}_${index}`;
}

export function argumentsText(args: unknown): string {
  return JSON.stringify(args ?? {});
}

/** Reads the parts of one candidate, in order. */
export function readParts(parts: readonly WirePart[], options: ReadOptions): Turn {
  const { toolNames, outputTool, idPrefix } = options;
  const turn: Turn = {
    text: "",
    reasoning: "",
    calls: [],
    images: [],
    audio: undefined,
    output: undefined,
  };
  const sounds: string[] = [];
  for (const { text, thought, functionCall, inlineData } of parts) {
    if (typeof text === "string") {
      if (thought) turn.reasoning += text;
      else turn.text += text;
    }
    if (functionCall) {
      const name = functionCall.name ?? "";
      const args = argumentsText(functionCall.args);
      if (name === outputTool) {
        turn.output = args;
        continue;
      }
      turn.calls.push({
        id: callId(functionCall.id, idPrefix, turn.calls.length),
        type: "function",
        function: { name: toolNames?.[name] ?? name, arguments: args },
      });
    }
    const image = imageOf({ inlineData, thought });
    if (image) turn.images.push(image);
    else if (inlineData?.data && !thought) sounds.push(inlineData.data);
  }
  if (sounds.length) turn.audio = joinBase64(sounds);
  return turn;
}

/** The image that a part is; thoughts' drafts and sounds are none. */
export function imageOf({ inlineData, thought }: WirePart): Turn["images"][number] | undefined {
  const { data, mimeType = "application/octet-stream" } = inlineData ?? {};
  if (!data || thought || mimeType.startsWith("audio/")) return undefined;
  return { type: "image_url", image_url: { url: `data:${mimeType};base64,${data}` } };
}

/** Pieces of base64 as one: padding within would end it there. */
function joinBase64(pieces: readonly string[]): string {
  if (pieces.slice(0, -1).every((piece) => !piece.endsWith("="))) return pieces.join("");
  return btoa(pieces.map((piece) => atob(piece)).join(""));
}

const plain = new Set(["text", "thought", "functionCall"]);

/** Whether a turn holds what our message cannot say: signatures, code, server-side calls, media. */
export function isOpaque(parts: readonly WirePart[]): boolean {
  return parts.some((part) => Object.keys(part).some((key) => !plain.has(key)));
}
