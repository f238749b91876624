/** What becomes of a parameter: found by planning a request with it, and one without. */
import { type Plan, type Provider, UnsupportedParamsError } from "@polycall/core";
import type { Sample } from "./samples.ts";

type Fields = { readonly [key: string]: unknown };

export type Outcome =
  | { readonly kind: "passed" }
  /** It stands there in the plan, as it was given. */
  | { readonly kind: "renamed"; readonly to: string }
  /** The plan says so, or says it in other words. */
  | { readonly kind: "changed"; readonly actions: readonly string[]; readonly to?: string }
  /** Another endpoint serves the request with it. */
  | { readonly kind: "moved"; readonly to: string }
  | { readonly kind: "refused"; readonly rule?: string }
  /** Thinking is turned off where the model does none: nothing to say. */
  | { readonly kind: "idle" }
  /** It is nowhere, and nothing was said: a defect. */
  | { readonly kind: "lost" };

export interface Probed {
  readonly value: unknown;
  readonly outcome: Outcome;
  /** Ids of the rules that spoke. */
  readonly rules: readonly string[];
}

const messages = [{ role: "user", content: "How much is London? Answer in JSON." }];

/** A plan without key and network. */
export function planOf(provider: Provider, model: string, request: Fields): Plan {
  const { info } = provider;
  const baseURL = info.baseURL ?? "https://probe.example/v1";
  const connection = { provider: info.name, apiKey: "k", baseURL, headers: {}, settings: {} };
  const whole = { model: `${info.name}/${model}`, messages, ...request };
  return provider.plan(whole as unknown as Parameters<Provider["plan"]>[0], {
    connection,
    model,
    onUnsupported: "warn",
  });
}

/** What becomes of each of a sample's values. */
export function probe(
  provider: Provider,
  model: string,
  param: string,
  { values, beside = {} }: Sample,
): Probed[] {
  return values.map((value): Probed => {
    let base: Plan;
    try {
      base = planOf(provider, model, beside as Fields);
    } catch (error) {
      if (!(error instanceof UnsupportedParamsError)) throw error;
      return { value, outcome: { kind: "refused" }, rules: [] };
    }
    try {
      const plan = planOf(provider, model, { ...beside, [param]: value });
      const rules = plan.changes.flatMap(({ rule }) => rule ?? []);
      return { value, outcome: outcomeOf(param, value, plan, base), rules };
    } catch (error) {
      if (!(error instanceof UnsupportedParamsError)) throw error;
      const { rule } = error;
      const outcome = { kind: "refused", ...(rule && { rule }) } as const;
      return { value, outcome, rules: rule ? [rule] : [] };
    }
  });
}

function outcomeOf(param: string, value: unknown, plan: Plan, base: Plan): Outcome {
  const told = plan.changes.filter(({ param: name }) => isAbout(name, param));
  const before = base.changes.filter(({ param: name }) => isAbout(name, param));
  const changes = told.length > before.length ? told : [];
  if (plan.endpoint !== base.endpoint) return { kind: "moved", to: plan.endpoint };
  const shown = (one: Plan) => ({ ...one.body, "another path": one.path });
  const places = differences(shown(base), shown(plan));
  if (changes.length) {
    const actions = [...new Set(changes.map(({ action }) => action))];
    const to = describe(param, places);
    return { kind: "changed", actions, ...(to && { to }) };
  }
  if (param === "extra_body") {
    const isThere = JSON.stringify(plan.body.probe) === JSON.stringify((value as Fields).probe);
    return isThere ? { kind: "passed" } : { kind: "lost" };
  }
  const sent = plan.body[param];
  if (same(sent, value) || (isPlain(sent) && holds(sent, value))) return { kind: "passed" };
  const found = places.find(({ now }) => same(now, value) || same(now, [value].flat()));
  if (found) return { kind: "renamed", to: found.path };
  const isOff = value === "none" || (param === "thinking" && same(value, { type: "disabled" }));
  if (!places.length) return { kind: isOff ? "idle" : "lost" };
  return { kind: "changed", actions: ["converted"], to: describe(param, places)! };
}

function isAbout(name: string, param: string): boolean {
  const aliases = param === "functions" ? ["functions", "tools"] : [param];
  const isNamed = (alias: string) => name === alias || new RegExp(`^${alias}[.[:]`).test(name);
  return aliases.some(isNamed) || (param === "thinking" && name === "reasoning_effort");
}

interface Place {
  readonly path: string;
  readonly now: unknown;
}

const isPlain = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

/** Whether an object has all that was given, and more. */
function holds(sent: Fields, value: unknown): boolean {
  if (!isPlain(value)) return false;
  return Object.entries(value).every(([key, one]) => same(sent[key], one));
}

/** Where the second differs from the first, as deep as both are objects. */
function differences(a: Fields, b: Fields, at = ""): Place[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key): Place[] => {
    const path = at ? `${at}.${key}` : key;
    if (same(a[key], b[key])) return [];
    const [one, other] = [a[key] ?? {}, b[key]];
    if (!isPlain(one) || !isPlain(other)) return [{ path, now: b[key] }];
    const whole = { path, now: other };
    return a[key] === undefined
      ? [whole, ...differences(one, other, path)]
      : differences(one, other, path);
  });
}

/** Where the request says it now, as deep as one thing alone is new; the value, where the name is its own. */
function describe(param: string, places: readonly Place[]): string | undefined {
  const [first] = places;
  if (!first) return undefined;
  let { path, now } = first;
  while (isPlain(now) && Object.keys(now).length === 1) {
    const [key = ""] = Object.keys(now);
    [path, now] = [`${path}.${key}`, now[key]];
  }
  return path === param && typeof now !== "object" ? String(now) : path;
}
