/** A catalogue's file: made of models.dev's, checked before it is written and whenever it is read. Pure. */
import { InvalidRequestError } from "@polycall/core";
import { checkLine, checkSource } from "../check.ts";
import { type Check, fail, fields, list, record, when } from "../checks.ts";
import { lines as shipped } from "../data/snapshot.ts";
import type { Source } from "../entry.ts";
import { type CatalogueLine, convert, providerNames } from "./convert.ts";
import { checkCatalogue } from "./source.ts";

/** What `polycall models update` writes and `models.load()` takes. */
export interface CatalogueFile {
  format: "polycall-models/1";
  /** Where all of it is from, and of which day. */
  source: Source;
  /** The models of each provider. One that is absent stays as it ships. */
  providers: Readonly<Record<string, readonly CatalogueLine[]>>;
}

const format = "polycall-models/1";

const modelList = list(checkLine);
const modelsById: Check = (value, path) => {
  modelList(value, path);
  const ids = (value as CatalogueLine[]).map(({ id }) => id);
  if (!ids.length) fail(path, "an array of at least one model", 0);
  const seen = new Set<string>();
  ids.forEach((id, i) => {
    if (seen.has(id)) fail(`${path}[${i}].id`, "given once", id);
    seen.add(id);
  });
};
const file = fields(
  {
    format: when((value) => value === format, `"${format}"`),
    source: checkSource,
    providers: record(modelsById),
  },
  { required: ["format", "source", "providers"] },
);

/**
 * A catalogue's file from its text or its value.
 * @throws InvalidRequestError with the path of what is wrong in it, and the reason
 */
export function readCatalogueFile(given: unknown): CatalogueFile {
  const value = typeof given === "string" ? parse(given) : given;
  if (typeof value === "object" && value !== null && !("format" in value)) {
    const by =
      "`polycall models update` and catalogueFrom() write it in what they make of models.dev's";
    fail("$.format", `given, as ${by}`, undefined);
  }
  file(value, "$");
  return value as CatalogueFile;
}

/**
 * models.dev's `api.json` as a catalogue's file: what makes the shipped one makes this one, too.
 * @param given its text or its value
 * @param source where it is from and of which day
 * @throws InvalidRequestError with the JSON path and the reason; or when it has lost more than half of what ships
 */
export function catalogueFrom(given: unknown, source: Source): CatalogueFile {
  const value = typeof given === "string" ? parse(given) : given;
  checkCatalogue(value, Object.values(providerNames));
  const made = readCatalogueFile({ format, source, providers: convert(value) });
  const have = countModels(made);
  const least = Math.ceil(shippedCount() / 2);
  if (have < least) {
    fail("$", `models.dev's catalogue with at least ${least} models of polycall's providers`, have);
  }
  return made;
}

export function countModels({ providers }: CatalogueFile): number {
  return Object.values(providers).reduce((sum, { length }) => sum + length, 0);
}

/** How many models came with this version. */
export function shippedCount(): number {
  return Object.values(shipped).reduce((sum, text) => sum + text.trim().split("\n").length, 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = (cause as Error).message.slice(0, 200);
    throw new InvalidRequestError(`$ must be JSON: ${why}.`, { param: "$", cause });
  }
}
