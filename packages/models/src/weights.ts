/** What is known of open weights beside the catalogue: licence and size, from their maker or the name. Pure. */
import { openWeights } from "./data/open-weights.ts";
import type { ModelEntry, ModelSize } from "./entry.ts";

/** The entry with licence and size, where they are known and it has none; any other as it is. */
export function withWeights(entry: ModelEntry): ModelEntry {
  if (!entry.openWeights) return entry;
  const name = ownName(entry.id);
  const row = openWeights.find((one) => one.name.test(name));
  const size: ModelSize | undefined = row?.total
    ? { total: row.total, ...(row.active && { active: row.active }), from: "maker" }
    : sizeInName(name);
  if (!row && !size) return entry;
  return {
    ...(size && { parameters: size }),
    ...(row?.license && { license: row.license }),
    ...entry,
    sources: [...entry.sources, ...(row ? [row.source] : [])],
  };
}

/** `Qwen/Qwen3-32B` as `qwen3-32b`, Ollama's `gpt-oss:20b` as `gpt-oss-20b`, Fireworks' `5p3` as `5.3`. */
function ownName(id: string): string {
  const name = id.toLowerCase().split("/").at(-1)!.replaceAll(":", "-");
  return name.replaceAll(/(\d)p(\d)/g, "$1.$2");
}

const billions: Readonly<Record<string, number>> = { m: 0.001, b: 1, t: 1000 };

/**
 * The size that a name states: `llama-3.3-70b`, `qwen3-30b-a3b`, `qwen3.8-2.4t-a95b`. Not `8x7b`, whose
 * experts share, nor `e4b`, which is not its size, nor `1m`, which is its context.
 */
export function sizeInName(name: string): ModelSize | undefined {
  // "17b-16e": what works on a token, of sixteen experts.
  const experts = /-(\d+)b-\d+e(?:-|$)/.exec(name);
  if (experts) return { active: Number(experts[1]), from: "name" };
  const [, number, unit = ""] =
    /(?:^|[-_])(\d+(?:\.\d+)?)([bt]|(?<=\d\d)m)(?=$|[-_])/.exec(name) ?? [];
  const [, active] = /[-_]a(\d+(?:\.\d+)?)b(?=$|[-_])/.exec(name) ?? [];
  if (!number && !active) return undefined;
  return {
    ...(number && { total: Math.round(Number(number) * billions[unit]! * 1e6) / 1e6 }),
    ...(active && { active: Number(active) }),
    from: "name",
  };
}
