/** Content parts of a message or of a tool's result as input parts. Pure. */
import type { Changes, UserPart } from "@polycall/core";

type Json = { [key: string]: unknown };

/**
 * @param place where the content stands in the request, e.g. `messages[2]`
 * @throws UnsupportedParamsError for audio, which the Responses API does not take
 */
export function inputParts(parts: readonly UserPart[], place: string, changes: Changes): Json[] {
  return parts.map((part, index) => inputPart(part, `${place}.content[${index}]`, changes));
}

function inputPart(part: UserPart, place: string, changes: Changes): Json {
  if (part.type === "text") {
    return { ...part, type: "input_text" };
  }
  if (part.type === "image_url") {
    const { image_url, ...rest } = part;
    const { url, detail = "auto", ...others } = image_url;
    return { ...rest, ...others, type: "input_image", image_url: url, detail };
  }
  if (part.type === "file") {
    const { file, ...rest } = part;
    const { file_data, ...others } = file;
    const isUrl = !!file_data && /^https?:/i.test(file_data);
    const data = isUrl ? { file_url: file_data } : file_data !== undefined && { file_data };
    return { ...rest, ...others, ...data, type: "input_file" };
  }
  if (part.type === "input_audio") {
    const what = `the Responses API takes no audio (${place} is an input_audio).`;
    changes.refuse(
      place,
      what,
      "Send a transcript, or choose a model that hears on Chat Completions.",
    );
  }
  return part as Json;
}

/** The name of a message is a hint that this API has no place for. */
export function withoutName<M extends { name?: string }>(
  message: M,
  place: string,
  changes: Changes,
): Omit<M, "name"> {
  if (message.name === undefined) return message;
  const { name, ...rest } = message;
  const reason = "the Responses API has no place for the name of a message";
  changes.hint({ param: `${place}.name`, action: "dropped", from: name, reason });
  return rest;
}
