/** OpenAI embeddings, as floats or base64. */
import { embedText } from "../embedding.ts";
import type { Endpoint } from "../endpoint.ts";
import { servedModel } from "../endpoint.ts";
import { asString } from "../json.ts";
import { json } from "../reply.ts";
import { countTokens } from "../tokens.ts";

function base64(vector: number[]): string {
  return Buffer.from(new Float32Array(vector).buffer).toString("base64");
}

/** Texts of an `input`; a list of token numbers counts as the text of those numbers. */
function textsOf(input: unknown): string[] {
  if (!Array.isArray(input)) return [asString(input)];
  if (input.every((item) => typeof item === "number")) return [input.join(" ")];
  return input.map((item) => (Array.isArray(item) ? item.join(" ") : asString(item)));
}

/** POST /embeddings */
export const embeddings: Endpoint = ({ body, model }) => {
  const texts = textsOf(body.input);
  const whole = model.includes("large") ? 3072 : 1536;
  const asked = body.dimensions ?? body.output_dimension; // The latter is Mistral's word.
  const dimensions = typeof asked === "number" ? asked : whole;
  const tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const data = texts.map((text, index) => {
    const vector = embedText(text, dimensions);
    const embedding = body.encoding_format === "base64" ? base64(vector) : vector;
    return { object: "embedding", index, embedding };
  });
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  return json(200, { object: "list", data, model: servedModel(model), usage });
};
