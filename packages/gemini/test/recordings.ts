/** The recorded interactions with Google's hosts, with what their own JSON says read independently. */
import { type Interaction, responseBytes, wireData } from "@polycall/testing";
import { leftOut } from "./left-out.ts";

export interface Recorded {
  /** File and number, for the test's name. */
  name: string;
  file: string;
  interaction: Interaction;
  provider: "gemini" | "vertex";
  model: string;
  method: string;
}

const data = wireData();

function isGoogle({ request }: Interaction): boolean {
  const { hostname, pathname } = new URL(request.url);
  return hostname.endsWith("googleapis.com") || pathname.startsWith("/google-vertex/");
}

export const all: { name: string; file: string; interaction: Interaction }[] = (data?.list() ?? [])
  .filter((file) => /^(google|google-vertex|cross-provider|pydantic-gateway)\//.test(file))
  .flatMap((file) =>
    data!
      .read(file)
      .interactions.map((interaction, i) => ({ name: `${file}#${i}`, file, interaction })),
  )
  .filter(({ interaction }) => isGoogle(interaction));

export const skipped = all.filter(({ interaction }) => {
  const { pathname } = new URL(interaction.request.url);
  return leftOut.some(({ path }) => path.test(pathname));
});

export const recorded: Recorded[] = all
  .filter((row) => !skipped.includes(row))
  .map((row) => {
    const { hostname, pathname } = new URL(row.interaction.request.url);
    const [, model, method] = /models\/([^/:]+):(\w+)$/.exec(pathname)!;
    const provider = hostname.startsWith("generativelanguage") ? "gemini" : "vertex";
    return { ...row, provider, model: model!, method: method! };
  });

export const by = (...methods: string[]) =>
  recorded.filter(({ method }) => methods.includes(method));
export const succeeded = ({ interaction }: Recorded) => interaction.response.status === 200;

// biome-ignore lint/suspicious/noExplicitAny: foreign JSON, which the tests look into
export type Json = any;

/** The reply's events: one for a whole reply. */
export function eventsOf({ interaction, method }: Recorded): Json[] {
  const text = new TextDecoder().decode(responseBytes(interaction.response));
  if (method !== "streamGenerateContent") return [JSON.parse(text)];
  return text
    .split(/\r?\n\r?\n/)
    .filter((block) => block.startsWith("data: "))
    .map((block) => JSON.parse(block.slice(6)));
}

/** What the reply says, worked out from Google's JSON alone. */
export function saysOf(row: Recorded) {
  const events = eventsOf(row);
  const parts: Json[] = events.flatMap((event) => event.candidates?.[0]?.content?.parts ?? []);
  const last = (pick: (event: Json) => unknown) =>
    events.map(pick).findLast((x) => x !== undefined);
  const usage = (last((event) => event.usageMetadata) ?? {}) as Json;
  const text = (isThought: boolean) =>
    parts
      .filter((part) => part.text !== undefined && !!part.thought === isThought)
      .map((part) => part.text)
      .join("");
  return {
    text: text(false),
    reasoning: text(true),
    calls: parts
      .filter((part) => part.functionCall)
      .map(({ functionCall: { name, args, id } }) => ({ name, args: args ?? {}, id })),
    images: parts.filter((part) => part.inlineData).map((part) => part.inlineData.data),
    signatures: parts.filter((part) => part.thoughtSignature).map((part) => part.thoughtSignature),
    finishReason: last((event) => event.candidates?.[0]?.finishReason) as string | undefined,
    blockReason: last((event) => event.promptFeedback?.blockReason) as string | undefined,
    modelVersion: last((event) => event.modelVersion),
    responseId: last((event) => event.responseId),
    usage,
  };
}
