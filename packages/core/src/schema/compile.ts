/** The one schema compiler: a user's JSON Schema in a provider's dialect, with a report of what moved. */
import type { JsonSchema } from "../types/request.ts";
import { acceptsNull } from "./accepts-null.ts";
import { copySchema } from "./check.ts";
import { anthropic } from "./dialects/anthropic.ts";
import { gemini } from "./dialects/gemini.ts";
import { openaiStrict } from "./dialects/openai-strict.ts";
import { step } from "./json.ts";
import { measure } from "./measure.ts";
import { type Moved, type NormalSchema, normalize, referencesIn } from "./normalize.ts";
import { objectRoot } from "./object-root.ts";
import { type DialectRules, type Measure, type Site, toWords } from "./rules.ts";

const dialects = { "openai-strict": openaiStrict, anthropic, gemini } as const;

/** A provider's way of reading JSON Schema; "plain" reads all of it. */
export type Dialect = keyof typeof dialects | "plain";

export type { Moved };

export interface CompiledSchema {
  /** What to send. A fresh object: not the user's, and the same one for the same input. */
  readonly schema: { [key: string]: unknown };
  /** Whether the schema is within the dialect, so that the provider can hold the model to it. */
  readonly strict: boolean;
  /** Why not, when `strict` is false; `schema` is then sent as the user wrote it. Empty for "plain". */
  readonly reasons: readonly string[];
  /** What was left out of the schema or loosened: in its description, or for the client to check. */
  readonly moved: readonly Moved[];
  /** Counts over the compiled schema, for limits that a provider sets on a whole request. */
  readonly counts: Readonly<Record<Measure, number>>;
}

const cache = new WeakMap<object, Map<string, CompiledSchema>>();

/**
 * Turns a JSON Schema into a dialect. Pure, and remembered per schema object: do not edit a schema
 * once it has been used.
 * @param schema any JSON Schema (draft 4 to 2020-12, OpenAPI 3.0); a Standard Schema through
 *   `toJsonSchema` first
 * @param use a "tool" needs one object at its root: a union of objects is folded into one
 * @throws UnsupportedParamsError naming the place that no provider could take: not JSON, too deep
 *   or large, a reference that leads nowhere, a tool whose root is no object
 */
export function compileSchema(
  schema: JsonSchema,
  dialect: Dialect,
  use: "tool" | "output" = "output",
): CompiledSchema {
  const key = `${dialect} ${use}`;
  const known = cache.get(schema) ?? new Map<string, CompiledSchema>();
  let compiled = known.get(key);
  if (!compiled) {
    compiled = compile(schema, dialect, use);
    known.set(key, compiled);
    cache.set(schema, known);
  }
  return compiled;
}

function compile(schema: JsonSchema, dialect: Dialect, use: "tool" | "output"): CompiledSchema {
  const normal = normalize(schema);
  const folded = use === "tool" ? objectRoot(normal.root, normal.defs) : undefined;
  const source = { ...normal, root: folded?.root ?? normal.root };
  const foldedMoves = folded?.moved ?? [];

  if (dialect !== "plain") {
    const driver = new Driver(dialects[dialect], source, foldedMoves);
    const result = driver.run();
    if (result.strict) return result;
    return { ...unrewritten(schema, source, foldedMoves), reasons: result.reasons };
  }
  return unrewritten(schema, source, foldedMoves);
}

/** As the user wrote it, but for a tool's root that is no plain object. */
function unrewritten(
  schema: JsonSchema,
  source: NormalSchema,
  foldedMoves: readonly Moved[],
): CompiledSchema {
  const hasDefs = Object.keys(source.defs).length > 0;
  const sent =
    foldedMoves.length === 0
      ? copySchema(schema)
      : {
          ...source.root,
          ...describe(source.root, foldedMoves),
          ...(hasDefs ? { $defs: source.defs } : {}),
        };
  const counts = measure(sent);
  return { schema: sent, strict: false, reasons: [], moved: foldedMoves, counts };
}

/** Longest text that one keyword may add to a description, in characters. */
const MAX_WORDS = 1000;

/** The description with keywords in words behind it, as Anthropic's SDK writes them. */
function describe(
  node: JsonSchema,
  words: readonly { keyword: string; value: unknown }[],
): { description?: string } {
  if (words.length === 0) return {};
  const said = words.map(({ keyword, value }) => {
    const text = `${keyword}: ${JSON.stringify(value)}`;
    return text.length > MAX_WORDS ? `${text.slice(0, MAX_WORDS)}…` : text;
  });
  const before = typeof node.description === "string" ? `${node.description}\n\n` : "";
  return { description: `${before}{${said.join(", ")}}` };
}

/** Walks a normal schema and lets the dialect's rules write each node. */
class Driver {
  readonly #rules: DialectRules;
  readonly #normal: NormalSchema;
  readonly #foldedMoves: readonly Moved[];
  readonly #moved: Moved[];
  readonly #reasons: string[] = [];
  readonly #reach = new Map<string, ReadonlySet<string>>();

  constructor(rules: DialectRules, normal: NormalSchema, foldedMoves: readonly Moved[]) {
    this.#rules = rules;
    this.#normal = normal;
    this.#foldedMoves = foldedMoves;
    this.#moved = [...normal.moved, ...foldedMoves];
  }

  run(): CompiledSchema {
    const { root, defs } = this.#normal;
    const schema = this.#write(root, "#", "#", false);
    const written = Object.entries(defs).map(([name, definition]) => {
      const ref = `#/$defs/${name}`;
      return [name, this.#write(definition, ref, ref, false)] as const;
    });
    if (written.length > 0) schema.$defs = Object.fromEntries(written);
    const counts = measure(schema);
    for (const [name, limit] of Object.entries(this.#rules.limits)) {
      const count = counts[name as Measure];
      if (count > limit)
        this.#reasons.push(`${count} ${limitNames[name as Measure]} (at most ${limit})`);
    }
    const reasons = [...new Set(this.#reasons)];
    return { schema, strict: reasons.length === 0, reasons, moved: this.#moved, counts };
  }

  #write(source: JsonSchema, fallback: string, owner: string, inProperty: boolean) {
    const path = this.#normal.origin(source) ?? fallback;
    const isRoot = source === this.#normal.root;
    const words: { keyword: string; value: unknown }[] = isRoot ? [...this.#foldedMoves] : [];
    const out: { [keyword: string]: unknown } = {};
    const site = (node: JsonSchema): Site => ({
      node,
      out,
      isRoot,
      inProperty,
      child: (child, ...keys) =>
        this.#write(child, step(path, ...keys), owner, inProperty || keys[0] === "properties"),
      move: (keyword, value, why, silent) => {
        this.#moved.push({ path, keyword, value, why });
        if (!silent) words.push({ keyword, value });
      },
      refuse: (why) => {
        this.#reasons.push(`${path}: ${why}`);
      },
      leadsBack: (ref) => ref === owner || this.#reachable(ref).has(owner),
      acceptsNull: (schema) => acceptsNull(schema, (ref) => this.#target(ref)),
    });

    const node = this.#rules.prepare.reduce((now, prepare) => prepare(now, site(now)), source);
    const here = site(node);
    for (const [keyword, value] of Object.entries(node)) {
      const rule = Object.hasOwn(this.#rules.keywords, keyword)
        ? this.#rules.keywords[keyword]!
        : toWords;
      rule(value, here, keyword);
    }
    Object.assign(out, describe(node, words));
    for (const finish of this.#rules.finish) finish(here);
    return out;
  }

  #target(ref: string): JsonSchema | undefined {
    return ref === "#" ? this.#normal.root : this.#normal.defs[ref.slice("#/$defs/".length)];
  }

  /** Every reference that can be reached from behind this one. */
  #reachable(ref: string): ReadonlySet<string> {
    const known = this.#reach.get(ref);
    if (known) return known;
    const found = new Set<string>();
    const queue = [ref];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      for (const further of referencesIn(this.#target(next) ?? {})) {
        if (!found.has(further)) queue.push(further);
        found.add(further);
      }
    }
    this.#reach.set(ref, found);
    return found;
  }
}

const limitNames: Readonly<Record<Measure, string>> = {
  properties: "properties",
  optional: "optional properties",
  unions: "unions",
  depth: "levels of nesting",
  enumValues: "enum values",
};
