/** Whether what a caller gave as `promptCaching` is one: it is read by those who plan, so they check it. */
import { InvalidRequestError } from "@polycall/core";

/** @throws InvalidRequestError naming the option */
export function checkCaching(option: unknown): void {
  if (option === "auto" || option === "off") return;
  if (typeof option !== "object" || option === null || Array.isArray(option)) {
    throw wrong("", '"auto", "off" or an object', option);
  }
  const { ttl, breakpoints = [], ...others } = option as { [key: string]: unknown };
  for (const [name, value] of Object.entries(others)) {
    if (name !== "key" && name !== "cachedContent") {
      throw wrong("", "an object of ttl, key, breakpoints and cachedContent", name);
    }
    const isText = typeof value === "string" && value !== "";
    if (value !== undefined && !isText) throw wrong(`.${name}`, "a string", value);
  }
  if (ttl !== undefined && !/^(?:5m|30m|1h|12h|24h)$/.test(String(ttl))) {
    throw wrong(".ttl", "5m, 30m, 1h, 12h or 24h", ttl);
  }
  if (!Array.isArray(breakpoints)) throw wrong(".breakpoints", "an array", breakpoints);
  for (const place of breakpoints) {
    if (place === "tools" || place === "system" || Number.isInteger(place)) continue;
    throw wrong(".breakpoints", 'of "tools", "system" and indices of messages', place);
  }
}

function wrong(at: string, what: string, given: unknown): InvalidRequestError {
  const param = `promptCaching${at}`;
  const shown = typeof given === "object" ? "an object" : JSON.stringify(given);
  return new InvalidRequestError(`${param} must be ${what}, not ${shown}.`, { param });
}
