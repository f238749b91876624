/** The output items of a Responses reply and the events that stream them. */
import type { EndpointCall } from "../endpoint.ts";
import { asArray, asObject } from "../json.ts";
import { typedEvent } from "../reply.ts";
import { pieces } from "../tokens.ts";
import type { Answer } from "../turn.ts";

interface OutputText {
  type: "output_text";
  text: string;
  annotations: never[];
  logprobs: never[];
}

type OutputItem =
  | {
      type: "reasoning";
      id: string;
      summary: { type: "summary_text"; text: string }[];
      encrypted_content?: string;
    }
  | { type: "message"; id: string; status: string; role: "assistant"; content: OutputText[] }
  | {
      type: "function_call";
      id: string;
      status: string;
      arguments: string;
      call_id: string;
      name: string;
    };

const ENCRYPTED = Buffer.from("simulator encrypted reasoning").toString("base64");

/** The output items of an answer: reasoning, message, function calls. */
export function outputItems(answer: Answer, { ids, body }: EndpointCall): OutputItem[] {
  const items: OutputItem[] = [];
  const status = answer.finish === "length" ? "incomplete" : "completed";
  if (answer.reasoning) {
    const isShown = !!asObject(body.reasoning).summary;
    const isCarried = asArray(body.include).includes("reasoning.encrypted_content");
    items.push({
      type: "reasoning",
      id: ids("rs_", 48, "hex"),
      summary: isShown ? [{ type: "summary_text", text: answer.reasoning }] : [],
      ...(isCarried && { encrypted_content: ENCRYPTED }),
    });
  }
  if (answer.text || answer.calls.length === 0) {
    const text: OutputText = {
      type: "output_text",
      text: answer.text,
      annotations: [],
      logprobs: [],
    };
    const id = ids("msg_", 48, "hex");
    items.push({ type: "message", id, status, role: "assistant", content: [text] });
  }
  for (const { name, args } of answer.calls) {
    items.push({
      type: "function_call",
      id: ids("fc_", 48, "hex"),
      status: "completed",
      arguments: JSON.stringify(args),
      call_id: ids("call_", 24),
      name,
    });
  }
  return items;
}

type Emit = (type: string, data: object) => string;

function* messageEvents(item: OutputItem & { type: "message" }, at: object, emit: Emit) {
  const { content } = item;
  for (const [content_index, part] of content.entries()) {
    const where = { ...at, content_index };
    yield emit("response.content_part.added", { ...where, part: { ...part, text: "" } });
    for (const delta of pieces(part.text)) {
      yield emit("response.output_text.delta", { ...where, delta, logprobs: [] });
    }
    yield emit("response.output_text.done", { ...where, text: part.text, logprobs: [] });
    yield emit("response.content_part.done", { ...where, part });
  }
}

function* summaryEvents(item: OutputItem & { type: "reasoning" }, at: object, emit: Emit) {
  for (const [summary_index, part] of item.summary.entries()) {
    const where = { ...at, summary_index };
    yield emit("response.reasoning_summary_part.added", { ...where, part: { ...part, text: "" } });
    for (const delta of pieces(part.text)) {
      yield emit("response.reasoning_summary_text.delta", { ...where, delta });
    }
    yield emit("response.reasoning_summary_text.done", { ...where, text: part.text });
    yield emit("response.reasoning_summary_part.done", { ...where, part });
  }
}

function* callEvents(item: OutputItem & { type: "function_call" }, at: object, emit: Emit) {
  for (const delta of pieces(item.arguments)) {
    yield emit("response.function_call_arguments.delta", { ...at, delta });
  }
  yield emit("response.function_call_arguments.done", { ...at, arguments: item.arguments });
}

function opening(item: OutputItem): object {
  if (item.type === "reasoning") return { ...item, summary: [] };
  if (item.type === "message") return { ...item, status: "in_progress", content: [] };
  return { ...item, status: "in_progress", arguments: "" };
}

/**
 * The events of a streamed reply, in the order the service sends them.
 * @param started the response object as it stands before any output
 * @param ended the response object as it is returned at the end
 */
export function* responseEvents(
  started: object,
  ended: { status: string },
  output: OutputItem[],
): Generator<string> {
  let sequence_number = 0;
  const emit: Emit = (type, data) =>
    typedEvent({ type, ...data, ...{ sequence_number: sequence_number++ } });
  yield emit("response.created", { response: started });
  yield emit("response.in_progress", { response: started });
  for (const [output_index, item] of output.entries()) {
    const at = { item_id: item.id, output_index };
    yield emit("response.output_item.added", { output_index, item: opening(item) });
    if (item.type === "message") yield* messageEvents(item, at, emit);
    else if (item.type === "reasoning") yield* summaryEvents(item, at, emit);
    else yield* callEvents(item, at, emit);
    yield emit("response.output_item.done", { output_index, item });
  }
  yield emit(`response.${ended.status}`, { response: ended });
}
