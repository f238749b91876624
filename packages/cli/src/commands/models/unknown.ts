/** What is said of a model that the catalogue does not know: the nearest that it does. */
import { nearest } from "@polycall/core";
import { models } from "@polycall/models";

export function unknownModel(model: string): string {
  const all = models.find({ now: new Date(0) }).map((found) => found.model);
  const provider = model.split("/")[0]!;
  const own = all.filter((one) => one.startsWith(`${provider}/`));
  const near = nearest(model, own.length ? own : all);
  return `"${model}" is not in the catalogue.${near ? ` The nearest is "${near}".` : ""}`;
}
