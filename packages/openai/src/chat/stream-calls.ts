/** Tool calls of a stream: which call a delta belongs to, whatever the host does with ids and indices. */
import type { ToolCallDelta } from "@polycall/core";
import { isCustom, madeCallId } from "./tool-calls.ts";
import { isObject, type WireReply, type WireToolCall } from "./wire.ts";

interface OpenCall {
  /** The host's own id; "" when it gave none. */
  id: string;
  wireIndex: number | undefined;
  folded: WireToolCall & { function?: { name: string; arguments: string } };
}

/** The calls of one choice. */
export class StreamCalls {
  readonly #open: OpenCall[] = [];
  readonly #names: Readonly<Record<string, string>> | undefined;

  constructor(names: Readonly<Record<string, string>> | undefined) {
    this.#names = names;
  }

  get size(): number {
    return this.#open.length;
  }

  /** The calls so far, in the host's own words. */
  folded(): WireToolCall[] {
    return this.#open.map((call) => call.folded);
  }

  /** Folds one delta; returns it as ours, with our own index. */
  push(delta: WireToolCall, reply: WireReply): ToolCallDelta {
    const found = this.#find(delta);
    const slot = found < 0 ? this.#open.length : found;
    if (isCustom(delta) || this.#open[slot]?.folded.custom) return this.#custom(delta, slot);
    const { name = "" } = delta.function ?? {};
    const text = argumentsOf(delta.function);
    if (found >= 0) {
      const { folded } = this.#open[slot]!;
      if (delta.extra_content) folded.extra_content = delta.extra_content;
      if (folded.function) folded.function.arguments += text;
      if (!name || !folded.function || folded.function.name) {
        return { index: slot, function: { arguments: text } };
      }
      folded.function.name = name;
      return { index: slot, function: { name: this.#ours(name), arguments: text } };
    }
    const folded: OpenCall["folded"] = {
      id: delta.id ?? "",
      type: "function",
      function: { name: name ?? "", arguments: text },
    };
    if (delta.extra_content) folded.extra_content = delta.extra_content;
    this.#open.push({ id: delta.id ?? "", wireIndex: delta.index, folded });
    return {
      index: slot,
      id: delta.id || madeCallId(reply, slot),
      type: "function",
      function: { name: this.#ours(name ?? ""), arguments: text },
    };
  }

  /** `{}` for each call that ended without arguments: what the whole reply says too. */
  missingArguments(): ToolCallDelta[] {
    const deltas: ToolCallDelta[] = [];
    for (const [index, { folded }] of this.#open.entries()) {
      if (!folded.function || folded.function.arguments.trim()) continue;
      folded.function.arguments = "{}";
      deltas.push({ index, function: { arguments: "{}" } });
    }
    return deltas;
  }

  /** Where the delta's call stands; -1 for a new one. */
  #find(delta: WireToolCall): number {
    const { id, index, function: fn } = delta;
    const open = this.#open;
    if (id) {
      const isAt = ({ wireIndex }: OpenCall) =>
        index === undefined || wireIndex === undefined || wireIndex === index;
      const here = open.findLastIndex((call) => call.id === id && isAt(call));
      if (fn?.name) return here >= 0 && isNext(open[here]!, delta) ? -1 : here;
      const byId = here < 0 ? open.findLastIndex((call) => call.id === id) : here;
      if (byId >= 0 || index === undefined) return byId;
      // No name: the call of that index goes on, under the new id of each piece (vLLM before 0.7).
      return open.findLastIndex((call) => call.wireIndex === index);
    }
    const at =
      index === undefined
        ? open.length - 1
        : open.findLastIndex((call) => call.wireIndex === index);
    if (at < 0 || !fn?.name) return at;
    // A name without an id: the next whole call, or the same call that says its name again.
    const before = open[at]!.folded.function;
    if (before?.name === "") return at;
    return before?.name === fn.name && !isWhole(before.arguments) ? at : -1;
  }

  #ours(name: string): string {
    return this.#names?.[name] ?? name;
  }

  /** Custom tools stream their text as `custom.input`; the chunk is passed on as it is. */
  #custom(delta: WireToolCall, slot: number): ToolCallDelta {
    const open = this.#open[slot];
    if (open?.folded.custom) {
      open.folded.custom.input = (open.folded.custom.input ?? "") + (delta.custom?.input ?? "");
    } else {
      const { name, input } = delta.custom!;
      const folded = { id: delta.id ?? "", type: "custom", custom: { name, input: input ?? "" } };
      this.#open.push({ id: folded.id, wireIndex: delta.index, folded });
    }
    const { name } = delta.custom ?? {};
    const custom = name ? { ...delta.custom, name: this.#ours(name) } : delta.custom;
    return { ...delta, custom, index: slot } as ToolCallDelta;
  }
}

/** Whether a delta with the id and the index of a call is another call all the same. */
function isNext({ folded }: OpenCall, { function: fn }: WireToolCall): boolean {
  return !!folded.function && isWhole(folded.function.arguments) && !!argumentsOf(fn).trim();
}

function argumentsOf(fn: WireToolCall["function"]): string {
  const given = fn?.arguments;
  return typeof given === "string" ? given : isObject(given) ? JSON.stringify(given) : "";
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
