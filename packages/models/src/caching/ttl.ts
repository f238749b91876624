/** How long an entry lasts, in the words of requests. Pure. */
import type { CacheTtl } from "@polycall/core";

const minutes: Readonly<Record<CacheTtl, number>> = {
  "5m": 5,
  "30m": 30,
  "1h": 60,
  "12h": 720,
  "24h": 1440,
};

export const minutesOf = (ttl: CacheTtl): number => minutes[ttl];

/** In words: "5 minutes", "12 hours". */
export function lifetimeOf(ttl: CacheTtl): string {
  const hours = minutes[ttl] / 60;
  if (hours < 1) return `${minutes[ttl]} minutes`;
  return hours === 1 ? "an hour" : `${hours} hours`;
}

/** The shortest that lasts as long as asked, else the longest. @param ttls shortest first, not empty */
export function nearestTtl(asked: CacheTtl, ttls: readonly CacheTtl[]): CacheTtl {
  return ttls.find((ttl) => minutes[ttl] >= minutes[asked]) ?? ttls.at(-1)!;
}
