/** How long operations take and how many tokens they use, as the conventions count them. */
import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import type { Usage } from "@polycall/core";
import type { SpanInfo } from "../observer.ts";
import { tokenCounts } from "./attributes.ts";
import { durationBuckets, durations, genAI, tokens } from "./names.ts";

/** What a metric is told apart by: few values each. */
const dimensions = [
  genAI.operation,
  genAI.provider,
  genAI.requestModel,
  genAI.responseModel,
  genAI.agentName,
  genAI.toolName,
  genAI.serverAddress,
  genAI.serverPort,
  genAI.errorType,
];

const counted: readonly string[] = [
  tokens.input,
  tokens.output,
  tokens.cacheRead,
  tokens.cacheWrite,
  tokens.reasoning,
];

export type Measure = (
  kind: SpanInfo["kind"],
  seconds: number,
  attributes: Attributes,
  usage: Usage | undefined,
) => void;

export function measure(meter: Meter): Measure {
  const advice = { explicitBucketBoundaries: durationBuckets };
  const histograms = Object.fromEntries(
    Object.entries(durations).map(([kind, name]) => [
      kind,
      meter.createHistogram(name, { unit: "s", advice }),
    ]),
  ) as Record<SpanInfo["kind"], Histogram>;
  const counters = new Map(
    counted.map((name) => [
      name,
      meter.createCounter(name.replace("gen_ai.usage.", "gen_ai.client.inference.usage."), {
        unit: "{token}",
      }),
    ]),
  );
  return (kind, seconds, attributes, usage) => {
    const told: Attributes = {};
    for (const name of dimensions)
      if (attributes[name] !== undefined) told[name] = attributes[name];
    histograms[kind].record(seconds, told);
    if (kind !== "model" || !usage) return;
    for (const [name, count] of tokenCounts(usage)) counters.get(name)?.add(count, told);
  };
}
