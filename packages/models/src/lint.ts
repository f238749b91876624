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
}

/** The names there are the user's own, or more than a catalogue can hold. */
const openEnded = new Set(["azure", "huggingface", "ollama"]);

/** A text in quotes that is a model string, and what stands before it. */
const quoted = /(.{0,12})(["'`])([a-z][\w]*\/[\w.:@/-]+)\2/g;
/** `from "openai/resources"`, `import("…")`, `require("…")`, `import "…"`. */
const importing = /\b(?:from|import|require)\s*\(?\s*$/;

/**
 * Finds the quoted model strings of a text, in any language, that are turned off within sixty days, or
 * that the catalogue does not know though it knows their provider.
 * @returns in the order of the text; empty when all is well
 */
export function lintModels(source: string, { now = new Date() }: LintOptions = {}): LintFinding[] {
  const findings: LintFinding[] = [];
  const known = new Set(providers());
  source.split(/\r?\n/).forEach((text, i) => {
    for (const { 1: before = "", 3: model = "", index } of text.matchAll(quoted)) {
      const provider = model.slice(0, model.indexOf("/"));
      if (!known.has(provider) || importing.test(before)) continue;
      const found = problemOf(model, provider, now);
      const at = { line: i + 1, column: index + before.length + 2, model };
      if (found) findings.push({ ...at, ...found });
    }
  });
  return findings;
}

function problemOf(
  model: string,
  provider: string,
  now: Date,
): Pick<LintFinding, "problem" | "reason"> | undefined {
  const deprecation = deprecationOf(model, now);
  if (deprecation) return { problem: "deprecated", reason: deprecation.reason };
  if (openEnded.has(provider) || getModel(model)) return undefined;
  const { size } = modelsOf(provider);
  const reason = `it is none of the ${size} models of ${provider} in the catalogue: misspelt, or newer.`;
  return { problem: "unknown", reason };
}
