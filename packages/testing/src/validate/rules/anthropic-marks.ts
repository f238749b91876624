/** What the Messages API refuses of cache marks: a fifth one, an hour after five minutes, empty text. */
import type { JsonObject } from "../../json.ts";
import { asArray, asObject, asString } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import { anthropicRefusal } from "../words/anthropic.ts";

const MOST = 4;

interface Marked {
  block: JsonObject;
  place: string;
}

/** The blocks that carry a mark, in the order in which they are read. */
function marked(blocks: unknown, at: string): Marked[] {
  return asArray(blocks)
    .map(asObject)
    .flatMap((block, index) => {
      const place = `${at}.${index}`;
      const own = block.cache_control ? [{ block, place }] : [];
      return [...marked(block.content, `${place}.content`), ...own];
    });
}

/** The first rule that the cache marks of a request break. */
export function refuseMarks(body: JsonObject): Refusal | undefined {
  const blocks = [
    ...marked(body.tools, "tools"),
    ...marked(body.system, "system"),
    ...asArray(body.messages).flatMap((message, at) =>
      marked(asObject(message).content, `messages.${at}.content`),
    ),
  ];
  const found = blocks.length + (body.cache_control ? 1 : 0);
  if (found > MOST) {
    return anthropicRefusal(
      `A maximum of ${MOST} blocks with cache_control may be provided. Found ${found}.`,
    );
  }
  const empty = blocks.find(({ block }) => block.type === "text" && block.text === "");
  if (empty) {
    return anthropicRefusal(`${empty.place}: cache_control cannot be set for empty text blocks`);
  }
  const ttls = blocks.map(({ block }) => asString(asObject(block.cache_control).ttl) || "5m");
  const short = ttls.indexOf("5m");
  const late = short === -1 ? -1 : ttls.indexOf("1h", short);
  if (late === -1) return undefined;
  // Wording: github.com/cnighswonger/claude-code-cache-fix/issues/44 (2026-04).
  return anthropicRefusal(
    `${blocks[late]!.place}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control ` +
      "block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
  );
}
