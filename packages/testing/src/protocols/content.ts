/** Message content as every OpenAI-shaped protocol writes it: text beside other parts. */
import { asArray, asObject, asString } from "../json.ts";

/** The text of a content value and the kinds of its other parts. */
export function readContent(content: unknown): { text: string; media: string[] } {
  if (typeof content === "string") return { text: content, media: [] };
  const texts: string[] = [];
  const media: string[] = [];
  for (const part of asArray(content).map(asObject)) {
    const type = asString(part.type);
    if (/^(input_|output_)?text$/.test(type)) texts.push(asString(part.text));
    else if (type === "refusal") texts.push(asString(part.refusal));
    else if (!/thinking/.test(type)) media.push(type.replace(/^input_|_url$/g, ""));
  }
  return { text: texts.join("\n"), media };
}
