/** Combinations of parameters that conflict at Google. Data; the plan's changes carry their ids. */
import type { CapabilityRule } from "@polycall/core";

const date = "2026-11-23";
const docs = "https://ai.google.dev/gemini-api/docs";

export const rules: readonly CapabilityRule[] = /* @__PURE__ */ (() => [
  {
    id: "gemini/functions-json",
    when: "functions and `response_format` up to Gemini 2.5",
    becomes:
      "the schema is a function that the model must end with; with a forced call it is left out and the call counts; JSON mode without a schema is refused",
    source: `${docs}/structured-output`,
    date,
  },
  {
    id: "gemini/built-in-json",
    when: "Google's own tools and `response_format` up to Gemini 2.5",
    becomes: "refused",
    source: `${docs}/structured-output`,
    date,
  },
  {
    id: "gemini/built-in-functions",
    when: "Google's own tools and functions up to Gemini 2.5",
    becomes: "refused",
    source: `${docs}/function-calling`,
    date,
  },
  {
    id: "gemini/effort-thinking",
    when: "`reasoning_effort` and `thinking`",
    becomes: "`reasoning_effort` counts",
    source: `${docs}/openai`,
    date,
  },
  {
    id: "gemini/call-without-signature",
    when: "a call in the history that Gemini 3 did not sign",
    becomes: "it gets Google's stand-in signature",
    source: `${docs}/thought-signatures`,
    date,
  },
  {
    id: "gemini/text-and-speech",
    when: "`modalities` with text and audio",
    becomes: "the model speaks",
    source: `${docs}/speech-generation`,
    date,
  },
  {
    id: "gemini/choice-without-tools",
    when: "`tool_choice` that asks for a call, and no functions",
    becomes: "refused",
    source: `${docs}/function-calling`,
    date,
  },
  {
    id: "gemini/stream-options",
    when: "`stream_options` without `stream`",
    becomes: "left out: there is no stream",
    source: "https://platform.openai.com/docs/api-reference/chat/create",
    date,
  },
])();
