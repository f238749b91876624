/** The events of one stream folded into one reply, in Gemini's own shape. */
import type { WireCandidate, WirePart, WireReply } from "./wire.ts";

export class Fold {
  /** The reply so far; undefined until the first event. */
  reply: WireReply | undefined;

  readonly #wanted: number;

  /** @param wanted candidates that were asked for: one may end before another begins */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** A reason to stop was given for every candidate, or the prompt was blocked. */
  get done(): boolean {
    const { candidates, promptFeedback } = this.reply ?? {};
    if (!candidates?.length) return !!promptFeedback?.blockReason;
    if (candidates.length < this.#wanted) return false;
    return candidates.every(({ finishReason }) => !!finishReason);
  }

  /** Names the reply: chunks and the whole reply must agree on id and time where Google gives none. */
  begin({ responseId, createTime, modelVersion }: WireReply): void {
    this.reply = {
      candidates: [],
      responseId: responseId || `gemini-${crypto.randomUUID()}`,
      createTime: createTime ?? new Date().toISOString(),
      modelVersion,
    };
  }

  /** Later events replace what is counted or said once; candidates are folded. */
  add(event: WireReply): void {
    const reply = this.reply!;
    const { candidates, usageMetadata, promptFeedback } = event;
    if (usageMetadata) reply.usageMetadata = usageMetadata;
    if (promptFeedback) reply.promptFeedback = promptFeedback;
    for (const candidate of candidates ?? []) this.#addCandidate(candidate, reply.candidates!);
  }

  #addCandidate(from: WireCandidate, candidates: WireCandidate[]): void {
    const index = from.index ?? 0;
    let to = candidates.find((candidate) => candidate.index === index);
    if (!to) {
      to = { index, content: { role: "model", parts: [] } };
      candidates.push(to);
    }
    const parts = to.content!.parts!;
    for (const part of from.content?.parts ?? []) addPart(part, parts);
    for (const key of Object.keys(from) as (keyof WireCandidate)[]) {
      if (key === "content" || key === "index" || from[key] === null) continue;
      if (key === "logprobsResult") addLogprobs(from, to);
      else if (key === "groundingMetadata") addGrounding(from, to);
      else (to as Record<string, unknown>)[key] = from[key];
    }
  }
}

/**
 * Text pieces of one kind are one part. A piece with a signature stays by itself, also when its
 * text is empty: the signature goes back on the part that it came on.
 */
function addPart(part: WirePart, parts: WirePart[]): void {
  if (!isText(part)) {
    parts.push(part);
    return;
  }
  if (!part.text) return;
  const last = parts.at(-1);
  if (last && isText(last) && !last.thought === !part.thought) last.text! += part.text;
  else parts.push({ ...part });
}

function isText(part: WirePart): boolean {
  for (const key in part) if (key !== "text" && key !== "thought") return false;
  return typeof part.text === "string";
}

/** Token by token lists go on; the sum of all comes with the last piece. */
function addLogprobs(from: WireCandidate, to: WireCandidate): void {
  const [old, next] = [to.logprobsResult, from.logprobsResult];
  if (!old || !next) {
    to.logprobsResult = next ?? old;
    return;
  }
  to.logprobsResult = {
    ...old,
    ...next,
    chosenCandidates: [...(old.chosenCandidates ?? []), ...(next.chosenCandidates ?? [])],
    topCandidates: [...(old.topCandidates ?? []), ...(next.topCandidates ?? [])],
  };
}

/** Grounding often comes empty in every event but one. */
function addGrounding(from: WireCandidate, to: WireCandidate): void {
  if (!to.groundingMetadata) to.groundingMetadata = from.groundingMetadata;
  else Object.assign(to.groundingMetadata, from.groundingMetadata);
}
