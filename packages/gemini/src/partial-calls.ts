/**
 * Calls whose arguments Vertex AI streams in pieces (`streamFunctionCallArguments`), put together: the
 * rest of the adapter sees whole calls only.
 */
import type { PartialArg } from "@google/genai";
import type { WireCandidate, WirePart, WireReply } from "./wire.ts";

type Json = { [key: string]: unknown };

export class PartialCalls {
  /** The call that is still open, by candidate. */
  readonly #open = new Map<number, WirePart>();

  /** The event with unfinished calls kept back; the same event where it has none. */
  join(event: WireReply): WireReply {
    const { candidates } = event;
    const isSplit = (part: WirePart) => part.functionCall?.willContinue;
    if (!this.#open.size && !candidates?.some(({ content }) => content?.parts?.some(isSplit))) {
      return event;
    }
    return { ...event, candidates: candidates?.map((candidate) => this.#joined(candidate)) };
  }

  /** Where the candidate ends, what came of its call. */
  #joined(candidate: WireCandidate): WireCandidate {
    const { content, finishReason, index = 0 } = candidate;
    const whole = (content?.parts ?? []).flatMap((part) => this.#add(part, index));
    const left = finishReason ? this.#open.get(index) : undefined;
    if (left) {
      whole.push(left);
      this.#open.delete(index);
    }
    return { ...candidate, content: { ...content, parts: whole } };
  }

  #add(part: WirePart, index: number): WirePart[] {
    const { functionCall } = part;
    if (!functionCall) return [part];
    const { partialArgs, willContinue, args, ...call } = functionCall;
    const open = this.#open.get(index);
    const known = (open?.functionCall?.args ?? {}) as Json;
    const all: Json = { ...known, ...args };
    for (const piece of partialArgs ?? []) put(all, piece);
    const joined = {
      ...open,
      ...part,
      functionCall: { ...open?.functionCall, ...call, args: all },
    };
    if (willContinue) this.#open.set(index, joined);
    else this.#open.delete(index);
    return willContinue ? [] : [joined];
  }
}

/** Sets what a piece says at its JSON path (`$.a[0].b`, `$['a b']`); a string goes on where it stands. */
function put(args: Json, { jsonPath = "$", ...piece }: PartialArg): void {
  const { stringValue, numberValue, boolValue } = piece;
  const path = [...jsonPath.matchAll(/\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]|\.([^.[]+)/g)].map(
    ([, index, ...names]) =>
      index === undefined ? names.find((name) => name !== undefined)! : +index,
  );
  const last = path.pop();
  if (last === undefined) return;
  let at: object = args;
  path.forEach((key, step) => {
    const next = path[step + 1] ?? last;
    const inner = own(at, key);
    const made =
      typeof inner === "object" && inner !== null ? inner : typeof next === "number" ? [] : {};
    set(at, key, made);
    at = made;
  });
  const before = own(at, last);
  const value = stringValue ?? numberValue ?? boolValue ?? null;
  set(
    at,
    last,
    typeof before === "string" && stringValue !== undefined ? before + stringValue : value,
  );
}

function own(at: object, key: string | number): unknown {
  return Object.hasOwn(at, key) ? (at as Json)[key] : undefined;
}

/** Also for a key like `__proto__`, which an assignment would not make. */
function set(at: object, key: string | number, value: unknown): void {
  Object.defineProperty(at, key, { value, writable: true, enumerable: true, configurable: true });
}
