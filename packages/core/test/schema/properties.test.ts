/** What holds for every schema: values still fit, the dialect's rules are kept, nulls come back out. */
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compileSchema } from "../../src/schema/compile.ts";
import { withoutNulls } from "../../src/schema/restore.ts";
import { toJsonSchema } from "../../src/schema/standard.ts";
import { validate } from "../../src/schema/validate.ts";
import { type Case, zodCases } from "./zod-arbitrary.ts";

type Node = { readonly [keyword: string]: unknown };

const judge = new Ajv2020({ strict: false, validateFormats: false, validateSchema: false });
const fits = (schema: Node, value: unknown) => judge.validate(schema, value);

/** The value as a model under OpenAI's strict decoding writes it: null where a property is absent. */
function withNulls(value: unknown, schema: Node): unknown {
  if (Array.isArray(schema.anyOf)) {
    for (const branch of schema.anyOf as Node[]) {
      const filled = withNulls(value, branch);
      if (fits(branch, filled)) return filled;
    }
    return value;
  }
  if (Array.isArray(value))
    return value.map((item) => withNulls(item, (schema.items ?? {}) as Node));
  if (typeof value !== "object" || value === null || !schema.properties) return value;
  const properties = Object.entries(schema.properties as Record<string, Node>);
  const filled = properties.map(([name, property]) => [
    name,
    Object.hasOwn(value, name) ? withNulls((value as Node)[name], property) : null,
  ]);
  return { ...value, ...Object.fromEntries(filled) };
}

const keywords = {
  "openai-strict":
    "$ref $defs title description type enum const anyOf properties required additionalProperties items minItems maxItems minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format",
  anthropic:
    "$ref $defs title description type enum const anyOf properties required additionalProperties items minItems format",
  gemini:
    "$id $defs $ref $anchor type format title description enum items prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering",
} as const;

/** Each breach of the keyword table in a compiled schema, in words. */
function breaches(node: Node, dialect: keyof typeof keywords, path = "#"): string[] {
  const allowed = keywords[dialect].split(" ");
  const found = Object.keys(node)
    .filter((keyword) => !allowed.includes(keyword))
    .map((keyword) => `${path}: ${keyword}`);
  const says = (what: string) => found.push(`${path}: ${what}`);
  const types = [node.type].flat();
  if (types.includes("object") && dialect !== "gemini") {
    if (node.additionalProperties !== false) says("open object");
    if (!node.properties) says("no properties");
  }
  if (dialect === "openai-strict") {
    const names = Object.keys((node.properties as object | undefined) ?? {});
    if (types.includes("object") && String(node.required) !== String(names))
      says("not all required");
    if (types.includes("array") && !node.items) says("no items");
    if (!node.type && !node.anyOf && !node.$ref) says("no type");
    if (path === "#" && node.type !== "object") says("root");
  }
  if (dialect === "anthropic" && ![undefined, 0, 1].includes(node.minItems as number))
    says("minItems");
  if (dialect === "gemini") {
    const values = (node.enum as unknown[] | undefined) ?? [];
    if (values.some((value) => !["string", "number"].includes(typeof value))) says("enum");
    if (node.$ref && Object.keys(node).some((key) => !key.startsWith("$"))) says("beside $ref");
  }
  for (const key of ["properties", "$defs"] as const)
    for (const [name, child] of Object.entries((node[key] as object | undefined) ?? {}))
      found.push(...breaches(child, dialect, `${path}/${key}/${name}`));
  for (const [index, child] of ((node.anyOf as Node[] | undefined) ?? []).entries())
    found.push(...breaches(child, dialect, `${path}/anyOf/${index}`));
  for (const key of ["items", "additionalProperties"] as const)
    if (typeof node[key] === "object")
      found.push(...breaches(node[key] as Node, dialect, `${path}/${key}`));
  return found;
}

const check = (property: (one: Case) => void | Promise<void>) =>
  fc.assert(
    fc.asyncProperty(zodCases, async (one) => property(one)),
    { numRuns: 100 },
  );
const slow = { timeout: 120_000 };

test("the generator makes values that the user's schema accepts", slow, () => {
  return check(({ schema, value }) => {
    expect(schema.safeParse(value)).toMatchObject({ success: true });
    expect(fits(toJsonSchema(schema), value)).toBe(true);
  });
});

test.each(["openai-strict", "anthropic", "gemini"] as const)(
  "%s accepts every value of the user's schema, and keeps the dialect's rules",
  slow,
  async (dialect) => {
    let strict = 0;
    await check(({ schema, value }) => {
      const user = toJsonSchema(schema);
      const compiled = compileSchema(user, dialect);
      const { schema: sent, moved } = compiled;
      if (!compiled.strict) {
        expect(compiled.reasons).not.toEqual([]);
        expect(fits(sent, value)).toBe(true);
        return;
      }
      strict++;
      const asWritten = dialect === "openai-strict" ? withNulls(value, sent) : value;
      expect(fits(sent, asWritten)).toBe(true);
      expect(breaches(sent, dialect)).toEqual([]);
      for (const keyword of ["minLength", "maxLength", "pattern", "maxItems", "default"]) {
        const says = (node: unknown) => JSON.stringify(node).includes(`"${keyword}":`);
        if (says(user) && !says(sent)) expect(moved.map((move) => move.keyword)).toContain(keyword);
      }
    });
    expect(strict).toBeGreaterThan(20);
  },
);

test("a reply is read without the nulls openai-strict invites", slow, () => {
  return check(async ({ schema, value }) => {
    const user = toJsonSchema(schema);
    const { schema: sent, strict } = compileSchema(user, "openai-strict");
    // A tuple is sent as a list of any of its items: which of them a model fills in is not ours to know.
    if (!strict || JSON.stringify(user).includes('"prefixItems"')) return;
    const { result, read } = await validate(schema, withNulls(value, sent), user);
    expect(result.issues).toBeUndefined();
    expect(withoutNulls(read)).toEqual(withoutNulls(value));
  });
});
