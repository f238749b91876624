/** Replies go back into the next request with the state that the recorded client sent back. */
import { createClient, type Message, type Plan } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { gemini, vertex } from "../src/index.ts";
import { by, eventsOf, type Json, type Recorded, saysOf, succeeded } from "./recordings.ts";

const client = createClient({
  adapters: { gemini, vertex },
  providers: { gemini: { apiKey: "k" }, vertex: { apiKey: "k" } },
  logger: { debug() {}, info() {}, warn() {}, error() {} },
});

function replyOf(row: Recorded) {
  const provider = row.provider === "gemini" ? gemini : vertex;
  const plan = { provider: row.provider, model: row.model, endpoint: "generateContent" } as Plan;
  if (row.method === "generateContent") return provider.parse(eventsOf(row)[0], plan);
  const decoder = provider.decoder(plan);
  for (const event of eventsOf(row)) decoder.decode(event, undefined);
  return provider.parse(decoder.body(), plan);
}

/** Base64 in one alphabet: Google gives the standard one and takes both. */
const alike = (text: string) => text.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
const signature = (part: Json) => part.thoughtSignature ?? part.thought_signature;

/** Pairs of a signed reply and a later recorded request that sends it back. */
const pairs = by("generateContent", "streamGenerateContent")
  .filter(succeeded)
  .flatMap((row) => {
    const { signatures, finishReason } = saysOf(row);
    const signed = signatures.map(alike);
    if (!signed.length || finishReason === "UNEXPECTED_TOOL_CALL") return [];
    const later = by("generateContent", "streamGenerateContent").find(
      (next) =>
        next.file === row.file &&
        modelTurns(next).some((parts) =>
          parts.some((part) => signed.includes(alike(signature(part) ?? ""))),
        ),
    );
    return later ? [{ name: row.name, row, later, signed }] : [];
  });

function modelTurns({ interaction }: Recorded): Json[][] {
  const { contents } = interaction.request.body as Json;
  return contents
    .filter((content: Json) => content.role === "model")
    .map((content: Json) => content.parts);
}

describe.runIf(pairs.length)("state", () => {
  test("there are many of them", () => expect(pairs.length).toBeGreaterThan(40));

  test.each(pairs)("$name goes back as it went", async ({ row, later, signed }) => {
    const { message } = replyOf(row).choices[0]!;
    const stored = JSON.parse(JSON.stringify(message));
    const results = (message.tool_calls ?? []).map(
      (call): Message => ({ role: "tool", tool_call_id: call.id, content: "done" }),
    );
    const messages: Message[] = [{ role: "user", content: "Go." }, stored, ...results];
    const plan = await client.explain({ model: `${row.provider}/${row.model}`, messages });
    const contents = (plan.body as Json).contents as Json[];
    expect(contents[1]!.role).toBe("model");
    const sent: Json[] = contents[1]!.parts;
    if (row.method === "generateContent") {
      expect(sent).toEqual(eventsOf(row)[0]!.candidates[0].content.parts);
    }
    expect(sent.flatMap((part) => alike(part.thoughtSignature ?? "") || [])).toEqual(signed);
    // The recorded client sent the same signatures on parts of the same kind, and Google took them.
    const theirs = modelTurns(later).find((parts) =>
      parts.some((part) => signed.includes(alike(signature(part) ?? ""))),
    )!;
    const kind = (part: Json) =>
      Object.keys(part)
        .map((key) => key.replace("function_call", "functionCall"))
        .find((key) => /^(text|functionCall|executableCode|toolCall|toolResponse)$/.test(key));
    const kinds = (parts: Json[]) =>
      parts.filter(signature).map((part) => `${kind(part)} ${alike(signature(part))}`);
    for (const entry of kinds(theirs)) {
      if (signed.some((own) => entry.endsWith(own))) expect(kinds(sent)).toContain(entry);
    }
    if (results.length) {
      const answers = contents[2]!.parts.map((part: Json) => part.functionResponse);
      const calls = sent.flatMap((part) => part.functionCall ?? []);
      expect(answers.map(({ name, id }: Json) => ({ name, id }))).toEqual(
        calls.map(({ name, id }) => ({ name, id })),
      );
    }
    expect(plan.changes.filter(({ param }) => param.startsWith("messages"))).toEqual([]);
  });

  test("an edited message goes without its state, and says so", async () => {
    const pair = pairs.find(({ row }) => saysOf(row).text)!;
    const message = { ...replyOf(pair.row).choices[0]!.message, content: "Something else." };
    const messages = [
      { role: "user" as const, content: "Go." },
      message,
      { role: "user" as const, content: "On." },
    ];
    const plan = await client.explain({
      model: `${pair.row.provider}/${pair.row.model}`,
      messages,
    });
    expect((plan.body as Json).contents[1].parts[0]).toEqual({ text: "Something else." });
    expect(JSON.stringify(plan.body)).not.toContain(pair.signed[0]!.slice(0, 40));
    expect(plan.changes).toContainEqual(
      expect.objectContaining({ param: "messages[1].provider_state", action: "repaired" }),
    );
  });

  test("another provider's state is neither sent nor read", async () => {
    const messages: Message[] = [
      { role: "user", content: "Go." },
      {
        role: "assistant",
        content: "Yes.",
        provider_state: [
          {
            provider: "anthropic",
            model: "m",
            endpoint: "messages",
            items: [{ type: "thinking" }],
          },
          {
            provider: "vertex",
            model: "m",
            endpoint: "generateContent",
            items: [{ text: "Yes." }],
          },
        ],
      },
      { role: "user", content: "On." },
    ];
    const before = structuredClone(messages);
    const plan = await client.explain({ model: "gemini/gemini-3-flash", messages });
    expect((plan.body as Json).contents[1]).toEqual({ role: "model", parts: [{ text: "Yes." }] });
    expect(messages).toEqual(before);
  });
});
