/** JSON Schemas of the SDKs' request types, trimmed to what a validator reads. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { createGenerator } from "ts-json-schema-generator";

/** File names below src/validate/schemas and the type each is made from. */
const types = {
  "openai-chat": "OpenAIChat",
  "openai-responses": "OpenAIResponses",
  "openai-embeddings": "OpenAIEmbeddings",
  "anthropic-messages": "AnthropicMessages",
  "anthropic-beta-messages": "AnthropicBetaMessages",
  "gemini-generate": "GeminiGenerate",
  "gemini-embed": "GeminiEmbed",
  "gemini-batch-embed": "GeminiBatchEmbed",
};

const SDKS = ["openai", "@anthropic-ai/sdk", "@google/genai"];

/** The installed version of an SDK, read from the package.json above its entry. */
function versionOf(sdk: string): string {
  const entry = createRequire(import.meta.url).resolve(sdk);
  for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
      if (found.name === sdk) return found.version;
    } catch {
      // No package.json here: look one folder up.
    }
  }
  throw new Error(`The version of ${sdk} was not found from ${entry}.`);
}

/** Sorts keys and shortens the generator's long definition names, so that the files stay small. */
function tidy(value: unknown, names: Map<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => tidy(item, names));
  if (typeof value === "string" && value.startsWith("#/definitions/")) {
    const name = decodeURIComponent(value.slice("#/definitions/".length));
    return `#/definitions/${names.get(name) ?? name}`;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "$comment");
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, tidy(item, names)]),
  );
}

/** The schema of one request type, by its file name. Takes some 3 seconds. */
export function makeSchema(file: keyof typeof types): unknown {
  const type = types[file];
  const schema = createGenerator({
    path: fileURLToPath(new URL("./request-types.ts", import.meta.url)),
    tsconfig: fileURLToPath(new URL("../tsconfig.json", import.meta.url)),
    type,
    skipTypeCheck: true,
    topRef: false,
    jsDoc: "none",
    sortProps: true,
  }).createSchema(type);
  const long = Object.keys(schema.definitions ?? {}).sort();
  const names = new Map(long.map((name, i) => [name, /^[\w.]{1,60}$/.test(name) ? name : `T${i}`]));
  const definitions = Object.fromEntries(
    Object.entries(schema.definitions ?? {}).map(([name, item]) => [names.get(name), item]),
  );
  return tidy({ ...schema, ...(long.length > 0 && { definitions }) }, names);
}

/** The installed version of each SDK. */
export function sdkVersions(): Record<string, string> {
  return Object.fromEntries(SDKS.map((sdk) => [sdk, versionOf(sdk)]));
}

/** Every file of src/validate/schemas, by its name without the extension. */
export function makeAll(): Record<string, unknown> {
  const files = Object.keys(types) as (keyof typeof types)[];
  const schemas = Object.fromEntries(files.map((file) => [file, makeSchema(file)]));
  return { ...schemas, versions: sdkVersions() };
}
