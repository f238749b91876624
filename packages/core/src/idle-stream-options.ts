/** `stream_options` without `stream`: a 400 at OpenAI, and nothing to say elsewhere. */
import type { Changes } from "./changes.ts";
import type { CompletionRequest } from "./types/request.ts";

/** @param rule the adapter's id for it */
export function reportIdleStreamOptions(
  { stream, stream_options: from }: CompletionRequest,
  rule: string,
  changes: Changes,
): void {
  if (stream || !from || !Object.keys(from).length) return;
  const reason = "nothing is streamed";
  changes.note({ param: "stream_options", action: "dropped", from, reason, rule });
}
