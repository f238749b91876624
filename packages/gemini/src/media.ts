/** Images, audio, video and files as Gemini's inlineData and fileData. */
import { type Changes, mediaTypeOf, parseDataUrl, type UserPart } from "@polycall/core";
import { unknownKeys } from "./keys.ts";
import type { Service } from "./service.ts";
import type { WirePart } from "./wire.ts";

interface Where {
  service: Service;
  changes: Changes;
  /** For messages, e.g. "messages[2].content[1]". */
  place: string;
}

/** OpenAI's name for a clip by URL, as OpenRouter and vLLM have it. */
export interface VideoPart {
  type: "video_url";
  video_url: { url: string };
}

const knownPart = new Set([
  "type",
  "text",
  "refusal",
  "image_url",
  "video_url",
  "input_audio",
  "file",
  "cache_control",
]);
const knownSource = new Set([
  "url",
  "detail",
  "data",
  "format",
  "file_data",
  "file_id",
  "filename",
]);

/** One content part of a user message or a tool result. @throws UnsupportedParamsError */
export function partOf(part: UserPart | VideoPart, where: Where): WirePart {
  return { ...sourceOf(part, where), ...unknownKeys(part, knownPart) };
}

function sourceOf(part: UserPart | VideoPart, where: Where): WirePart {
  const { changes, place } = where;
  switch (part.type) {
    case "text":
      return { text: part.text };
    case "image_url": {
      const { url, detail } = part.image_url;
      if (detail && detail !== "auto") {
        const reason =
          "Gemini has no detail for one image; see extra_body.generationConfig.mediaResolution";
        changes.hint({
          param: `${place}.image_url.detail`,
          action: "dropped",
          from: detail,
          reason,
        });
      }
      return fromUrl(url, "image/jpeg", part.image_url, where);
    }
    case "video_url":
      return fromUrl(part.video_url.url, "video/mp4", part.video_url, where);
    case "input_audio": {
      const { data, format } = part.input_audio;
      const mimeType = format === "mp3" ? "audio/mpeg" : `audio/${format}`;
      return { inlineData: { data, mimeType, ...unknownKeys(part.input_audio, knownSource) } };
    }
    case "file":
      return fromFile(part.file, where);
    default:
      return changes.refuse(
        place,
        `Gemini has no content part of type ${JSON.stringify((part as { type: unknown }).type)} (${place}).`,
        "Send text, image_url, video_url, input_audio or file.",
      );
  }
}

function fromUrl(url: string, guess: string, from: object, where: Where): WirePart {
  const rest = unknownKeys(from, knownSource);
  const inline = parseDataUrl(url);
  if (inline) return { inlineData: { data: inline.data, mimeType: inline.mediaType, ...rest } };
  if (!/^(https|gs):\/\//i.test(url)) {
    where.changes.refuse(
      where.place,
      `Gemini takes https URLs, gs:// URIs and data URLs, not ${JSON.stringify(url.slice(0, 60))} (${where.place}).`,
      "Send the bytes: imagePart(bytes).",
    );
  }
  if (url.startsWith("gs:") && !where.service.vertex) {
    where.changes.refuse(
      where.place,
      `the Gemini API does not read gs:// URIs (${where.place}).`,
      "Send the bytes, a Files API URI, or use vertex/.",
    );
  }
  return { fileData: { fileUri: url, mimeType: typeByUrl(url) ?? guess, ...rest } };
}

function typeByUrl(url: string): string | undefined {
  const path = url.replace(/[?#].*$/s, "");
  return mediaTypeOf("", path.slice(path.lastIndexOf("/") + 1));
}

function fromFile(
  file: { file_data?: string; file_id?: string; filename?: string },
  where: Where,
): WirePart {
  const { file_data, file_id, filename } = file;
  const rest = unknownKeys(file, knownSource);
  if (file_id) {
    const isName = !/^(https|gs):/i.test(file_id);
    const fileUri = isName
      ? `https://generativelanguage.googleapis.com/v1beta/${file_id.startsWith("files/") ? "" : "files/"}${file_id}`
      : file_id;
    const mimeType = mediaTypeOf("", filename) ?? (isName ? undefined : typeByUrl(file_id));
    return { fileData: { fileUri, ...(mimeType && { mimeType }), ...rest } };
  }
  if (!file_data) {
    return where.changes.refuse(
      where.place,
      `${where.place}.file has neither file_data nor file_id.`,
    );
  }
  if (/^(https?|gs):/i.test(file_data)) return fromUrl(file_data, "application/pdf", file, where);
  const inline = parseDataUrl(file_data);
  const data = inline?.data ?? file_data;
  const mimeType = inline?.mediaType ?? mediaTypeOf(data, filename) ?? "application/octet-stream";
  return { inlineData: { data, mimeType, ...rest } };
}
