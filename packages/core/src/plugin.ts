/** The onion around a call: a plugin sees the request, passes on a changed copy, sees the reply. */
import type { AnyRequest, Call } from "./call.ts";
import type { PolycallReply } from "./types/input.ts";

export type Next = (request: AnyRequest) => Promise<PolycallReply>;

/**
 * A layer around every call of a client. It may pass on a changed copy of the request (never edit
 * its own), call `next` again (retry), with another model (fallback), or not at all (cache).
 * `next` resolves a stream when its first event is decoded; watch it through `call.onChunk`.
 */
export type Plugin = (request: AnyRequest, next: Next, call: Call) => Promise<PolycallReply>;

/** `plugins` from outermost to innermost, around `core`. */
export function onion(plugins: readonly Plugin[], core: Next, call: Call): Next {
  return plugins.reduceRight<Next>(
    (next, plugin) => (request) => plugin(request, next, call),
    core,
  );
}
