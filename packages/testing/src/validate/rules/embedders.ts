/** What Cohere and Voyage refuse of an embeddings request. Sources: their API docs, recorded traffic, 2026-11. */
import { asArray } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";

const refused = (message: string): Refusal => ({ status: 400, message });

const inputTypes = ["search_document", "search_query", "classification", "clustering", "image"];

/** The first rule that a request to Cohere's /v2/embed breaks. */
export function cohereRules({ body }: Checked): Refusal | undefined {
  const texts = asArray(body.texts);
  if (!inputTypes.includes(body.input_type as string)) {
    return refused("invalid request: valid input_type must be provided with the provided model");
  }
  if (texts.length === 0) return refused("invalid request: at least one text is required");
  if (texts.length > 96) {
    return refused(
      `invalid request: total number of texts must be at most 96. received ${texts.length}`,
    );
  }
  return undefined;
}

/** The first rule that a request to Voyage breaks. */
export function voyageRules({ body }: Checked): Refusal | undefined {
  const { input, input_type = null, dimensions, user } = body;
  if (Array.isArray(input) && input.length > 1000) {
    return refused(`The batch size limit is 1000. Your batch size is ${input.length}.`);
  }
  if (input_type !== null && input_type !== "query" && input_type !== "document") {
    return refused(`Value '${input_type}' provided for 'input_type' is invalid.`);
  }
  if (dimensions !== undefined) return refused("Argument 'dimensions' is not supported by our API");
  if (user !== undefined) return refused("Argument 'user' is not supported by our API");
  return undefined;
}
