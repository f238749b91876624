/** Conversations of random turns with random providers, each reply read by polycall itself. */
import fc from "fast-check";
import {
  type AssistantMessage,
  type CompletionInput,
  createClient,
  type Explanation,
  type Message,
  UnsupportedParamsError,
} from "../../src/index.ts";
import { adapters } from "../../src/providers.ts";
import { type Origin, origins, type Said, type Told } from "./origins.ts";

/** Where a reply is kept until the next request. */
type Store = "as it is" | "as JSON" | "as rows";

/** How a call is answered; "none" is left open. */
type Answer = "text" | "empty" | "parts" | "image" | "none";

interface Speech extends Omit<Said, "calls"> {
  calls: { tool: number; args: string; answer: Answer }[];
  origin: number;
  store: Store;
  /** The user speaks before the calls are answered. */
  interrupted: boolean;
  /** The caller writes something else into the reply, or says it all again. */
  meddled?: "edited" | "repeated";
}
type Step = { message: Message } | { speech: Speech };

const declared = (name: string) => ({
  type: "function" as const,
  function: { name, parameters: { type: "object", properties: { city: { type: "string" } } } },
});
/** Names that some providers refuse, and one that all take. */
export const tools = ["get_price", "my.tool/x", "9 lïves", "long".repeat(20)].map(declared);

const { constant, constantFrom, record } = fc;
const words = constantFrom("Hello.", "Größe 👍", " ", "", "  two\n\n");
const png = "data:image/png;base64,iVBORw0KGgo=";
const part = fc.oneof(
  { weight: 6, arbitrary: words.map((text) => ({ type: "text" as const, text })) },
  { weight: 1, arbitrary: constant({ type: "image_url" as const, image_url: { url: png } }) },
);
const content = fc.oneof(
  { weight: 4, arbitrary: words },
  { weight: 1, arbitrary: fc.array(part, { minLength: 1, maxLength: 3 }) },
);

const speech: fc.Arbitrary<Step> = record({
  speech: record({
    origin: fc.nat(origins.length - 1),
    text: constantFrom("It is $7.", "Größe 👍\n", "", " "),
    reasoning: fc.boolean(),
    refusal: constantFrom(false, false, false, true),
    cut: constantFrom(false, false, false, false, true),
    calls: fc.array(
      record({
        tool: fc.nat(tools.length - 1),
        args: constantFrom('{"city":"Bern"}', "{}", '{"city": "B\\u00e4ch",  "n": 1.0}', "{broken"),
        answer: constantFrom<Answer[]>("text", "text", "text", "empty", "parts", "image", "none"),
      }),
      { maxLength: 3 },
    ),
    store: constantFrom<Store[]>("as it is", "as JSON", "as rows"),
    interrupted: constantFrom(false, false, false, false, true),
    meddled: constantFrom(...Array(9).fill(undefined), "edited" as const, "repeated" as const),
  }),
});
const oddCall = record({
  id: constantFrom("c1", "functions.f:0", "x".repeat(70), "ünï"),
  type: constant("function" as const),
  function: record({
    name: constantFrom("get_price", "gone.tool"),
    arguments: constantFrom("", "{}", "not json", "[1]"),
  }),
});
/** What no provider of these wrote. */
const message: fc.Arbitrary<Message> = fc.oneof(
  { weight: 6, arbitrary: record({ role: constant("user" as const), content }) },
  {
    weight: 2,
    arbitrary: record({
      role: constantFrom("system" as const, "developer" as const),
      content: words,
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      role: constant("assistant" as const),
      content: constantFrom(null, "", "By hand. "),
      tool_calls: fc.array(oddCall, { minLength: 1, maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: record({
      role: constant("tool" as const),
      tool_call_id: constantFrom("c1", "nobody's"),
      content: words,
    }),
  },
);
const step = fc.oneof(
  { weight: 3, arbitrary: speech },
  { weight: 2, arbitrary: record({ message }) },
);
export const steps = fc.array(step, { minLength: 1, maxLength: 7 });

/** These have no address of their own. */
const nowhere = new Set(["azure", "snowflake", "bedrock_mantle", "custom_openai"]);
export const client = createClient({
  providers: Object.fromEntries(
    Object.keys(adapters).map((name) => [
      name,
      { apiKey: "k", ...(nowhere.has(name) && { baseURL: "http://127.0.0.1:9/v1" }) },
    ]),
  ),
  defaults: { maxRetries: 0 },
  logLevel: "off",
});

/** What would be sent; undefined where polycall says itself that the provider cannot be asked this. */
export async function planned(input: CompletionInput): Promise<Explanation | undefined> {
  try {
    return await client.explain(input);
  } catch (error) {
    if (error instanceof UnsupportedParamsError) return undefined;
    throw error;
  }
}

/** The declared tools' names on the wire, whatever the API. */
function wireNames({ body }: Explanation): string[] {
  const list = (body.tools ?? []) as { [key: string]: unknown }[];
  return list
    .flatMap((one) => (one.functionDeclarations as object[] | undefined) ?? [one])
    .map((one) => ("function" in one ? one.function : one) as { name: string })
    .map(({ name }) => name);
}

/** The value with its keys in the order of the alphabet, as a table of JSON gives it back. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** What a table gives back: absent columns are null. */
function asRow(message: AssistantMessage): AssistantMessage {
  const columns = { refusal: null, audio: null, function_call: null };
  return sorted(JSON.parse(JSON.stringify({ ...columns, ...message }))) as AssistantMessage;
}

const kept: Record<Store, (message: AssistantMessage) => AssistantMessage> = {
  "as it is": (message) => message,
  "as JSON": (message) => JSON.parse(JSON.stringify(message)) as AssistantMessage,
  "as rows": asRow,
};

/** What a provider said in a conversation. */
export interface Turn extends Told {
  model: string;
  store: Store;
}
export interface Conversation {
  messages: Message[];
  turns: Turn[];
  /** The requests that were made on the way. */
  plans: Explanation[];
}

async function ask(
  { model, more, tell }: Origin,
  { calls, ...said }: Speech,
  { messages, plans, turns }: Conversation,
): Promise<AssistantMessage | undefined> {
  const input = { model, messages, tools, ...more };
  const plan = await planned(input);
  if (!plan) return undefined;
  plans.push(plan);
  const names = wireNames(plan);
  const wire = said.cut || said.refusal ? [] : calls;
  const told = tell(
    { ...said, calls: wire.map(({ tool, args }) => ({ name: names[tool]!, args })) },
    turns.length + 1,
  );
  const fetch = async () => Response.json(told.reply);
  const { choices } = await client.completion({ ...input, fetch });
  const isEdited = said.meddled === "edited";
  turns.push({ ...told, model, store: said.store, ...(isEdited && { echo: [] }) });
  const message = kept[said.store](choices[0]!.message);
  return isEdited ? { ...message, content: "Edited." } : message;
}

function answersOf({ tool_calls = [] }: AssistantMessage, { calls }: Speech): Message[] {
  return tool_calls.flatMap(({ id }, at): Message[] => {
    const answer = calls[at]?.answer ?? "text";
    if (answer === "none") return [];
    const text = { type: "text" as const, text: "$7" };
    const image = { type: "image_url" as const, image_url: { url: png } };
    const content = { text: "$7", empty: "", parts: [text, text], image: [text, image] }[answer];
    return [{ role: "tool", tool_call_id: id, content }];
  });
}

/** A result without a call is no conversation. */
function startWithUser(messages: Message[]): void {
  if (messages.every(({ role }) => role === "tool"))
    messages.push({ role: "user", content: "Hi." });
}

/** The conversation of these steps. */
export async function conversation(script: Step[]): Promise<Conversation> {
  const made: Conversation = { messages: [], turns: [], plans: [] };
  const { messages } = made;
  for (const step of script) {
    if ("message" in step) {
      messages.push(step.message);
      continue;
    }
    const { speech } = step;
    startWithUser(messages);
    const message = await ask(origins[speech.origin]!, speech, made);
    if (!message) continue;
    const said = [message, ...answersOf(message, speech)];
    if (speech.interrupted) said.splice(1, 0, { role: "user", content: "Wait." });
    messages.push(...said, ...(speech.meddled === "repeated" ? said : []));
  }
  startWithUser(messages);
  return made;
}
