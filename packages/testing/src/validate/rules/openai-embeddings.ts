/** What the embeddings endpoint refuses beyond the types. */
import { asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { openaiRefusal } from "../words/openai.ts";
import { outOfBounds } from "./numbers.ts";

const MAX_INPUTS = 2048;

/** The first rule an embeddings request breaks. */
export function embeddingRules({ body }: Checked): Refusal | undefined {
  const { input } = body;
  const isEmpty =
    input === "" || (Array.isArray(input) && (input.length === 0 || input.includes("")));
  if (isEmpty || (Array.isArray(input) && input.length > MAX_INPUTS)) {
    const told =
      "'$.input' is invalid. Please check the API reference: " +
      "https://platform.openai.com/docs/api-reference.";
    return openaiRefusal(told, "input");
  }
  if (body.dimensions !== undefined && /ada-002/.test(asString(body.model))) {
    return openaiRefusal("This model does not support specifying dimensions.", "dimensions");
  }
  return outOfBounds(body, [{ param: "dimensions", min: 1, whole: true }]);
}
