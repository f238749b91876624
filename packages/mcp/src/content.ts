/** What MCP servers return, as polycall's content parts and messages. */
import type {
  CallToolResult,
  ContentBlock,
  PromptMessage,
  ReadResourceResult,
} from "@modelcontextprotocol/client";
import type { Message, TextPart, UserPart } from "@polycall/core";
import { canonical } from "./hash.ts";

/** What a tool of an MCP server returns: text, JSON, or parts where there are images and files. */
export type McpOutput = string | UserPart[] | { [key: string]: unknown };

type ResourceContents = ReadResourceResult["contents"][number];

/** The result of a tool that did not fail. */
export function toolOutput(result: CallToolResult): McpOutput {
  const parts = (result.content ?? []).map(partOf);
  const structured = result.structuredContent;
  if (structured !== undefined && !repeats(structured, result)) {
    const rest = parts.filter((part) => !(part.type === "text" && says(part.text, structured)));
    const asText: TextPart = { type: "text", text: JSON.stringify(structured) };
    if (rest.length) return [...rest, asText];
    const isObject = typeof structured === "object" && structured !== null;
    return isObject && !Array.isArray(structured)
      ? (structured as { [key: string]: unknown })
      : asText.text;
  }
  const [only] = parts;
  if (!only) return "";
  return parts.length === 1 && only.type === "text" ? only.text : parts;
}

/** All the text of a result: what a failed tool says. */
export function textOf(result: CallToolResult): string {
  return (result.content ?? [])
    .map(partOf)
    .map((part) => (part.type === "text" ? part.text : ""))
    .filter(Boolean)
    .join("\n");
}

/** A resource's contents as parts of a message. */
export function resourceParts({ contents }: ReadResourceResult): UserPart[] {
  return contents.map((one) => ("text" in one ? text(one.text) : blob(one)));
}

/** A prompt as messages. What an assistant cannot say in polycall (images, files) a user says. */
export function promptMessages(messages: readonly PromptMessage[]): Message[] {
  return messages.map(({ role, content }) => {
    const part = partOf(content);
    if (part.type !== "text") return { role: "user", content: [part] };
    return { role, content: part.text };
  });
}

function partOf(block: ContentBlock): UserPart {
  switch (block.type) {
    case "text":
      return text(block.text);
    case "image":
    case "audio":
      return media(block.mimeType, block.data, block.type);
    case "resource": {
      const { resource } = block;
      return "text" in resource ? text(`${resource.uri}\n\n${resource.text}`) : blob(resource);
    }
    case "resource_link": {
      const { name, uri, mimeType, description } = block;
      const about = [mimeType, description].filter(Boolean).join(", ");
      return text(`Resource ${JSON.stringify(name)}: ${uri}${about && ` (${about})`}`);
    }
    default:
      return text(JSON.stringify(block));
  }
}

function blob(contents: ResourceContents): UserPart {
  const { uri, mimeType } = contents;
  const name = decoded(/[^/?#]+(?=[?#]|$)/.exec(uri)?.[0] ?? "resource");
  const data = "blob" in contents ? (contents.blob as string) : "";
  return media(mimeType ?? "application/octet-stream", data, name);
}

const audioFormats: Record<string, "wav" | "mp3"> = {
  "audio/wav": "wav",
  "audio/wave": "wav",
  "audio/x-wav": "wav",
  "audio/vnd.wave": "wav",
  "audio/mpeg": "mp3",
  "audio/mp3": "mp3",
};

/** Base64 of any type as the part that fits it; a file where no other does. */
function media(mimeType: string, base64: string, name: string): UserPart {
  const type = mimeType.split(";")[0]!.trim().toLowerCase();
  const data = base64.replace(/\s+/g, "");
  if (isText(type)) return text(new TextDecoder().decode(bytes(data)));
  const url = `data:${type};base64,${data}`;
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  const format = audioFormats[type];
  if (format) return { type: "input_audio", input_audio: { data, format } };
  return { type: "file", file: { file_data: url, filename: name } };
}

function isText(type: string): boolean {
  return (
    /^text\/|^application\/(json|xml|yaml)$|\+(json|xml)$/.test(type) && type !== "image/svg+xml"
  );
}

function bytes(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function text(words: string): TextPart {
  return { type: "text", text: words };
}

/**
 * Whether the structured content is the content over again under some name, images and all, as the
 * reference server of files has it (2026-08).
 */
function repeats(structured: unknown, { content = [] }: CallToolResult): boolean {
  if (typeof structured !== "object" || structured === null) return false;
  const values: unknown[] = Object.values(structured);
  if (values.length !== 1) return false;
  const [only] = content;
  const isText = content.length === 1 && only?.type === "text" && only.text === values[0];
  return isText || canonical(values[0]) === canonical(content);
}

/** Whether a text is the JSON of a value: servers send both, for clients that read only one. */
function says(words: string, value: unknown): boolean {
  try {
    return canonical(JSON.parse(words)) === canonical(value);
  } catch {
    return false;
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
