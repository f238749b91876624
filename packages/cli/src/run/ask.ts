/** A question to the person at the terminal, and what they decide. */
import type { ApprovalRequest, Decision } from "@polycall/agent";
import type { Lines } from "./lines.ts";
import type { Paint } from "./paint.ts";
import { safe } from "./safe.ts";

/** What may be typed, by the kind of question. */
const choices = {
  policy: "[a]pprove, [e]dit, [r]eject, al[w]ays, [n]ever",
  outcome: "[a] run it once more, [r] tell the model that it may not, [d] you know what came of it",
} as const;

/** @returns undefined where the input has ended: the question stays open */
export async function decide(
  request: ApprovalRequest,
  lines: Lines,
  print: (text: string) => void,
  paint: Paint,
): Promise<Decision | undefined> {
  if (request.why === "question") return question(request, lines, print, paint);
  const { args, message } = request;
  const inLine = `(${JSON.stringify(args)})`;
  const asked = message.endsWith(inLine) ? message.slice(0, -inLine.length) : message;
  print(paint("ask", `? ${safe(asked)}`));
  print(safe(JSON.stringify(args, undefined, 2)).replace(/^/gm, "    "));
  const offered = request.why === "outcome" ? choices.outcome : choices.policy;
  for (;;) {
    const typed = await lines.ask(paint("ask", `  ${offered}: `));
    if (typed === undefined) return undefined;
    switch (typed.trim().toLowerCase()) {
      case "a":
      case "approve":
      case "y":
      case "yes":
        return { action: "approve" };
      case "w":
      case "always":
        return { action: "approve", always: true };
      case "n":
      case "never":
        return { action: "reject", always: true };
      case "r":
      case "reject":
      case "no": {
        const message = await lines.ask("  Why, for the model (or nothing): ");
        return { action: "reject", ...(message?.trim() && { message: message.trim() }) };
      }
      case "e":
      case "edit": {
        const edited = await json(lines, "  Its arguments, as JSON: ", print);
        if (edited !== undefined) return { action: "edit", args: edited };
        break;
      }
      case "d": {
        const result = await lines.ask("  What came of it: ");
        if (result !== undefined) return { action: "result", result };
        break;
      }
    }
  }
}

async function question(
  { agent, args }: ApprovalRequest,
  lines: Lines,
  print: (text: string) => void,
  paint: Paint,
): Promise<Decision | undefined> {
  const { question: asked = "", options = [] } = (args ?? {}) as {
    question?: string;
    options?: string[];
  };
  print(paint("ask", `? ${safe(agent)} asks: ${safe(String(asked))}`));
  const all = Array.isArray(options) ? options : [];
  for (const [at, option] of all.entries()) print(`    ${at + 1}. ${safe(String(option))}`);
  const typed = await lines.ask("  > ");
  if (typed === undefined) return undefined;
  return { action: "result", result: String(all[Number(typed) - 1] ?? typed) };
}

/** @returns undefined where the input has ended, or nothing was typed */
async function json(lines: Lines, prompt: string, print: (text: string) => void) {
  for (;;) {
    const typed = await lines.ask(prompt);
    if (!typed?.trim()) return undefined;
    try {
      return JSON.parse(typed);
    } catch (error) {
      print(`  That is no JSON: ${safe((error as Error).message)}`);
    }
  }
}
