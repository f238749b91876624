/** The generated schemas and the checker, judged by the SDKs' versions and by ajv. */
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { sdkVersions } from "../../scripts/schemas.ts";
import { wireData } from "../../src/index.ts";
import type { Json, JsonObject } from "../../src/json.ts";
import { check } from "../../src/validate/check.ts";
import versions from "../../src/validate/schemas/versions.json" with { type: "json" };
import { type SchemaName, schemaNamed } from "../../src/validate/schemas.ts";

describe("the generated schemas", () => {
  test("were made from the installed SDKs (else: pnpm make-validators)", () => {
    expect(versions).toEqual(sdkVersions());
  });

  const data = wireData();
  test.skipIf(!data)(
    "say what ajv says, also of requests broken at random",
    { timeout: 120_000 },
    () => {
      const judged: [SchemaName, RegExp][] = [
        ["openai-chat", /api\.openai\.com\/v1\/chat\/completions$/],
        ["openai-responses", /api\.openai\.com\/v1\/responses$/],
        ["anthropic-beta-messages", /\/v1\/messages/],
        ["gemini-generate", /generativelanguage.*enerateContent/],
      ];
      const ajv = new Ajv({ strict: false });
      const interactions = data!.list().flatMap((file) => data!.read(file).interactions);
      let broken = 0;
      for (const [name, url] of judged) {
        const judge = ajv.compile(schemaNamed(name));
        const bodies = interactions
          .filter(({ request }) => request.method === "POST" && url.test(request.url))
          .map(({ request }) => request.body as JsonObject);
        for (const [seed, body] of bodies.entries()) {
          for (const given of [body, damage(body, seed), damage(body, seed + 1000)]) {
            const isValid = check(schemaNamed(name), given) === undefined;
            if (!isValid) broken++;
            expect({ name, given, isValid }).toEqual({ name, given, isValid: judge(given) });
          }
        }
      }
      expect(broken).toBeGreaterThan(300);
    },
  );
});

/** A copy with one value, somewhere, renamed, removed or replaced. */
function damage(body: JsonObject, seed: number): JsonObject {
  const copy = structuredClone(body);
  const holders: JsonObject[] = [];
  const collect = (value: Json) => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === "object" && value !== null) {
      if (Object.keys(value).length > 0) holders.push(value);
      Object.values(value).forEach(collect);
    }
  };
  collect(copy);
  const holder = holders[(seed * 7919) % holders.length]!;
  const keys = Object.keys(holder);
  const key = keys[(seed * 104_729) % keys.length]!;
  const value = holder[key]!;
  delete holder[key];
  if (seed % 3 === 0) holder[`${key}_x`] = value;
  if (seed % 3 === 1) holder[key] = typeof value === "string" ? 5 : "x";
  return copy;
}
