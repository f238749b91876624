/** What of a planned request becomes prompt tokens, in whichever API's words it is. Pure. */
import { countText, noText, type TextCounts } from "./text.ts";

export interface Medium {
  kind: "image" | "pdf" | "other";
  /** The beginning of its base64, where the request holds it. */
  base64?: string;
  /** OpenAI's `detail`. */
  detail?: string;
}

export interface Prompt {
  /** Of messages and system prompts. */
  text: TextCounts;
  /** Of tool declarations, keys included. */
  schema: TextCounts;
  /** Of the schema that the reply is to fit. */
  output: TextCounts;
  messages: number;
  /** Calls of tools, and their results. */
  calls: number;
  /** Characters of reasoning that only its provider can read. */
  sealed: number;
  /** Declarations of functions. */
  tools: number;
  /** Tools of the provider's own, whose prompts nobody publishes. */
  ownTools: number;
  media: Medium[];
}

type Json = { readonly [key: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Where the messages are. */
const messageKeys = ["messages", "input", "contents"];
const systemKeys = ["system", "instructions", "systemInstruction", "system_instruction"];
const schemaKeys = ["response_format", "text", "output_config", "output_format", "format"];

/** Names and states that no tokenizer sees as they stand. */
const unread = new Set([
  "annotations",
  "cache_control",
  "call_id",
  "caller",
  "data",
  "detail",
  "encrypted_content",
  "format",
  "id",
  "media_type",
  "mimeType",
  "mime_type",
  "phase",
  "provider_state",
  // Of earlier turns, which the model is not shown again.
  "reasoning",
  "reasoning_content",
  "reasoning_details",
  "role",
  "signature",
  "status",
  "summary",
  "thinking_blocks",
  "thoughtSignature",
  "thought_signature",
  "tool_call_id",
  "tool_use_id",
  "type",
]);

/** @param body as an adapter planned it, or OpenAI's own */
export function readPrompt(body: Json): Prompt {
  const prompt: Prompt = {
    text: noText(),
    schema: noText(),
    output: noText(),
    messages: 0,
    calls: 0,
    sealed: 0,
    tools: 0,
    ownTools: 0,
    media: [],
  };
  for (const key of systemKeys) if (body[key]) readContent(body[key], prompt);
  for (const key of messageKeys) {
    const list = body[key];
    if (typeof list === "string") countText(list, prompt.text);
    if (typeof list === "string") prompt.messages++;
    if (!Array.isArray(list)) continue;
    prompt.messages += list.length;
    readContent(list, prompt);
  }
  readTools(body.tools ?? body.functions, prompt);
  for (const key of schemaKeys) if (isObject(body[key])) readSchema(body[key], prompt.output);
  const config = body.generationConfig;
  if (isObject(config)) {
    readSchema(config.responseJsonSchema ?? config.responseSchema, prompt.output);
  }
  return prompt;
}

function readContent(value: unknown, prompt: Prompt): void {
  if (typeof value === "string") countText(value, prompt.text);
  else if (typeof value === "number") prompt.text.digits++;
  else if (Array.isArray(value)) for (const one of value) readContent(one, prompt);
  else if (isObject(value)) {
    const medium = mediumOf(value);
    if (isCall(value)) prompt.calls++;
    if (medium) prompt.media.push(medium);
    else for (const key of Object.keys(value)) readField(key, value[key], prompt);
  }
}

const callTypes = new Set([
  "custom_tool_call",
  "custom_tool_call_output",
  "function_call",
  "function_call_output",
  "tool_result",
  "tool_use",
]);

/** A call or its result, in any API's words. */
function isCall({ type, role, function: fn, functionCall, functionResponse }: Json): boolean {
  if (callTypes.has(type as string) || role === "tool" || role === "function") return true;
  return isObject(fn) || isObject(functionCall) || isObject(functionResponse);
}

const sealed = new Set(["encrypted_content", "signature", "thoughtSignature", "thought_signature"]);

function readField(key: string, value: unknown, prompt: Prompt): void {
  if (sealed.has(key) && typeof value === "string") prompt.sealed += value.length;
  if (unread.has(key)) return;
  // The arguments of a call are JSON: its keys are read, too.
  if ((key === "input" || key === "args" || key === "response") && isObject(value)) {
    countText(JSON.stringify(value), prompt.text);
  } else readContent(value, prompt);
}

function readTools(tools: unknown, prompt: Prompt): void {
  for (const tool of Array.isArray(tools) ? tools : []) {
    if (!isObject(tool)) continue;
    const declared = tool.functionDeclarations ?? tool.function_declarations;
    if (Array.isArray(declared)) readTools(declared, prompt);
    else if (isObject(tool.function)) readTool(tool.function, prompt);
    else if (typeof tool.name === "string" && isDeclared(tool)) readTool(tool, prompt);
    else prompt.ownTools++;
  }
}

const isDeclared = ({ type }: Json) =>
  type === undefined || type === "function" || type === "custom";

function readTool({ cache_control: _, type: __, ...tool }: Json, prompt: Prompt): void {
  prompt.tools++;
  readSchema(tool, prompt.schema);
}

function readSchema(value: unknown, counts: TextCounts): void {
  if (value !== undefined) countText(JSON.stringify(value), counts);
}

const dataUrl = /^data:([\w.+/-]+);base64,/;

/** An image or a file in any API's shape. */
function mediumOf(part: Json): Medium | undefined {
  const url = urlOf(part.image_url) ?? urlOf(part.url);
  const detail = detailOf(part) ?? detailOf(part.image_url);
  if (part.image_url !== undefined || part.type === "input_image") return ofUrl(url, detail);
  const source = part.source ?? part.inlineData ?? part.inline_data ?? part.fileData;
  if (isObject(source) && (part.type === "image" || part.type === "document" || !part.source)) {
    if (typeof source.content !== "undefined" || source.type === "text") return undefined;
    const type = source.media_type ?? source.mimeType ?? source.mime_type;
    const base64 = typeof source.data === "string" ? source.data : undefined;
    const kind = part.type === "image" ? "image" : kindOf(type);
    return { kind, ...(base64 !== undefined && { base64 }) };
  }
  const file = part.file ?? part;
  if (isObject(file) && typeof file.file_data === "string") return ofUrl(file.file_data);
  if (part.type === "input_file" || part.input_audio !== undefined) return { kind: "other" };
  if (typeof part.images === "object") return { kind: "image" };
  return undefined;
}

const urlOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : isObject(value) ? urlOf(value.url) : undefined;

const detailOf = (value: unknown): string | undefined =>
  isObject(value) && typeof value.detail === "string" ? value.detail : undefined;

function ofUrl(url = "", detail?: string): Medium {
  const [head, type] = dataUrl.exec(url) ?? ["", "image/"];
  const base64 = head ? url.slice(head.length) : undefined;
  const of = { ...(base64 !== undefined && { base64 }), ...(detail && { detail }) };
  return { kind: kindOf(type), ...of };
}

function kindOf(type: unknown): Medium["kind"] {
  if (typeof type !== "string") return "other";
  return type.startsWith("image/") ? "image" : type === "application/pdf" ? "pdf" : "other";
}
