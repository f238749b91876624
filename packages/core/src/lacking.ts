/** Parameters that a host or a model does not take: a hint is left out, a meaning refused. */
import type { Changes } from "./changes.ts";

/** What changes the reply's meaning, so that it is refused and never left out. */
const meanings: ReadonlySet<string> = new Set([
  "audio",
  "function_call",
  "functions",
  "max_completion_tokens",
  "max_tokens",
  "messages",
  "modalities",
  "model",
  "n",
  "response_format",
  "stop",
  "stream",
  "tool_choice",
  "tools",
  "web_search_options",
]);

/** Whether the parameter is a meaning: what the reply is, and what it may cost. All others are hints. */
export function isMeaning(param: string): boolean {
  return meanings.has(param);
}

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
  body: { [param: string]: unknown },
  params: readonly string[],
  who: string,
  changes: Changes,
): void {
  for (const param of params) {
    const from = body[param];
    if (from === undefined) continue;
    if (isAsked(param, from)) {
      const reason = `${who} takes no ${param}`;
      if (isMeaning(param))
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
