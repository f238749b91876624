/** What becomes of a parameter, in a few words for a table. */
import type { Provider } from "@polycall/core";
import { type Outcome, probe } from "./probe.ts";
import type { Sample } from "./samples.ts";

const words: { readonly [action: string]: string } = { dropped: "left out", repaired: "mended" };

function say(outcome: Outcome): string {
  switch (outcome.kind) {
    case "passed":
      return "yes";
    case "renamed":
      return `\`${outcome.to}\``;
    case "refused":
    case "lost":
      return outcome.kind;
    case "idle":
      return "nothing to do";
    case "moved":
      return `goes to /${outcome.to}`;
    default: {
      const [action = ""] = outcome.actions;
      const what = words[action] ?? action;
      return outcome.to ? `${what}: \`${outcome.to}\`` : what;
    }
  }
}

/** A value as a reader knows it: a word, or the type of an object. */
function show(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const { type } = value as { type?: unknown };
  return String(type ?? "object");
}

/** One outcome for all values, or each outcome with its values. */
export function cellOf(provider: Provider, model: string, param: string, sample: Sample): string {
  const byOutcome = new Map<string, string[]>();
  for (const { value, outcome } of probe(provider, model, param, sample)) {
    const said = say(outcome);
    byOutcome.set(said, [...(byOutcome.get(said) ?? []), show(value)]);
  }
  if (byOutcome.size === 1) return [...byOutcome.keys()][0]!;
  return [...byOutcome].map(([said, values]) => `*${values.join(", ")}*: ${said}`).join("<br>");
}
