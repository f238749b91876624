/** Model strings in source text that will not work much longer, or that nobody knows. Pure. */
import { modelsOf, providers } from "./catalogue.ts";
import { deprecationOf } from "./lifecycle.ts";
import { getModel } from "./lookup.ts";

export interface LintFinding {
  /** From 1. */
  line: number;
  /** Of the string's first letter, from 1. */
  column: number;
  /** The model string. */
  model: string;
  problem: "deprecated" | "unknown";
  reason: string;
}

export interface LintOptions {
  /** Default: today. */
  now?: Date;
  /** How far ahead a shutdown is told of. Default: 60. */
  days?: number;
  /** Whether values stand there without quotes, too: `MODEL=openai/gpt-4`, `model: openai/gpt-4`. */
  unquoted?: boolean;
}

/** The names there are the user's own, or more than a catalogue can hold. */
const openEnded = new Set(["azure", "huggingface", "ollama"]);

/** A text in quotes that is a model string, and what stands before it. */
const quoted = /(.{0,12})(["'`])([a-z]\w*\/[\w.:@/-]*\w)\2/g;
/** A value without quotes at the end of a line: of a variable, of a key, of a list. */
const bare =
  /^(\s*(?:-\s+)?(?:export\s+)?(?:[\w.-]+\s*[=:]\s*)?)()([a-z]\w*\/[\w.:@/-]*\w)\s*(?:#.*)?$/g;
/** `from "openai/resources"`, `import("…")`, `require("…")`, `import "…"`. */
const importing = /\b(?:from|import|require)\s*\(?\s*$/;

/**
 * Finds the quoted model strings of a text, in any language, that are turned off within some days, or
 * that the catalogue does not know though it knows their provider.
 * @returns in the order of the text; empty when all is well
 */
export function lintModels(source: string, options: LintOptions = {}): LintFinding[] {
  const { now = new Date(), days, unquoted = false } = options;
  const findings: LintFinding[] = [];
  const known = new Set(providers());
  source.split(/\r?\n/).forEach((text, i) => {
    const found = [...text.matchAll(quoted), ...(unquoted ? text.matchAll(bare) : [])];
    for (const { 1: before = "", 2: quote = "", 3: model = "", index } of found) {
      const provider = model.slice(0, model.indexOf("/"));
      if (!known.has(provider) || importing.test(before)) continue;
      const column = index + before.length + quote.length + 1;
      const problem = problemOf(model, provider, now, days);
      if (problem) findings.push({ line: i + 1, column, model, ...problem });
    }
  });
  return findings;
}

function problemOf(
  model: string,
  provider: string,
  now: Date,
  days: number | undefined,
): Pick<LintFinding, "problem" | "reason"> | undefined {
  const deprecation = deprecationOf(model, now, days);
  if (deprecation) return { problem: "deprecated", reason: deprecation.reason };
  if (openEnded.has(provider) || getModel(model)) return undefined;
  const { size } = modelsOf(provider);
  const reason = `it is none of the ${size} models of ${provider} in the catalogue: misspelt, or newer.`;
  return { problem: "unknown", reason };
}
