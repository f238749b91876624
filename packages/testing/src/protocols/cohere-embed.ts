/** Cohere's own embeddings. Source: docs.cohere.com/reference/embed and recorded traffic, 2026-11. */
import { embedText } from "../embedding.ts";
import type { Endpoint } from "../endpoint.ts";
import { asArray, asString } from "../json.ts";
import { json } from "../reply.ts";
import { countTokens } from "../tokens.ts";

/** POST /v2/embed */
export const cohereEmbed: Endpoint = ({ body, ids }) => {
  const texts = asArray(body.texts).map(asString);
  const asked = body.output_dimension;
  const dimensions = typeof asked === "number" ? asked : 1536;
  const float = texts.map((text) => embedText(text, dimensions));
  const input_tokens = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const meta = { api_version: { version: "2" }, billed_units: { image_tokens: 0, input_tokens } };
  const response_type = "embeddings_by_type";
  return json(200, { embeddings: { float }, id: ids("", 36), meta, response_type, texts });
};
