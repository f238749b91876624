/** The bounds of numbers, as OpenAI words them. */
import type { JsonObject } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { openaiRefusal } from "../words/openai.ts";

/** The least and greatest value of a parameter. */
export interface Bound {
  param: string;
  min: number;
  max?: number;
  whole?: boolean;
}

/** The first parameter out of its bounds. */
export function outOfBounds(body: JsonObject, bounds: Bound[]): Refusal | undefined {
  for (const { param, min, max, whole } of bounds) {
    const value = body[param];
    if (typeof value !== "number") continue;
    const kind = whole ? "integer" : "decimal";
    if (whole && !Number.isInteger(value)) {
      const message = `Invalid type for '${param}': expected an integer, but got a decimal number instead.`;
      return openaiRefusal(message, param, "invalid_type");
    }
    if (value < min) {
      const message = `Invalid '${param}': ${kind} below minimum value. Expected a value >= ${min}, but got ${value} instead.`;
      return openaiRefusal(message, param, `${kind}_below_min_value`);
    }
    if (max !== undefined && value > max) {
      const message = `Invalid '${param}': ${kind} above maximum value. Expected a value <= ${max}, but got ${value} instead.`;
      return openaiRefusal(message, param, `${kind}_above_max_value`);
    }
  }
  return undefined;
}
