/** A tool with which the model asks the person it works for. */
import { type AnyTool, tool } from "@polycall/core";

/** The tools whose calls are questions: a person's answer is their result. */
export const questions = new WeakSet<AnyTool>();

/**
 * A tool with which the model asks the user. The run waits; answer with
 * `agent.resume(runId, { decisions: { [id]: { action: "result", result: "…" } } })`, or in `approve`.
 */
export function askUserTool() {
  const made = tool({
    name: "ask_user",
    description:
      "Asks the user a question and gives their answer. Use it where you cannot go on without knowing, not to be polite.",
    parameters: {
      type: "object",
      properties: {
        question: { type: "string" },
        options: {
          type: "array",
          items: { type: "string" },
          description: "Answers to choose from, where there are few",
        },
      },
      required: ["question"],
    },
    untrusted: false,
    execute: () => "The user did not answer.",
  });
  questions.add(made);
  return made;
}
