/** How many tokens a text is, estimated: the catalogue's measured weights, without a prompt's overhead. */

export type Estimate = (text: string) => number;

/** @param model "provider/model" */
export async function estimatorOf(model: string): Promise<Estimate> {
  const { estimateTokens } = await import("@polycall/models");
  const name = model.slice(model.indexOf("/") + 1);
  const around = estimateTokens(name, { system: " " }).tokens;
  return (text) => Math.max(1, estimateTokens(name, { system: text }).tokens - around);
}

/** The beginning of a text that is at most so many tokens; no character is halved. */
export function cutTo(text: string, most: number, estimate: Estimate): string {
  let cut = text;
  for (let tokens = estimate(cut); tokens > most; tokens = estimate(cut)) {
    cut = beginning(cut, Math.min(0.95, (most / tokens) * 0.98));
  }
  return cut;
}

/** @param share in (0, 1) */
export function beginning(text: string, share: number): string {
  let end = Math.max(1, Math.floor(text.length * share));
  const before = text.charCodeAt(end - 1);
  if (before >= 0xd800 && before < 0xdc00) end = end > 1 ? end - 1 : 2;
  return text.slice(0, end);
}
