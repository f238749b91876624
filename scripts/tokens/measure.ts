/** How far the local estimates are off, by family, on the recordings they were not fitted to: `node scripts/tokens/measure.ts`. */
import { wireData } from "@polycall/testing";
import { estimateTokens } from "../../packages/models/src/tokens/estimate.ts";
import { familyOf } from "../../packages/models/src/tokens/families.ts";
import { recorded } from "./recorded.ts";

export interface Row {
  family: string;
  requests: number;
  /** Shares of the provider's count. */
  median: number;
  p90: number;
  /** The same of prompts of 200 tokens and more. */
  longer: number;
  longerMedian: number;
  longerP90: number;
  /** Share of the requests that were within the error that was stated. */
  within: number;
}

const at = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;

export function measure(heldOut = true): Row[] {
  const data = wireData();
  if (!data) throw new Error("There are no recordings.");
  const byFamily = new Map<string, { off: number; tokens: number; isWithin: boolean }[]>();
  for (const { model, body, tokens, heldOut: isHeldOut } of recorded(data)) {
    if (isHeldOut !== heldOut) continue;
    const estimate = estimateTokens(model, body);
    const off = Math.abs(estimate.tokens - tokens) / tokens;
    const isWithin = Math.abs(estimate.tokens - tokens) <= estimate.error * estimate.tokens + 0.5;
    const { name } = familyOf(model);
    byFamily.set(name, [...(byFamily.get(name) ?? []), { off, tokens, isWithin }]);
  }
  return [...byFamily].map(([family, all]) => {
    const offs = (some: typeof all) => some.map(({ off }) => off).sort((a, b) => a - b);
    const longer = all.filter(({ tokens }) => tokens >= 200);
    return {
      family,
      requests: all.length,
      median: at(offs(all), 0.5),
      p90: at(offs(all), 0.9),
      longer: longer.length,
      longerMedian: at(offs(longer), 0.5),
      longerP90: at(offs(longer), 0.9),
      within: all.filter(({ isWithin }) => isWithin).length / all.length,
    };
  });
}

if (import.meta.main) {
  for (const heldOut of [false, true]) {
    console.log(heldOut ? "held out" : "fitted to");
    const percent = (share: number) => (Number.isNaN(share) ? "" : `${Math.round(share * 100)} %`);
    console.table(
      measure(heldOut).map(({ family, requests, longer, ...shares }) => ({
        family,
        requests,
        median: percent(shares.median),
        p90: percent(shares.p90),
        "200+": longer,
        "median of them": percent(shares.longerMedian),
        "p90 of them": percent(shares.longerP90),
        "within the stated error": percent(shares.within),
      })),
    );
  }
}
