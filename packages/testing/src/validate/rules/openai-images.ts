/** Which addresses of pictures OpenAI takes, and its words for the others (recorded on GitHub, 2024 to 2026). */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { openaiRefusal } from "../words/openai.ts";

const WEB = /^https?:\/\/./i;
const DATA = /^data:([^;,]*)/i;
const KINDS = /^image\/(png|jpe?g|gif|webp)$/i;
const EXAMPLE = "data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=";

/** The first picture of a message that cannot be one. */
export function refuseImages(message: JsonObject, index: number): Refusal | undefined {
  for (const [at, part] of asArray(message.content).map(asObject).entries()) {
    if (part.type !== "image_url") continue;
    const url = asString(asObject(part.image_url).url);
    const kind = DATA.exec(url)?.[1];
    if (WEB.test(url) || (kind !== undefined && KINDS.test(kind))) continue;
    const param = `messages[${index}].content[${at}].image_url.url`;
    const told =
      kind === undefined
        ? "Expected a valid URL, but got a value with an invalid format."
        : `Expected a base64-encoded data URL with an image MIME type (e.g. '${EXAMPLE}'), but got unsupported MIME type '${kind}'.`;
    return openaiRefusal(`Invalid '${param}'. ${told}`, param, "invalid_value");
  }
  return undefined;
}
