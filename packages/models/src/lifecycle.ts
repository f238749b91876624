/** Whether a model is off, or will be soon: what its provider says, with the day and the successor. */
import type { Change } from "@polycall/core";
import { getModel } from "./lookup.ts";

const day = 86_400_000;
/** A provider's notice is sixty days at the least (Anthropic) or three months (OpenAI's variants). */
const ahead = 60 * day;

/**
 * What to tell who calls this model.
 * @param model "provider/model"
 * @returns undefined where the catalogue knows of no end within sixty days, or not the model
 */
export function deprecationOf(model: string, now: Date): Change | undefined {
  const entry = getModel(model);
  if (!entry?.shutdown) return undefined;
  const left = Date.parse(entry.shutdown) - now.getTime();
  if (left > ahead) return undefined;
  const { shutdown, successor } = entry;
  const end =
    left > 0 ? `it is turned off on ${shutdown}` : `it was to be turned off on ${shutdown}`;
  const next = successor ? `; its provider names ${successor} in its place.` : ".";
  return { param: "model", action: "deprecated", from: model, reason: end + next };
}
