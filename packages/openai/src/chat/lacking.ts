/** Parameters that a host or a model does not take: a hint is left out, a meaning refused. */
import type { Changes } from "@polycall/core";
import type { Body } from "../quirks/quirk.ts";

/** What changes the reply's meaning, so that it is refused and never left out. */
const meanings: ReadonlySet<string> = new Set([
  "audio",
  "modalities",
  "n",
  "stop",
  "tools",
  "web_search_options",
]);

/** What every model does anyway, where the parameter is left out. */
const neutral: { readonly [param: string]: unknown } = {
  frequency_penalty: 0,
  logprobs: false,
  n: 1,
  parallel_tool_calls: true,
  presence_penalty: 0,
  store: false,
  temperature: 1,
  top_logprobs: 0,
  top_p: 1,
};

/**
 * @param who the host or model, for the reason
 * @throws UnsupportedParamsError for a meaning, and for a hint where those are refused
 */
export function dropParams(
  body: Body,
  params: readonly string[],
  who: string,
  changes: Changes,
): void {
  for (const param of params) {
    const from = body[param];
    if (from === undefined) continue;
    if (isAsked(param, from)) {
      const reason = `${who} takes no ${param}`;
      if (meanings.has(param))
        changes.refuse(param, `${reason}.`, "Leave it out, or choose another model.");
      changes.hint({ param, action: "dropped", from, reason });
    }
    delete body[param];
  }
}

/** Whether the value asks for more than leaving it out does. */
function isAsked(param: string, value: unknown): boolean {
  if (Object.hasOwn(neutral, param)) return value !== neutral[param];
  if (param === "modalities") return Array.isArray(value) && value.some((one) => one !== "text");
  return !Array.isArray(value) || value.length > 0;
}
