/** Writes the type of the model strings that an editor offers, from the catalogue: part of `npm run models`. */
import { join } from "node:path";
import { models } from "@polycall/models";
import { root } from "../workspace.ts";

export const knownFile = join(root, "packages", "models", "src", "data", "known.ts");

/** Azure's strings name the user's own deployments. */
const unnamed = new Set(["azure"]);

/** The file's text: what writes text and has no day of shutdown. */
export function knownText(): string {
  const strings = models
    .find({ now: new Date(0) })
    .filter(({ entry }) => !entry.shutdown && !unnamed.has(entry.provider))
    .map(({ model }) => `  | ${JSON.stringify(model)}`)
    .sort();
  return `/** Model strings that the catalogue knows. Made by \`npm run models\`; never edited by hand. */

/** What an editor offers: models that write text and that nobody has said will be turned off. */
export type KnownModel =
${strings.join("\n")};
`;
}
