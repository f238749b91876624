/** A model that goes round in circles: it is told, and then the run ends. */
import type { ToolMessage } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { Stopped } from "./errors.ts";
import type { CallRecord } from "./run.ts";

/** In so many steps with the same call the model is told, and in so many the run ends. */
const repeatsToTell = 3;
const repeatsToStop = 5;

/** The result as the model is told it, with a word where it goes round in circles. */
export function noticed(run: ActiveRun, record: CallRecord): ToolMessage {
  const { toolCallId: tool_call_id, content, name, args } = record;
  const message: ToolMessage = {
    role: "tool",
    tool_call_id,
    content: content as ToolMessage["content"],
  };
  if (run.toolNamed(name)?.policy?.mayRepeat) return message;
  const key = `${name} ${JSON.stringify(args)}`;
  const { steps, last } = run.repeats.get(key) ?? { steps: 0, last: 0 };
  const now = run.steps.length;
  // Several at once are one wish of the model, which has not seen what came of them.
  const count = last === now ? steps : steps + 1;
  run.repeats.set(key, { steps: count, last: now });
  if (count < repeatsToTell || last === now) return message;
  if (count >= repeatsToStop) {
    const given = JSON.stringify(args).slice(0, 200);
    const why = `${name} was called ${count} times with the same arguments: ${given}`;
    run.stopNext(new Stopped("repeatedCall", why));
    run.repeats.delete(key);
  }
  const notice = `You have now called ${name} ${count} times with these same arguments. Do something else, or answer with what you have.`;
  run.emit({ type: "notice", name: "repeated_call", message: notice });
  const told =
    typeof content === "string"
      ? `${content}\n\n[${notice}]`
      : [...content, { type: "text" as const, text: `[${notice}]` }];
  return { ...message, content: told as ToolMessage["content"] };
}
