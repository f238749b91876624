/** A request and its plan fitted to what is said of the model's parameters, each change told. Pure. */
import { Changes } from "../changes.ts";
import { nearestEffort } from "../effort.ts";
import { dropParams, isMeaning } from "../lacking.ts";
import type { Plan, PlanContext, Provider } from "../provider.ts";
import type { CompletionRequest, ReasoningEffort } from "../types/request.ts";
import {
  type CapabilityFacts,
  type CapabilityLayer,
  mergeLayers,
  type ParamFact,
} from "./layers.ts";

type Fields = { [key: string]: unknown };
type Limits = Exclude<ParamFact, boolean>;

/** A learned layer says which remedy it was, so that its changes can. */
export interface LearnedLayer extends CapabilityLayer {
  readonly rule?: string;
  /** It holds for the one request, and is not remembered. */
  readonly once?: boolean;
}

/** Two names of one bound: what is said of one holds for the other. */
const sameBound = ["max_tokens", "max_completion_tokens"];

/** The provider's plan under these layers of the user's and of what was learned. */
export function planWith(
  layers: readonly LearnedLayer[],
  provider: Provider,
  request: CompletionRequest,
  context: PlanContext,
): Plan {
  const facts = mergeLayers(layers);
  const changes = new Changes(context);
  const fields: Fields = { ...request };
  for (const [param, fact] of Object.entries(facts.params ?? {})) {
    if (fact === true) continue;
    const said = sayerOf(param, layers);
    const from = changes.list.length;
    fit(fields, param, fact, said, changes);
    for (const change of changes.list.slice(from)) if (said.rule) change.rule = said.rule;
  }
  const plan = provider.plan(fields as unknown as CompletionRequest, { ...context, facts });
  return {
    ...plan,
    body: fitBody(plan.body, request, layers, facts, changes),
    changes: [...changes.list, ...plan.changes],
  };
}

function whoSays({ layer, of, source }: CapabilityLayer): string {
  return layer === "learned"
    ? `${of}, as it said (${source}),`
    : `${of}, by registerCapabilities(),`;
}

function fit(
  fields: Fields,
  param: string,
  fact: Limits | false,
  said: CapabilityLayer,
  changes: Changes,
): void {
  const who = whoSays(said);
  if (!fact) {
    dropParams(fields, [param], who, changes);
    return;
  }
  for (const name of sameBound.includes(param) ? sameBound : [param]) {
    const from = fields[name];
    if (from === undefined || from === null) continue;
    const to = within(from, fact);
    if (to === from) continue;
    const { min, max, values } = fact;
    const takes = values ? values.join(", ") : [min ?? "", max ?? ""].join(" to ").trim();
    const reason = `${who} takes ${takes}`;
    if (isMeaning(name) && !sameBound.includes(name)) {
      changes.refuse(name, `${reason}.`, "Choose another model.");
    }
    if (to === undefined) {
      delete fields[name];
      changes.hint({ param: name, action: "dropped", from, reason });
      continue;
    }
    fields[name] = to;
    changes.hint({ param: name, action: "clamped", from, to, reason });
  }
}

/** The value itself, the nearest that is taken, or undefined where none is near. */
function within(from: unknown, { min, max, values }: Limits): unknown {
  if (!values) {
    if (typeof from !== "number") return from;
    return Math.min(Math.max(from, min ?? -Infinity), max ?? Infinity);
  }
  if (values.includes(from as string)) return from;
  if (typeof from === "number") {
    const numbers = values.filter((value) => typeof value === "number");
    if (!numbers.length) return undefined;
    return numbers.reduce((best, one) =>
      Math.abs(one - from) < Math.abs(best - from) ? one : best,
    );
  }
  const words = values.filter((value) => typeof value === "string" && value !== "none");
  if (!words.length) return undefined;
  const near = nearestEffort(from as ReasoningEffort, words as ReasoningEffort[]);
  if (near !== from) return near;
  return words.length === 1 ? words[0] : undefined;
}

/** What the plan says of itself (`stream_options`), and names at the top of the body; extra_body stays. */
function fitBody(
  given: Plan["body"],
  request: CompletionRequest,
  layers: readonly LearnedLayer[],
  { params = {} }: CapabilityFacts,
  changes: Changes,
): Plan["body"] {
  const body: Fields = { ...given };
  for (const [param, fact] of Object.entries(params)) {
    const isOwn = Object.hasOwn(request.extra_body ?? {}, param);
    if (isOwn || !Object.hasOwn(body, param)) continue;
    if (fact === false) delete body[param];
    else if (fact !== true && fact.name && fact.name !== param) {
      const { rule } = sayerOf(param, layers);
      const reason = `this model calls it ${fact.name}`;
      body[fact.name] ??= body[param];
      delete body[param];
      changes.note({ param, action: "renamed", to: fact.name, reason, ...(rule && { rule }) });
    }
  }
  return body;
}

/** The layer whose word counts. */
function sayerOf(param: string, layers: readonly LearnedLayer[]): LearnedLayer {
  return layers.findLast(({ facts }) => facts.params?.[param] !== undefined)!;
}
