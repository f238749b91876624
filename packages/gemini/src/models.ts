/**
 * What varies by model. Rows, not branches: the longest prefix that ends at a boundary wins.
 * Sources, checked 2026-11-23: ai.google.dev/gemini-api/docs/{thinking, openai, function-calling,
 * structured-output, thought-signatures, gemma} and the release notes of 3.5 to 3.8.
 */

export type ThinkingLevel = "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";

export type Thinking =
  | { readonly kind: "none" }
  /** 2.5: tokens; `off` says whether 0 is taken. */
  | { readonly kind: "budget"; readonly min: number; readonly max: number; readonly off: boolean }
  /** 3.x: words, lowest first; thinking cannot be turned off. */
  | { readonly kind: "level"; readonly levels: readonly ThinkingLevel[] };

export interface ModelFacts {
  /** Takes temperature, topP and topK; else a 400. */
  readonly sampling: boolean;
  /** Takes presencePenalty and frequencyPenalty. */
  readonly penalties: boolean;
  readonly thinking: Thinking;
  /** Takes systemInstruction. */
  readonly system: boolean;
  readonly functions: boolean;
  /** Takes the calling mode VALIDATED, which holds arguments to their schemas. */
  readonly strict: boolean;
  /** Takes responseMimeType application/json with a schema. */
  readonly json: boolean;
  /** Takes a JSON response and function declarations in one request. */
  readonly jsonWithTools: boolean;
  /** Takes built-in tools and function declarations in one request. */
  readonly mixedTools: boolean;
  /** Takes media inside a functionResponse. */
  readonly mediaResults: boolean;
  /** Refuses a function call in the history that has no thoughtSignature. */
  readonly signatures: boolean;
}

const fromLow = ["LOW", "MEDIUM", "HIGH"] as const;
const fromMinimal = ["MINIMAL", ...fromLow] as const;

const newest: ModelFacts = {
  sampling: false,
  penalties: false,
  thinking: { kind: "level", levels: fromLow },
  system: true,
  functions: true,
  strict: true,
  json: true,
  jsonWithTools: true,
  mixedTools: true,
  mediaResults: true,
  signatures: true,
};
const gemini3: ModelFacts = {
  ...newest,
  sampling: true,
  thinking: { kind: "level", levels: fromMinimal },
};
const gemini2: ModelFacts = {
  ...newest,
  sampling: true,
  penalties: true,
  thinking: { kind: "none" },
  strict: false,
  jsonWithTools: false,
  mixedTools: false,
  mediaResults: false,
  signatures: false,
};
const gemini25: ModelFacts = {
  ...gemini2,
  penalties: false,
  strict: true,
  thinking: { kind: "budget", min: 1, max: 24_576, off: true },
};
const gemma: ModelFacts = { ...gemini2, system: false };

/** Tuned models, endpoints and other publishers' models: nothing is known, so little is changed. */
const unknown: ModelFacts = { ...gemini3, penalties: true, mediaResults: false, signatures: false };

const rows: readonly (readonly [prefix: string, facts: ModelFacts])[] = [
  ["gemini", newest],
  ["gemini-1.0", gemini2],
  ["gemini-1.5", gemini2],
  ["gemini-2.0", gemini2],
  ["gemini-2.5", gemini25],
  ["gemini-2.5-flash-image", { ...gemini25, thinking: { kind: "none" } }],
  [
    "gemini-2.5-flash-lite",
    { ...gemini25, thinking: { kind: "budget", min: 512, max: 24_576, off: true } },
  ],
  [
    "gemini-2.5-pro",
    { ...gemini25, thinking: { kind: "budget", min: 128, max: 32_768, off: false } },
  ],
  ["gemini-3", gemini3],
  ["gemini-3-pro", { ...gemini3, thinking: { kind: "level", levels: ["LOW", "HIGH"] } }],
  ["gemini-3-pro-image", { ...gemini3, thinking: { kind: "none" } }],
  ["gemini-3.1", gemini3],
  ["gemini-3.1-pro", { ...gemini3, thinking: { kind: "level", levels: fromLow } }],
  ["gemini-3.5", gemini3],
  ["gemini-3.5-flash-lite", { ...gemini3, sampling: false }],
  ["gemini-3.6", { ...gemini3, sampling: false }],
  ["gemma", gemma],
  ["gemma-3", { ...gemma, functions: false, json: false }],
  ["gemma-3n", { ...gemma, functions: false, json: false }],
];

/** Facts of a model by its name, whatever path it stands in; a name that nobody knows is no error. */
export function factsOf(model: string): ModelFacts {
  if (/(^|\/)(tunedModels|endpoints)\//.test(model)) return unknown;
  const name = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  let best: (typeof rows)[number] | undefined;
  for (const row of rows) {
    const [prefix] = row;
    const isMatch =
      name === prefix || (name.startsWith(prefix) && /[-@:]/.test(name[prefix.length]!));
    if (isMatch && prefix.length > (best?.[0].length ?? 0)) best = row;
  }
  return best?.[1] ?? unknown;
}
