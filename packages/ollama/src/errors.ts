/** Ollama's failures as polycall errors. Pure. Source: ollama's server/routes.go and api.StatusError. */
import {
  ContextWindowExceededError,
  classifyFailure,
  type ErrorClass,
  type Failure,
  type PolycallError,
} from "@polycall/core";

/** Words of Ollama's own; the status and the words that all providers share decide the rest. */
const byWords: readonly { words: RegExp; code: string; is: ErrorClass }[] = [
  {
    words: /input length exceeds|exceeds (the )?(maximum )?context length/i,
    code: "context_length_exceeded",
    is: ContextWindowExceededError,
  },
];
const byCode = Object.fromEntries(byWords.map(({ code, is }) => [code, is]));

/** `{ "error": "…" }`, or OpenAI's envelope from a proxy before it; a streamed one has no status. */
export function classify(failure: Failure): PolycallError {
  const said = messageOf(failure.body);
  const known = byWords.find(({ words }) => words.test(said ?? failure.text));
  return classifyFailure(
    failure,
    { message: advised(said, failure), codes: [known?.code], status: 500 },
    byCode,
  );
}

function messageOf(body: unknown): string | undefined {
  const error = (body as { error?: unknown } | null | undefined)?.error;
  if (typeof error === "string") return error;
  const message = (error as { message?: unknown } | null | undefined)?.message;
  return typeof message === "string" ? message : undefined;
}

/** The provider's message, with what to do about it. */
function advised(said: string | undefined, { status, model }: Failure): string | undefined {
  if (said === undefined) return undefined;
  if (status === 404 && /model/i.test(said)) {
    return `${said}. Run "ollama pull ${model}", or choose one that "ollama list" shows.`;
  }
  if (/does not support tools/i.test(said)) {
    return `${said}. Choose a model that ollama.com/library marks with "tools".`;
  }
  if (/does not support thinking/i.test(said)) {
    return `${said}. Leave reasoning_effort and think out.`;
  }
  return said;
}
