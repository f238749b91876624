/** What the place that served adds to the price of a reply's tokens. Pure. */
import type { Served, Usage } from "@polycall/core";
import { type Surcharge, surcharges } from "./data/surcharges.ts";
import type { ModelEntry } from "./entry.ts";

/** The factor of the rates; undefined where it depends on what is not known. */
export function surchargeOf(entry: ModelEntry, usage: Usage, served?: Served): number | undefined {
  const one = surcharges.find(
    (row) => row.provider === entry.provider && fits(row, entry, usage, served),
  );
  if (!one) return 1;
  if (!one.releasedFrom) return one.factor;
  // "2026-03" may be before the 5th or after it.
  const { released = "" } = entry;
  if (released < one.releasedFrom && one.releasedFrom.startsWith(released)) return undefined;
  return released >= one.releasedFrom ? one.factor : 1;
}

function fits(
  { host, location, geo, model }: Surcharge,
  { id }: ModelEntry,
  usage: Usage,
  served?: Served,
) {
  if (model && !model.test(id)) return false;
  if (geo) return usage.inference_geo === geo;
  if (location) return served?.location !== undefined && location.test(served.location);
  return !!host?.test(hostOf(served?.baseURL));
}

/** Every reply of a client comes from the same few addresses. */
const hosts = new Map<string, string>();

function hostOf(url = ""): string {
  let host = hosts.get(url);
  if (host === undefined) {
    host = URL.parse(url)?.hostname ?? "";
    if (hosts.size >= 100) hosts.clear();
    hosts.set(url, host);
  }
  return host;
}
