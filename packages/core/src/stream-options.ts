/** What of `stream_options` is lost: all of it without `stream`, a 400 at OpenAI; elsewhere all but usage. */
import type { Changes } from "./changes.ts";
import type { CompletionRequest } from "./types/request.ts";

/**
 * @param rule the adapter's id for options without a stream
 * @param takes whether the service takes them; usage comes anyway
 */
export function reportStreamOptions(
  { stream, stream_options }: CompletionRequest,
  { rule, takes }: { rule: string; takes: boolean },
  changes: Changes,
): void {
  if (!stream_options || !Object.keys(stream_options).length) return;
  const change = { param: "stream_options", action: "dropped" } as const;
  if (!stream) {
    changes.note({ ...change, from: stream_options, reason: "nothing is streamed", rule });
    return;
  }
  const { include_usage: _, ...from } = stream_options;
  if (takes || !Object.keys(from).length) return;
  const reason = "this service takes none; usage comes without being asked for";
  changes.hint({ ...change, from, reason });
}
