/** What a caller should know of the model: that it is off, or soon will be, or that another one served. */
import type { Change } from "@polycall/core";
import { find, getModel, undated } from "./lookup.ts";

const day = 86_400_000;
/** A provider's notice is sixty days at the least (Anthropic) or three months (OpenAI's variants). */
const notice = 60;

/**
 * What to tell who calls this model.
 * @param model "provider/model"
 * @param days how far ahead an end is told of
 * @returns undefined where the catalogue knows of no end within those days, or not the model
 */
export function deprecationOf(model: string, now: Date, days = notice): Change | undefined {
  const entry = getModel(model);
  if (!entry?.shutdown) return undefined;
  const left = Date.parse(entry.shutdown) - now.getTime();
  if (left > days * day) return undefined;
  const { shutdown, successor } = entry;
  const end =
    left > 0 ? `it is turned off on ${shutdown}` : `it was to be turned off on ${shutdown}`;
  const next = successor ? `; its provider names ${successor} in its place.` : ".";
  return { param: "model", action: "deprecated", from: model, reason: end + next };
}

/**
 * What to tell who was answered by another model than was asked for. An alias (`-latest`), a router and a
 * day's version of the same model are no other; nor is a name that the catalogue does not know.
 * @param model "provider/model", as asked for
 * @param served as the reply names it
 */
export function substitutionOf(model: string, served: string): Change | undefined {
  if (/-latest$|^openrouter\/openrouter\//.test(model)) return undefined;
  const asked = getModel(model);
  const other = asked && find(asked.provider, served);
  if (!other || undated(other.id) === undated(asked.id)) return undefined;
  const reason = `${other.id} answered in its place, and is what the reply costs.`;
  return { param: "model", action: "converted", from: model, to: other.id, reason };
}
