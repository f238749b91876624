/** Merges `extra_body` into a request body. */
import { isObject } from "./schema/json.ts";

type Json = { readonly [key: string]: unknown };

/**
 * A deep merge in which `extra` wins: objects are merged key by key, anything else (arrays, null)
 * replaces what was there. Neither argument is changed; `__proto__` is a key like any other.
 */
export function mergeBody(body: Json, extra: Json | null | undefined): { [key: string]: unknown } {
  const merged: { [key: string]: unknown } = { ...body };
  for (const key of Object.keys(extra ?? {})) {
    const value = extra![key];
    const old = Object.hasOwn(body, key) ? body[key] : undefined;
    const next = isObject(old) && isObject(value) ? mergeBody(old, value) : value;
    if (next === undefined) continue;
    if (key === "__proto__") {
      Object.defineProperty(merged, key, {
        value: next,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else merged[key] = next;
  }
  return merged;
}
