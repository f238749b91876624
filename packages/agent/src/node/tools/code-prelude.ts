/** What a sandbox has before the model's code runs in it: a console, timers without waiting, and a way to JSON. */

/**
 * JavaScript for QuickJS. It keeps what it uses of the language, so that code that changes `JSON` or a prototype
 * changes nothing of how it is reported. Gives the functions that the thread calls, in order.
 * `print` is the one function of the thread's; it takes a text.
 */
export const prelude = `(function (print, longest) {
  "use strict";
  const uncurry = Function.prototype.call.bind(Function.prototype.bind, Function.prototype.call);
  const slice = uncurry(String.prototype.slice), join = uncurry(Array.prototype.join);
  const keys = Object.keys, stringify = JSON.stringify, parse = JSON.parse, isArray = Array.isArray;
  const defineProperty = Object.defineProperty, string = String, entries = Array.from;
  const MapType = Map, SetType = Set, ErrorType = Error, isFinite = Number.isFinite;

  // What JSON would lose without a word is written out.
  const keep = function (key, value) {
    if (typeof value === "bigint") return string(value);
    if (typeof value === "number" && !isFinite(value)) return string(value);
    if (typeof value === "function" || typeof value === "symbol") return string(value);
    if (value instanceof MapType || value instanceof SetType) return entries(value);
    if (value instanceof ErrorType) return string(value);
    return value;
  };
  const toJson = function (value) {
    const json = stringify(value, keep);
    if (json !== undefined && json.length > longest)
      throw new ErrorType("The value has " + json.length + " characters as JSON, more than " + longest + ". Return less of it.");
    return json;
  };
  const describe = function (value) {
    let text;
    try {
      if (typeof value === "string") text = value;
      else if (value instanceof ErrorType) text = string(value) + (value.stack ? "\\n" + slice(string(value.stack), 0, 1000) : "");
      else if (typeof value === "object" && value !== null) text = stringify(value, keep, 2);
      else text = string(value);
    } catch (error) {
      try { text = "[" + (isArray(value) ? "array" : "object") + " that cannot be written as JSON]"; }
      catch (again) { text = "[object]"; }
    }
    return slice(string(text), 0, longest);
  };
  const log = function (...values) {
    const texts = [];
    for (let at = 0; at < values.length; at++) texts[at] = describe(values[at]);
    print(slice(join(texts, " "), 0, longest));
  };
  const hidden = (name, value) =>
    defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  hidden("console", { log, info: log, warn: log, error: log, debug: log });

  // Nobody waits here: when nothing else is left to do, the timer that is due first is due.
  let timers = [], made = 0, now = 0;
  hidden("setTimeout", function (run, ms, ...values) {
    const id = ++made, wait = +ms;
    timers[timers.length] = { id, at: now + (wait > 0 ? wait : 0), run, values };
    return id;
  });
  hidden("clearTimeout", function (id) {
    const left = [];
    for (const timer of timers) if (timer.id !== id) left[left.length] = timer;
    timers = left;
  });
  const runTimer = function () {
    let first;
    for (const timer of timers)
      if (!first || timer.at < first.at || (timer.at === first.at && timer.id < first.id)) first = timer;
    if (!first) return false;
    const left = [];
    for (const timer of timers) if (timer !== first) left[left.length] = timer;
    timers = left;
    now = first.at;
    const { run, values } = first;
    run(...values);
    return true;
  };
  const give = function (name, json) { hidden(name, parse(json)); };
  return [toJson, describe, runTimer, give];
})`;
