/**
 * Anthropic's strict tools and `output_config.format`. Source: `transformJSONSchema` of
 * @anthropic-ai/sdk 1.12, and https://docs.claude.com/en/docs/build-with-claude/structured-outputs,
 * read 2026-11. Differs from that helper: a free-key object is refused rather than closed to
 * nothing, type lists with object keep their properties, a described `$ref` keeps its description.
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
  "uri",
  "ipv4",
  "ipv6",
  "uuid",
]);

/** A type beside fixed values says nothing more; the SDK leaves it out. */
function literalsWithoutType({ out }: Site): void {
  if (out.enum !== undefined || Object.hasOwn(out, "const")) delete out.type;
}

const reference: Rule = (ref, site, keyword) => {
  if (site.leadsBack(ref as string)) site.refuse("a schema that contains itself");
  keep(ref, site, keyword);
};

export const anthropic: DialectRules = {
  prepare: [loosenTuples],
  keywords: {
    $ref: reference,
    title: keep,
    description: keep,
    type: keep,
    enum: keepIf((values) => (values as unknown[]).every(isPrimitive)),
    const: keepIf(isPrimitive),
    anyOf: schemas,
    allOf: refuse("an allOf that cannot be merged into one schema"),
    properties: schemaMap,
    required: keep,
    additionalProperties: closedOnly,
    patternProperties: refuse("an object of free keys (patternProperties)"),
    items: schema,
    minItems: keepIf((count) => count === 0 || count === 1),
    format: keepIf((format) => formats.has(format as string)),
    pattern: patternToWords,
    if: conditionToWords,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema, never awaited
    then: conditionToWords,
    else: conditionToWords,
    dependentSchemas: conditionToWords,
    unevaluatedProperties: conditionToWords,
  },
  finish: [needsType, closeObjects, literalsWithoutType],
  limits: { optional: 24, unions: 16 },
};
