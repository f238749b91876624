/** The events of a run as lines of a terminal: the text as it comes, what else happens a line each. */
import type { AgentEvent, PlanItem } from "@polycall/agent";
import type { Paint } from "./paint.ts";
import { jsonLine, line, safe } from "./safe.ts";

interface ScreenOptions {
  write(text: string): void;
  paint: Paint;
  /** Columns; lines are no longer. */
  width: number;
  /** Whether the agent's own text is shown as it comes, or a step's at its end. */
  streams: boolean;
  /** Whether a question is shown as a line: nobody asks it at the prompt. */
  questions: boolean;
}

/** A sub-agent, and the call that began it. */
interface Above {
  agent: string;
  toolCallId: string;
}

const keyOf = (above: readonly Above[]) => above.map(({ toolCallId }) => toolCallId).join("/");

const marks = { open: "[ ]", started: "[>]", done: "[x]" } as const;

export class Screen {
  readonly #of: ScreenOptions;
  /** What was written last of text; undefined at the beginning of a line. */
  #open: "text" | "reasoning" | undefined;
  #plan: readonly PlanItem[] = [];
  #held: string[] | undefined;
  /** Text that is shown when it is whole, by who says it. */
  readonly #said = new Map<string, string>();

  constructor(of: ScreenOptions) {
    this.#of = of;
  }

  show(event: AgentEvent, above: readonly Above[] = []): void {
    const deep = above.length > 0;
    if (event.type === "agent") this.show(event.event, [...above, event]);
    else if (event.type === "plan") this.#changes(above, event.plan);
    else if (event.type === "text" || event.type === "reasoning") {
      if (this.#of.streams && !deep) this.#stream(event.type, event.delta);
      else if (event.type === "text") this.#keep(above, event.delta);
    } else {
      // The answer itself comes at the end, where it is not streamed.
      if (event.type === "tool_call" || (event.type === "step" && deep)) this.#tell(above);
      const said = this.#inWords(event, above);
      if (said) this.#line(above, said);
    }
  }

  #keep(above: readonly Above[], delta: string): void {
    const key = keyOf(above);
    this.#said.set(key, (this.#said.get(key) ?? "") + delta);
  }

  #tell(above: readonly Above[]): void {
    const text = this.#said.get(keyOf(above));
    this.#said.delete(keyOf(above));
    if (text?.trim()) this.#line(above, this.#cut(above, text));
  }

  #inWords(event: AgentEvent, above: readonly Above[]): string | undefined {
    const { paint, questions } = this.#of;
    const cut = (text: string) => this.#cut(above, text);
    switch (event.type) {
      case "tool_call":
        return paint("call", cut(`→ ${event.name} ${inWords(event.args)}`));
      case "tool_progress":
        return paint("dim", cut(`… ${event.name}: ${plain(event.value)}`));
      case "tool_result": {
        const took = event.ms >= 100 ? ` ${(event.ms / 1000).toFixed(1)} s` : "";
        const mark = event.isError ? paint("bad", "✗ ") : paint("good", "✓ ");
        return mark + paint("dim", cut(`${event.name}${took}: ${event.text}`));
      }
      case "data":
        return paint("dim", cut(`· ${event.name} ${jsonLine(event.data)}`));
      case "hand_off":
        return paint("bold", cut(`${event.to} takes over from ${event.from}`));
      case "notice":
        return paint("ask", cut(`! ${event.message}`));
      case "approval":
        return questions ? paint("ask", cut(`? ${event.request.message}`)) : undefined;
    }
    return undefined;
  }

  /** A line of the command's own. */
  print(text: string): void {
    this.#write(`${this.#ended()}${text}\n`);
  }

  /** Keeps what comes until `release`, so that nothing runs through a question. */
  hold(): void {
    this.#write(this.#ended());
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const text of held) this.#of.write(text);
  }

  /** Ends the line that was begun. */
  end(): void {
    this.#write(this.#ended());
  }

  #stream(kind: "text" | "reasoning", delta: string): void {
    const before = this.#open === kind ? "" : this.#ended();
    this.#open = kind;
    const text = safe(delta);
    this.#write(before + (kind === "reasoning" ? this.#of.paint("dim", text) : text));
  }

  #line(above: readonly Above[], text: string): void {
    this.#write(`${this.#ended()}${this.#margin(above)}${text}\n`);
  }

  /** Sub-agents are told apart by their names: several may speak at once. */
  #margin(above: readonly Above[]): string {
    if (above.length === 0) return "";
    const name = line(above.at(-1)!.agent, 24);
    return this.#of.paint("dim", `${"  ".repeat(above.length)}${name} `);
  }

  #cut(above: readonly Above[], text: string): string {
    const margin =
      above.length === 0 ? 0 : above.length * 2 + Math.min(24, above.at(-1)!.agent.length) + 1;
    return line(text, Math.max(20, this.#of.width - margin - 2));
  }

  /** Only the items that are not as they were. */
  #changes(above: readonly Above[], plan: readonly PlanItem[]): void {
    const { paint } = this.#of;
    for (const item of plan) {
      const before = this.#plan.find(({ id }) => id === item.id);
      if (before && before.status === item.status && before.result === item.result) continue;
      const { status, content, result } = item;
      const text = `${marks[status]} ${content}${result === undefined ? "" : ` -> ${result}`}`;
      this.#line(above, paint(status === "started" ? "bold" : "dim", this.#cut(above, text)));
    }
    this.#plan = plan;
  }

  #ended(): string {
    const open = this.#open !== undefined;
    this.#open = undefined;
    return open ? "\n" : "";
  }

  #write(text: string): void {
    if (text === "") return;
    if (this.#held) this.#held.push(text);
    else this.#of.write(text);
  }
}

const plain = (value: unknown) => (typeof value === "string" ? value : jsonLine(value));

/** `city: "London", days: 3`. */
function inWords(args: unknown): string {
  if (typeof args !== "object" || args === null || Array.isArray(args)) return jsonLine(args);
  return Object.entries(args)
    .map(([key, value]) => `${key}: ${jsonLine(value)}`)
    .join(", ");
}
