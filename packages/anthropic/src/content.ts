/** Content parts as Anthropic's blocks. Pure. */
import { type Changes, mediaTypeOf, parseDataUrl } from "@polycall/core";
import { type Block, isBlock, isObject } from "./blocks.ts";

type Json = { [key: string]: unknown };

/** Source: `Base64ImageSource` of @anthropic-ai/sdk 1.12. */
const imageTypes = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

/**
 * The blocks of a message's content. A part of a type that is not OpenAI's is one of Anthropic's
 * own blocks and is sent as it is.
 * @param param where the content stands, e.g. `messages[2].content`
 * @throws UnsupportedParamsError for audio, and for media that the API does not take
 */
export function blocksOf(content: unknown, param: string, changes: Changes): Block[] {
  if (typeof content === "string") return content.trim() ? [{ type: "text", text: content }] : [];
  if (!Array.isArray(content)) return [];
  return content.filter(isBlock).map((part, index) => {
    const place = `${param}[${index}]`;
    switch (part.type) {
      case "image_url":
        return image(part, place, changes);
      case "file":
        return file(part, place, changes);
      case "refusal": {
        const { type: _, refusal, ...rest } = part;
        return { type: "text", text: refusal, ...rest };
      }
      case "input_audio":
        return changes.refuse(place, `this API takes no audio (${place}).`, "Send its transcript.");
      default:
        return { ...part };
    }
  });
}

function image(part: Block, place: string, changes: Changes): Block {
  const { type: _, image_url, ...onPart } = part;
  const { url, detail, ...onImage } = (
    isObject(image_url) ? image_url : { url: image_url }
  ) as Json;
  if (detail !== undefined && detail !== null && detail !== "auto") {
    const reason = "this API chooses the detail of an image itself";
    changes.hint({ param: `${place}.image_url.detail`, action: "dropped", from: detail, reason });
  }
  return { type: "image", source: { ...imageSource(url, place, changes), ...onImage }, ...onPart };
}

function imageSource(url: unknown, place: string, changes: Changes): Json {
  if (typeof url === "string" && /^https?:/i.test(url)) return { type: "url", url };
  const inline = typeof url === "string" ? parseDataUrl(url) : undefined;
  if (!inline) {
    return changes.refuse(
      place,
      `${place} is neither an http(s) URL nor a data URL.`,
      "Make the part with imagePart(bytes).",
    );
  }
  return base64Image(inline, place, changes);
}

function base64Image(
  { mediaType, data }: { mediaType: string; data: string },
  place: string,
  changes: Changes,
): Json {
  const seen = mediaTypeOf(data);
  // The API compares the name with the bytes and refuses what does not agree.
  const media_type = seen && imageTypes.has(seen) ? seen : mediaType;
  if (media_type !== mediaType) {
    const reason = "the bytes are of another type than the data URL says";
    changes.note({ param: place, action: "repaired", from: mediaType, to: media_type, reason });
  }
  if (!imageTypes.has(media_type)) {
    changes.refuse(
      place,
      `this API takes no ${media_type} images (${place}).`,
      "Convert it to JPEG, PNG, GIF or WebP.",
    );
  }
  return { type: "base64", media_type, data };
}

function file(part: Block, place: string, changes: Changes): Block {
  const { type: _, file: given, ...onPart } = part;
  const { file_data, file_id, filename, ...onFile } = (isObject(given) ? given : {}) as Json;
  const title = typeof filename === "string" ? { title: filename } : {};
  const document = (source: Json): Block => ({
    type: "document",
    source: { ...source, ...onFile },
    ...title,
    ...onPart,
  });
  if (typeof file_id === "string") return document({ type: "file", file_id });
  if (typeof file_data === "string" && /^https?:/i.test(file_data)) {
    return document({ type: "url", url: file_data });
  }
  const inline = typeof file_data === "string" ? parseFile(file_data, filename) : undefined;
  if (!inline) {
    return changes.refuse(
      place,
      `${place} holds neither file_id nor file_data as a data URL.`,
      "Make the part with filePart(bytes, { filename }).",
    );
  }
  const { mediaType, data } = inline;
  if (mediaType === "application/pdf") {
    return document({ type: "base64", media_type: "application/pdf", data });
  }
  if (mediaType.startsWith("image/")) {
    return {
      type: "image",
      source: { ...base64Image(inline, place, changes), ...onFile },
      ...onPart,
    };
  }
  if (!mediaType.startsWith("text/") && mediaType !== "application/json") {
    changes.refuse(
      place,
      `this API takes no ${mediaType} files (${place}).`,
      "Send a PDF, an image or text.",
    );
  }
  const text = decoded(data);
  if (text === undefined) {
    changes.refuse(
      place,
      `the file_data of ${place} is not base64.`,
      "Make the part with filePart(bytes, { filename }).",
    );
  }
  return document({ type: "text", media_type: "text/plain", data: text });
}

/** A data URL, or the bare base64 that OpenAI also takes beside a filename. */
function parseFile(data: string, filename: unknown) {
  if (data.startsWith("data:")) return parseDataUrl(data);
  const mediaType = mediaTypeOf(data, typeof filename === "string" ? filename : undefined);
  return mediaType ? { mediaType, data } : undefined;
}

function decoded(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}
