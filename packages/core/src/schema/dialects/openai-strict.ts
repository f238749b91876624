/**
 * OpenAI's strict structured outputs. Sources: `toStrictJsonSchema` of openai 7.57, and the guide
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas, read 2026-11.
 */
import {
  closedOnly,
  closeObjects,
  conditionToWords,
  type DialectRules,
  isPrimitive,
  keep,
  keepIf,
  loosenTuples,
  needsType,
  nullable,
  patternToWords,
  type Rule,
  refuse,
  type Site,
  schema,
  schemaMap,
  schemas,
} from "../rules.ts";

const formats = new Set([
  "date-time",
  "time",
  "date",
  "duration",
  "email",
  "hostname",
  "ipv4",
  "ipv6",
  "uuid",
]);

/** The grammar has no lookaround, back-references or Unicode classes. */
const beyondGrammar = /\(\?[=!<]|\\[1-9]|\\[pP]\{/;

const pattern: Rule = (value, site, keyword) =>
  (beyondGrammar.test(String(value)) ? patternToWords : keep)(value, site, keyword);

/** Every property must be listed in `required`: an optional one may be null instead of absent. */
function requireAll({ node, out, acceptsNull }: Site): void {
  if (!out.properties) return;
  const written = out.properties as Record<string, { [keyword: string]: unknown }>;
  const required = (node.required as string[] | undefined) ?? [];
  const properties = node.properties as Record<string, typeof node> | undefined;
  out.properties = Object.fromEntries(
    Object.entries(written).map(([name, property]) => {
      const wasOptional = !required.includes(name) && !acceptsNull(properties![name]!);
      return [name, wasOptional ? nullable(property) : property];
    }),
  );
  out.required = Object.keys(written);
}

function rootIsObject({ node, isRoot, refuse }: Site): void {
  if (isRoot && node.type !== "object") refuse("the root is not an object (or is a union)");
}

function arraysHaveItems({ node, out, refuse }: Site): void {
  if (node.type === "array" && !out.items) refuse("an array that does not say its items");
}

export const openaiStrict: DialectRules = {
  prepare: [loosenTuples],
  keywords: {
    $ref: keep,
    title: keep,
    description: keep,
    type: keep,
    enum: keepIf((values) => (values as unknown[]).every(isPrimitive)),
    const: keepIf(isPrimitive),
    anyOf: schemas,
    allOf: refuse("an allOf that cannot be merged into one schema"),
    properties: schemaMap,
    required: () => {},
    additionalProperties: closedOnly,
    patternProperties: refuse("an object of free keys (patternProperties)"),
    items: schema,
    minItems: keep,
    maxItems: keep,
    minimum: keep,
    maximum: keep,
    exclusiveMinimum: keep,
    exclusiveMaximum: keep,
    multipleOf: keep,
    minLength: keep,
    maxLength: keep,
    pattern,
    format: keepIf((format) => formats.has(format as string)),
    if: conditionToWords,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, never awaited
    then: conditionToWords,
    else: conditionToWords,
    dependentSchemas: conditionToWords,
    unevaluatedProperties: conditionToWords,
  },
  finish: [rootIsObject, needsType, closeObjects, requireAll, arraysHaveItems],
  limits: { properties: 5000, depth: 10, enumValues: 1000 },
};
