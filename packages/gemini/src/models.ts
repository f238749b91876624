/** What varies by model. Rows, not branches: the longest prefix that ends at a boundary wins. */
import { type CapabilityLayer, type FactShape, factsFrom } from "@polycall/core";

export type ThinkingLevel = "MINIMAL" | "LOW" | "MEDIUM" | "HIGH";

export type Thinking =
  | { readonly kind: "none" }
  /** 2.5: tokens; `off` says whether 0 is taken. */
  | { readonly kind: "budget"; readonly min: number; readonly max: number; readonly off: boolean }
  /** 3.x: words, lowest first; thinking cannot be turned off. */
  | { readonly kind: "level"; readonly levels: readonly ThinkingLevel[] };

export type ModelFacts = {
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
};

const fromLow = ["LOW", "MEDIUM", "HIGH"] as const;
const fromMinimal = ["MINIMAL", ...fromLow] as const;

/** What a user may say otherwise. */
export const shape: { readonly [fact in keyof ModelFacts]: FactShape } = {
  sampling: "boolean",
  penalties: "boolean",
  thinking: {
    kinds: {
      none: {},
      budget: { min: "integer", max: "integer", off: "boolean" },
      level: { levels: { listOf: fromMinimal } },
    },
  },
  system: "boolean",
  functions: "boolean",
  strict: "boolean",
  json: "boolean",
  jsonWithTools: "boolean",
  mixedTools: "boolean",
  mediaResults: "boolean",
  signatures: "boolean",
};

type Layers = readonly CapabilityLayer[];

const date = "2026-11-23";
const docs = "https://ai.google.dev/gemini-api/docs";

const base: ModelFacts = {
  sampling: true,
  penalties: false,
  thinking: { kind: "level", levels: fromMinimal },
  system: true,
  functions: true,
  strict: true,
  json: true,
  jsonWithTools: true,
  mixedTools: true,
  mediaResults: true,
  signatures: true,
};
const provider: Layers = [
  { layer: "provider", of: "gemini", facts: base, source: `${docs}/text-generation`, date },
];

function family(
  of: string,
  facts: Partial<ModelFacts>,
  page: string,
  on: Layers = provider,
): Layers {
  return [...on, { layer: "family", of, facts, source: `${docs}/${page}`, date }];
}

const gemini3 = family("gemini-3", {}, "gemini-3");
/** 3.6 and later, and whatever comes: a 400 for temperature, topP and topK. */
const newest = family(
  "gemini, the newest",
  { sampling: false, thinking: { kind: "level", levels: fromLow } },
  "changelog",
);
const gemini2 = family(
  "gemini-2.0 and before",
  {
    penalties: true,
    thinking: { kind: "none" },
    strict: false,
    jsonWithTools: false,
    mixedTools: false,
    mediaResults: false,
    signatures: false,
  },
  "function-calling",
);
const gemini25 = family(
  "gemini-2.5",
  {
    penalties: false,
    strict: true,
    thinking: { kind: "budget", min: 1, max: 24_576, off: true },
  },
  "thinking",
  gemini2,
);
const gemma = family("gemma", { system: false }, "gemma", gemini2);

/** Tuned models, endpoints and other publishers' models: nothing is known, so little is changed. */
const unknown = family(
  "an unknown model",
  { penalties: true, mediaResults: false, signatures: false },
  "models",
  gemini3,
);

/** A row of models that differ from their family. */
function row(
  of: string,
  on: Layers,
  facts: Partial<ModelFacts>,
  page = "thinking",
): readonly [prefix: string, layers: Layers] {
  return [of, [...on, { layer: "model", of, facts, source: `${docs}/${page}`, date }]];
}

const noThinking = { thinking: { kind: "none" } } as const;
const noTools = { functions: false, json: false } as const;

const rows: readonly (readonly [prefix: string, layers: Layers])[] = [
  ["gemini", newest],
  ["gemini-1.0", gemini2],
  ["gemini-1.5", gemini2],
  ["gemini-2.0", gemini2],
  ["gemini-2.5", gemini25],
  row("gemini-2.5-flash-image", gemini25, noThinking, "image-generation"),
  row("gemini-2.5-flash-lite", gemini25, {
    thinking: { kind: "budget", min: 512, max: 24_576, off: true },
  }),
  row("gemini-2.5-pro", gemini25, {
    thinking: { kind: "budget", min: 128, max: 32_768, off: false },
  }),
  ["gemini-3", gemini3],
  row("gemini-3-pro", gemini3, { thinking: { kind: "level", levels: ["LOW", "HIGH"] } }),
  row("gemini-3-pro-image", gemini3, noThinking, "image-generation"),
  ["gemini-3.1", gemini3],
  row("gemini-3.1-pro", gemini3, { thinking: { kind: "level", levels: fromLow } }),
  ["gemini-3.5", gemini3],
  row("gemini-3.5-flash-lite", gemini3, { sampling: false }, "changelog"),
  row("gemini-3.6", gemini3, { sampling: false }, "changelog"),
  ["gemma", gemma],
  row("gemma-3", gemma, noTools, "gemma"),
  row("gemma-3n", gemma, noTools, "gemma"),
];

/** Layers of a model by its name, whatever path it stands in; a name that nobody knows is no error. */
export function layersOf(model: string): Layers {
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

/** The facts of a model; what the user says of it, and what was learned, wins. */
export const factsOf = /* @__PURE__ */ factsFrom<ModelFacts>(layersOf);
