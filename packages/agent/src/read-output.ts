/** The rest of a result that was too long to show: kept in the store, read in pieces. */
import { type AnyTool, tool } from "@polycall/core";
import { catalogue } from "./catalogue.ts";
import { type Content, safeEnd } from "./output.ts";
import type { Store } from "./store.ts";

/** Tokens of a result that the model is shown, where its tool says nothing. */
const usualTokens = 10_000;

/** Letters of one result that are kept. */
const mostKept = 10_000_000;

/** How many letters so many tokens are, as its beginning is written. */
async function lettersOf(tokens: number, text: string): Promise<number> {
  const { tokensOfText } = await catalogue();
  const sample = text.slice(0, 2000);
  return Math.floor((tokens * sample.length) / Math.max(1, tokensOfText(sample)));
}

const logOf = (runId: string, id: string) => `output/${runId}:${id}`;

/** Whether a result is shown whole: by the estimate no letter is more than a token. */
export const isShort = (content: Content, { policy }: AnyTool) =>
  typeof content === "string" && content.length <= (policy?.maxOutputTokens ?? usualTokens);

/**
 * A result as the model is shown it: its beginning and end where it is too long, the whole of it kept.
 * @param id the call
 */
export async function cutOutput(
  content: Content,
  { tool, store, runId, id }: { tool: AnyTool; store: Store; runId: string; id: string },
): Promise<{ content: Content; cut: boolean }> {
  const tokens = tool.policy?.maxOutputTokens ?? usualTokens;
  const text = typeof content === "string" ? content : longText(content);
  // By the estimate no letter is more than a token: most results need none.
  if (text.length <= tokens) return { content, cut: false };
  const most = await lettersOf(tokens, text);
  if (text.length <= most) return { content, cut: false };
  const kept = text.slice(0, safeEnd(text, mostKept));
  const log = logOf(runId, id);
  // A step that is done again, after a crash, finds it there.
  if ((await store.version(log)) === 0) await store.append(log, 0, [{ data: kept }]);
  const head = safeEnd(text, Math.floor(most * 0.8));
  const tail = safeEnd(text, text.length - Math.floor(most * 0.2));
  const lost = text.length - kept.length;
  const shown = `${text.slice(0, head)}\n[… cut: letters ${head} to ${tail} of ${text.length}. Read on with read_output({ "id": "${id}", "offset": ${head} })${lost > 0 ? `; only the first ${kept.length} letters are kept` : ""} …]\n${text.slice(tail)}`;
  const others = typeof content === "string" ? [] : content.filter(({ type }) => type !== "text");
  return { content: others.length ? [{ type: "text", text: shown }, ...others] : shown, cut: true };
}

const longText = (content: Exclude<Content, string>) =>
  content.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");

/** What is offered to the model once something was cut. */
export const readOutputTool = tool({
  name: "read_output",
  description: "Reads more of a tool's result that was too long to show.",
  parameters: {
    type: "object",
    properties: {
      id: { type: "string", description: "As the cut result names it" },
      offset: { type: "integer", description: "The letter to begin at, from 0" },
    },
    required: ["id", "offset"],
  },
  untrusted: true,
  mayRepeat: true,
  execute: () => "",
});

/** What `read_output` gives. @throws Error in words for the model */
export async function readOutput(store: Store, runId: string, args: unknown): Promise<string> {
  const { id, offset } = args as { id?: unknown; offset?: unknown };
  const from = Number(offset ?? 0);
  if (!Number.isInteger(from) || from < 0) throw new Error("`offset` is a whole number from 0 on.");
  const [kept] = await store.read(logOf(runId, String(id)));
  if (!kept) throw new Error(`There is no cut result "${id}".`);
  const text = String(kept.data);
  if (from >= text.length) throw new Error(`The result "${id}" has ${text.length} letters.`);
  const end = safeEnd(
    text,
    Math.min(text.length, from + (await lettersOf(usualTokens, text)) - 200),
  );
  return `${text.slice(from, end)}\n${end < text.length ? `[… more from offset ${end} …]` : "[end]"}`;
}
