/** Whether a call's options are ones: a limit that is no number would be no limit. */
import { checkShape, wrong } from "./check-shape.ts";
import { InvalidRequestError } from "./errors.ts";
import { isObject } from "./schema/json.ts";

const phases = ["connect", "firstByte", "idle", "total"];

/**
 * Options of a call, or a client's defaults for them; undefined and null are "not given".
 * @throws InvalidRequestError naming the option
 */
export function checkOptions(options: Readonly<Record<string, unknown>>, at = ""): void {
  const { timeout, maxRetries, fallbacks, signal, fetch, onUnsupported } = options;
  checkConnection(options, at);
  if (given(timeout)) checkTimeout(timeout, `${at}timeout`);
  if (given(maxRetries) && !(Number.isInteger(maxRetries) && (maxRetries as number) >= 0)) {
    throw wrong(`${at}maxRetries`, "a whole number from 0", maxRetries);
  }
  if (given(fallbacks)) checkFallbacks(fallbacks, `${at}fallbacks`);
  if (given(signal) && typeof (signal as AbortSignal).addEventListener !== "function") {
    throw wrong(`${at}signal`, "an AbortSignal", signal);
  }
  if (given(fetch) && typeof fetch !== "function") throw wrong(`${at}fetch`, "a function", fetch);
  if (given(onUnsupported) && !/^(warn|error|drop)$/.test(String(onUnsupported))) {
    throw new InvalidRequestError(`${at}onUnsupported must be "warn", "error" or "drop".`, {
      param: `${at}onUnsupported`,
    });
  }
}

const given = (value: unknown) => value !== undefined && value !== null;

/** Key, URL and headers, wherever they are given. @throws InvalidRequestError; shows no value */
export function checkConnection(options: object, at: string): void {
  const { apiKey, baseURL, headers } = options as Readonly<Record<string, unknown>>;
  if (given(apiKey) && typeof apiKey !== "string" && typeof apiKey !== "function") {
    throw new InvalidRequestError(`${at}apiKey must be a string, or a function that gives one.`, {
      param: `${at}apiKey`,
    });
  }
  if (given(baseURL)) checkShape(baseURL, "string", `${at}baseURL`);
  if (!given(headers)) return;
  if (headers instanceof Headers) {
    throw wrong(`${at}headers`, "a plain object of texts", headers);
  }
  checkShape(headers, "object", `${at}headers`);
  for (const [name, value] of Object.entries(headers as object)) {
    if (given(value)) checkShape(value, "string", `${at}headers.${name}`);
  }
}

function checkTimeout(timeout: unknown, path: string): void {
  const isTime = (value: unknown) => typeof value === "number" && value > 0;
  if (typeof timeout === "number" && isTime(timeout)) return;
  if (!isObject(timeout)) throw wrong(path, "a number of ms above 0, or an object", timeout);
  for (const [phase, ms] of Object.entries(timeout)) {
    if (!phases.includes(phase)) {
      throw new InvalidRequestError(`${path} has ${phases.join(", ")}, not "${phase}".`, {
        param: `${path}.${phase}`,
      });
    }
    if (given(ms) && !isTime(ms)) throw wrong(`${path}.${phase}`, "a number of ms above 0", ms);
  }
}

function checkFallbacks(fallbacks: unknown, path: string): void {
  if (!Array.isArray(fallbacks)) throw wrong(path, "an array", fallbacks);
  fallbacks.forEach((target, i) => {
    if (typeof target === "string") return;
    checkShape(target, { model: "string" }, `${path}[${i}]`);
    checkConnection(target, `${path}[${i}].`);
  });
}
