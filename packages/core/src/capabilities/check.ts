/** Whether an override or a stored entry is well formed; the error names the place. */
import { wrong } from "../check-shape.ts";
import { InvalidRequestError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { params } from "../params.ts";
import { isObject } from "../schema/json.ts";
import type { Capabilities, CapabilityFacts, CapabilityLayer, FactShape } from "./layers.ts";

/**
 * Facts as somebody wrote them.
 * @param path where they stand, e.g. `capabilities["anthropic/claude-opus-6"]`
 * @throws InvalidRequestError naming the path and the reason
 */
export function checkFacts(
  facts: unknown,
  capabilities: Pick<Capabilities, "shape"> | undefined,
  path: string,
): asserts facts is CapabilityFacts {
  if (!isObject(facts)) throw wrong(path, "an object of facts", facts);
  const shape = capabilities?.shape ?? {};
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    if (name === "params") checkParams(value, `${path}.params`);
    else checkShape(value, known(name, shape, path, "fact", ["params"]), `${path}.${name}`);
  }
}

function known<T>(
  name: string,
  table: { readonly [name: string]: T },
  path: string,
  what: string,
  more: readonly string[] = [],
): T {
  if (Object.hasOwn(table, name)) return table[name]!;
  const names = [...more, ...Object.keys(table)];
  const near = nearest(name, names);
  throw new InvalidRequestError(
    `${path}: there is no ${what} "${name}".${near ? ` Did you mean "${near}"?` : ""} Known: ${names.join(", ")}.`,
    { param: `${path}.${name}` },
  );
}

function checkShape(value: unknown, shape: FactShape, path: string): void {
  if (shape === "boolean") {
    if (typeof value !== "boolean") throw wrong(path, "true or false", value);
  } else if (shape === "integer") {
    if (!Number.isInteger(value) || (value as number) < 0)
      throw wrong(path, "an integer, 0 or more", value);
  } else if ("oneOf" in shape) checkWord(value, shape.oneOf, path);
  else if ("listOf" in shape) {
    if (!Array.isArray(value)) throw wrong(path, "an array", value);
    for (const [i, word] of value.entries()) checkWord(word, shape.listOf, `${path}[${i}]`);
  } else {
    if (!isObject(value)) throw wrong(path, "an object", value);
    const { kind, ...fields } = value;
    checkWord(kind, Object.keys(shape.kinds), `${path}.kind`);
    const wanted = shape.kinds[kind as string]!;
    for (const name of Object.keys(wanted))
      checkShape(fields[name], wanted[name]!, `${path}.${name}`);
    for (const name of Object.keys(fields)) known(name, wanted, path, "field");
  }
}

function checkWord(value: unknown, words: readonly string[], path: string): void {
  if (typeof value === "string" && words.includes(value)) return;
  const shown = typeof value === "string" ? `"${value}"` : typeof value;
  throw new InvalidRequestError(`${path} must be one of ${words.join(", ")}, not ${shown}.`, {
    param: path,
  });
}

const limits: { readonly [limit: string]: FactShape | "number" | "text" | "values" } = {
  name: "text",
  min: "number",
  max: "number",
  values: "values",
};

/** What no fact can be said of: without them there is no request. */
const fixed: ReadonlySet<string> = new Set(["model", "messages", "stream", "extra_body"]);

function checkParams(value: unknown, path: string): void {
  if (!isObject(value)) throw wrong(path, "an object of parameters", value);
  for (const [param, fact] of Object.entries(value)) {
    const at = `${path}.${param}`;
    known(param, params, path, "parameter");
    if (fixed.has(param)) {
      throw new InvalidRequestError(`${at}: ${param} cannot be said otherwise.`, { param: at });
    }
    if (typeof fact !== "boolean") checkLimits(fact, at);
  }
}

function checkLimits(fact: unknown, at: string): void {
  if (!isObject(fact)) throw wrong(at, "true, false or an object of limits", fact);
  for (const [limit, value] of Object.entries(fact)) {
    const path = `${at}.${limit}`;
    const kind = known(limit, limits, at, "limit");
    if (kind === "text") {
      if (typeof value !== "string" || !value) throw wrong(path, "a name", value);
    } else if (kind === "number") {
      if (typeof value !== "number" || !Number.isFinite(value))
        throw wrong(path, "a number", value);
    } else if (!Array.isArray(value) || !value.length) {
      throw wrong(path, "a list of values that is not empty", value);
    } else {
      for (const [i, one] of value.entries()) {
        if (!["string", "number", "boolean"].includes(typeof one)) {
          throw wrong(`${path}[${i}]`, "a text, a number or a boolean", one);
        }
      }
    }
  }
  const { min, max } = fact as { min?: number; max?: number };
  if (min !== undefined && max !== undefined && min > max) {
    throw new InvalidRequestError(`${at}: min ${min} is more than max ${max}.`, { param: at });
  }
}

/** A layer out of a store, where anything may stand. @throws InvalidRequestError */
export function checkLearned(
  layer: unknown,
  capabilities: Pick<Capabilities, "shape"> | undefined,
  path: string,
): asserts layer is CapabilityLayer {
  if (!isObject(layer)) throw wrong(path, "an object", layer);
  for (const field of ["of", "source", "date"]) {
    if (typeof layer[field] !== "string") throw wrong(`${path}.${field}`, "a text", layer[field]);
  }
  if (layer.layer !== "learned") throw wrong(`${path}.layer`, '"learned"', layer.layer);
  checkFacts(layer.facts, capabilities, `${path}.facts`);
}
