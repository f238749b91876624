/** What the embeddings endpoint refuses beyond the types. */
import { asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";
import { openaiRefusal } from "../words/openai.ts";
import { outOfBounds } from "./numbers.ts";

const MAX_INPUTS = 2048;

/** How long a model's vectors are at most. */
const SIZES: Record<string, number> = {
  "text-embedding-3-small": 1536,
  "text-embedding-3-large": 3072,
};

/** The first rule an embeddings request breaks. */
export function embeddingRules({ body, route }: Checked): Refusal | undefined {
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
  const most = route.provider.chat.lenient ? undefined : SIZES[asString(body.model)];
  if (most !== undefined && Number(body.dimensions) > most) {
    const told = `Invalid value for 'dimensions' = ${body.dimensions}. Must be less than or equal to ${most}.`;
    return openaiRefusal(told, "dimensions");
  }
  return outOfBounds(body, [{ param: "dimensions", min: 1, whole: true }]);
}
