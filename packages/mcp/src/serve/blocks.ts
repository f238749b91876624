/** What a tool returns, as MCP's content blocks. */
import type { ContentBlock } from "@modelcontextprotocol/server";
import { parseDataUrl, type UserPart } from "@polycall/core";

/** @throws TypeError for what JSON cannot hold */
export function blocksOf(value: unknown): ContentBlock[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [text(value)];
  if (isParts(value)) return value.map(blockOf);
  const json = JSON.stringify(value);
  return [text(json ?? String(value))];
}

const partTypes = ["text", "image_url", "input_audio", "file"];

function isParts(value: unknown): value is UserPart[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((one) => partTypes.includes(one?.type))
  );
}

function blockOf(part: UserPart): ContentBlock {
  switch (part.type) {
    case "text":
      return text(part.text);
    case "image_url": {
      const { url } = part.image_url;
      const parsed = parseDataUrl(url);
      if (!parsed) return { type: "resource_link", uri: url, name: "image" };
      return { type: "image", data: parsed.data, mimeType: parsed.mediaType };
    }
    case "input_audio": {
      const { data, format } = part.input_audio;
      return { type: "audio", data, mimeType: format === "mp3" ? "audio/mpeg" : "audio/wav" };
    }
    case "file": {
      const { filename = "file", file_data, file_id } = part.file;
      const parsed = file_data === undefined ? undefined : parseDataUrl(file_data);
      if (!parsed) return text(`File ${filename}${file_id === undefined ? "" : ` (${file_id})`}`);
      const uri = `attachment:${encodeURIComponent(filename)}`;
      return {
        type: "resource",
        resource: { uri, mimeType: parsed.mediaType, blob: parsed.data },
      };
    }
  }
}

function text(words: string): ContentBlock {
  return { type: "text", text: words };
}
