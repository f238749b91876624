/** A request planned for one model as far as it goes: every refusal, not the first one only. */
import {
  type CompletionInput,
  type Explanation,
  type Message,
  UnsupportedParamsError,
} from "@polycall/core";

/** A part of the request that a model cannot be given: `completion()` would throw this. */
export interface Refusal {
  param: string;
  reason: string;
}

export interface Planned {
  /** Of the request without what is refused; absent where nothing could be planned. */
  plan?: Explanation;
  refused: Refusal[];
}

type Explain = (input: CompletionInput) => Promise<Explanation>;

/** More refusals than a request has parameters are the same one again. */
const most = 20;

/** Plans, takes out what is refused, and plans again. @throws what is no refusal of a model */
export async function planned(explain: Explain, input: CompletionInput): Promise<Planned> {
  const refused: Refusal[] = [];
  let rest: CompletionInput | undefined = input;
  while (rest && refused.length < most) {
    try {
      return { plan: await explain(rest), refused };
    } catch (error) {
      if (!(error instanceof UnsupportedParamsError)) throw error;
      const { param = "request", message } = error;
      refused.push({ param, reason: message });
      rest = without(rest, param);
    }
  }
  return { refused };
}

/** The request without what was refused; undefined where that cannot be taken out. */
function without(input: CompletionInput, param: string): CompletionInput | undefined {
  const [, name = "", index, part] =
    /^(\w+)(?:\[(\d+)\](?:\.content\[(\d+)\])?)?/.exec(param) ?? [];
  if (name === "messages") return withoutPart(input, Number(index), Number(part));
  if (name === "model" || !Object.hasOwn(input, name)) return undefined;
  const tools =
    name === "tools" && index ? input.tools?.filter((_, at) => at !== Number(index)) : [];
  if (tools?.length) return { ...input, tools };
  const rest = { ...input, [name]: undefined };
  // They mean nothing without.
  return name === "tools"
    ? { ...rest, tool_choice: undefined, parallel_tool_calls: undefined }
    : rest;
}

/** A message left without a part says so: an empty one would be refused in its turn. */
function withoutPart(
  input: CompletionInput,
  index: number,
  part: number,
): CompletionInput | undefined {
  const message = input.messages[index];
  if (!Array.isArray(message?.content) || !message.content[part]) return undefined;
  const content = message.content.with(part, { type: "text", text: "(left out)" });
  return { ...input, messages: input.messages.with(index, { ...message, content } as Message) };
}
