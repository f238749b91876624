/** The sampling, length and output parameters as generationConfig. */
import type { Changes, CompletionRequest } from "@polycall/core";
import type { ModelFacts } from "./models.ts";
import { thinkingOf } from "./thinking.ts";

type Json = { [key: string]: unknown };

const maxStops = 5;
const maxCandidates = 8;

/** @throws UnsupportedParamsError for more stop sequences or choices than Gemini takes */
export function generationOf(
  request: CompletionRequest,
  facts: ModelFacts,
  changes: Changes,
): Json {
  const config: Json = {};
  const set = (name: string, value: unknown) => {
    if (value !== undefined && value !== null) config[name] = value;
  };
  set("maxOutputTokens", request.max_completion_tokens ?? request.max_tokens);
  sampling(request, facts, changes, set);
  set("stopSequences", stops(request.stop, changes));
  set("seed", seedOf(request.seed, changes));
  if (request.n && request.n > maxCandidates) {
    changes.refuse("n", `Gemini gives at most ${maxCandidates} choices (n is ${request.n}).`);
  }
  if (request.n !== 1) set("candidateCount", request.n);
  if (request.logprobs) {
    config.responseLogprobs = true;
    set("logprobs", request.top_logprobs);
  }
  set("thinkingConfig", thinkingOf(request, facts.thinking, changes));
  output(request, changes, set);
  return config;
}

type Set = (name: string, value: unknown) => void;

function sampling(request: CompletionRequest, facts: ModelFacts, changes: Changes, set: Set): void {
  const hints = {
    temperature: ["temperature", facts.sampling, [0, 2]],
    top_p: ["topP", facts.sampling, [0, 1]],
    top_k: ["topK", facts.sampling, [1, 1000]],
    presence_penalty: ["presencePenalty", facts.penalties, [-2, 1.99]],
    frequency_penalty: ["frequencyPenalty", facts.penalties, [-2, 1.99]],
  } as const;
  for (const [param, [name, isTaken, [min, max]]] of Object.entries(hints)) {
    const from = request[param as keyof typeof hints];
    if (from === undefined || from === null) continue;
    if (param === "top_k" && from < 1) {
      const reason = "below 1 it limits nothing, as without it";
      changes.hint({ param, action: "dropped", from, reason });
      continue;
    }
    if (!isTaken) {
      changes.hint({ param, action: "dropped", from, reason: "this model refuses it" });
      continue;
    }
    const to = Math.min(Math.max(from, min), max);
    if (to !== from) {
      const reason = `Gemini takes ${min} to ${max}`;
      changes.hint({ param, action: "clamped", from, to, reason });
    }
    set(name, to);
  }
}

/** Google's seed has 32 bits, OpenAI's 64: the lower ones make another seed that is as steady. */
function seedOf(seed: CompletionRequest["seed"], changes: Changes): number | undefined {
  if (seed === undefined || seed === null) return undefined;
  const to = seed | 0;
  if (to !== seed) {
    const reason = "Gemini's seeds have 32 bits";
    changes.hint({ param: "seed", action: "converted", from: seed, to, reason });
  }
  return to;
}

function stops(stop: CompletionRequest["stop"], changes: Changes): string[] | undefined {
  if (stop === undefined || stop === null) return undefined;
  // An empty one stops nothing.
  const list = (typeof stop === "string" ? [stop] : stop).filter((text) => text !== "");
  if (list.length > maxStops) {
    changes.refuse("stop", `Gemini takes at most ${maxStops} stop sequences, not ${list.length}.`);
  }
  return list.length ? list : undefined;
}

/** What comes out: text, images, speech. */
function output({ modalities, audio }: CompletionRequest, changes: Changes, set: Set): void {
  const wanted = modalities?.map((name) => name.toUpperCase()) ?? [];
  const speaks = wanted.includes("AUDIO");
  if (speaks && wanted.length > 1) {
    const reason = "Gemini speaks or writes, not both in one reply";
    const [from, to] = [modalities, ["audio"]];
    const rule = "gemini/text-and-speech";
    changes.note({ param: "modalities", action: "converted", from, to, reason, rule });
  }
  if (wanted.length) set("responseModalities", speaks ? ["AUDIO"] : wanted);
  if (!audio) return;
  if (audio.format !== "pcm16") {
    changes.refuse(
      "audio",
      `Gemini speaks raw PCM of 16 bits only, not ${audio.format}.`,
      'Ask for { format: "pcm16" }.',
    );
  }
  const voiceName = typeof audio.voice === "string" ? audio.voice : audio.voice.id;
  set("speechConfig", { voiceConfig: { prebuiltVoiceConfig: { voiceName } } });
}
