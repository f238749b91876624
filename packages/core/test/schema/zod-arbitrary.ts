/** Random zod schemas, each with random values that fit it: what the properties are tested on. */
import fc from "fast-check";
import * as z from "zod";

export interface Case {
  schema: z.ZodType;
  /** Fits `schema`. */
  value: unknown;
}
/** A schema and an arbitrary of its values. `absent` marks an optional property left out. */
interface Spec {
  schema: z.ZodType;
  values: fc.Arbitrary<unknown>;
  optional?: boolean;
}
const absent = Symbol("absent");

const text = fc.string({ maxLength: 6 });
const formats: readonly Spec[] = [
  { schema: z.iso.date(), values: fc.constantFrom("2026-02-28", "1999-12-31") },
  { schema: z.iso.datetime(), values: fc.constant("2026-02-28T10:00:00Z") },
  { schema: z.email(), values: fc.constant("ada@example.com") },
  { schema: z.uuid(), values: fc.uuid({ version: 4 }) },
  { schema: z.url(), values: fc.constant("https://example.com/a?b=c") },
  { schema: z.ipv4(), values: fc.constant("127.0.0.1") },
];

const leaves: fc.Arbitrary<Spec> = fc.oneof(
  fc.constant({ schema: z.string(), values: text }),
  fc.constant({ schema: z.boolean(), values: fc.boolean() }),
  fc.constant({ schema: z.null(), values: fc.constant(null) }),
  fc.constant({ schema: z.int(), values: fc.maxSafeInteger() }),
  fc.constantFrom(...formats),
  fc.tuple(fc.nat(3), fc.nat(3)).map(([min, more]) => ({
    schema: z
      .string()
      .min(min)
      .max(min + more),
    values: fc.string({ minLength: min, maxLength: min + more, unit: "grapheme-ascii" }),
  })),
  fc.constant({ schema: z.string().regex(/^[a-c]+$/), values: fc.stringMatching(/^[a-c]+$/) }),
  fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(9)).map(([min, more]) => ({
    schema: z
      .number()
      .min(min)
      .max(min + more),
    values: fc.double({ min, max: min + more, noNaN: true }).map((x) => (x === 0 ? 0 : x)),
  })),
  fc.integer({ min: -50, max: 50 }).map((min) => ({
    schema: z.int().gt(min),
    values: fc.integer({ min: min + 1, max: min + 9 }),
  })),
  fc.uniqueArray(fc.constantFrom("a", "b", "c"), { minLength: 1 }).map((names) => ({
    schema: z.enum(names as [string, ...string[]]),
    values: fc.constantFrom(...names),
  })),
  fc.uniqueArray(fc.constantFrom("a", 1, true, null), { minLength: 1 }).map((all) => ({
    schema: z.literal(all as ["a", 1, true, null]),
    values: fc.constantFrom(...all),
  })),
);

const names = ["id", "name", "tags", "from", "$ref", "type"];

function objectOf(specs: readonly Spec[], mode: "plain" | "strict"): Spec {
  const shape = Object.fromEntries(specs.map((spec, index) => [names[index]!, spec.schema]));
  return {
    schema: mode === "strict" ? z.strictObject(shape) : z.object(shape),
    values: fc
      .tuple(...specs.map((spec) => spec.values))
      .map((values) =>
        Object.fromEntries(
          values.flatMap((value, index) => (value === absent ? [] : [[names[index]!, value]])),
        ),
      ),
  };
}

function modify(
  spec: Spec,
  how: "as it is" | "optional" | "nullable" | "nullish" | "default",
): Spec {
  const { schema, values } = spec;
  switch (how) {
    case "as it is":
      return spec;
    case "optional":
      return { schema: schema.optional(), values: fc.oneof(values, fc.constant(absent)) };
    case "nullable":
      return { schema: schema.nullable(), values: fc.oneof(values, fc.constant(null)) };
    case "nullish":
      return { schema: schema.nullish(), values: fc.oneof(values, fc.constantFrom(null, absent)) };
    case "default":
      return {
        schema: schema.default(null as never),
        values: fc.oneof(values, fc.constant(absent)),
      };
  }
}

const specs = fc.letrec<{ node: Spec; object: Spec; property: Spec }>((tie) => ({
  property: fc
    .tuple(tie("node"), fc.constantFrom("as it is", "optional", "nullable", "nullish", "default"))
    .map(([spec, how]) => modify(spec, how as "optional")),
  object: fc
    .tuple(fc.array(tie("property"), { maxLength: 4 }), fc.constantFrom("plain", "strict"))
    .map(([properties, mode]) => objectOf(properties, mode as "plain")),
  node: fc.oneof(
    { maxDepth: 3, depthSize: "small", withCrossShrink: true },
    leaves,
    tie("object"),
    fc.tuple(tie("node"), fc.nat(2)).map(([item, max]) => ({
      schema: z.array(item.schema).max(max),
      values: fc.array(item.values, { maxLength: max }),
    })),
    fc.array(tie("node"), { minLength: 1, maxLength: 3 }).map((items) => ({
      schema: z.tuple(items.map((item) => item.schema) as [z.ZodType]),
      values: fc.tuple(...items.map((item) => item.values)),
    })),
    fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((branches) => ({
      schema: z.union(branches.map((branch) => branch.schema)),
      values: fc.oneof(...branches.map((branch) => branch.values)),
    })),
    fc.array(tie("object"), { minLength: 2, maxLength: 3 }).map((branches) => ({
      schema: z.discriminatedUnion(
        "kind",
        branches.map((branch, index) =>
          (branch.schema as z.ZodObject).extend({ kind: z.literal(`k${index}`) }),
        ) as never,
      ),
      values: fc.oneof(
        ...branches.map((branch, index) =>
          branch.values.map((value) => ({ ...(value as object), kind: `k${index}` })),
        ),
      ),
    })),
    tie("node").map((value) => ({
      schema: z.record(z.string(), value.schema),
      values: fc.dictionary(fc.constantFrom("x", "y"), value.values),
    })),
    tie("node").map((value) => ({
      schema: z.record(z.enum(["x", "y"]), value.schema),
      values: fc.record({ x: value.values, y: value.values }),
    })),
  ),
}));

/** A random object schema with a value that fits it. */
export const zodCases: fc.Arbitrary<Case> = specs.object.chain(({ schema, values }) =>
  values.map((value) => ({ schema, value })),
);
