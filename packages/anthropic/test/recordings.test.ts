/** Every recorded Messages exchange, read by the adapter and by a small reader of its own. */
import type { CompletionChunk } from "@polycall/core";
import { describe, expect, test } from "vitest";
import { anthropic } from "../src/index.ts";
import { eventsOf, type Json, plainPlan, recorded } from "./helpers.ts";
import { leftOut } from "./left-out.ts";
import { finish, got, wanted, wantedOfStream } from "./reader.ts";

function fromChunks(chunks: CompletionChunk[]) {
  const calls: { id?: string; name?: string; args: string }[] = [];
  let text = "";
  let reasoning = "";
  let stop: unknown;
  for (const { choices } of chunks) {
    for (const { delta, finish_reason } of choices) {
      text += delta.content ?? "";
      reasoning += delta.reasoning_content ?? "";
      stop = finish_reason ?? stop;
      for (const { index, id, function: fn } of delta.tool_calls ?? []) {
        calls[index] ??= { args: "" };
        if (id) Object.assign(calls[index], { id, name: fn?.name });
        calls[index].args += fn?.arguments ?? "";
      }
    }
  }
  const parsed = calls.map(({ id, name, args }) => ({ id, name, args: JSON.parse(args) }));
  return { text, reasoning, calls: parsed, stop };
}

const all = recorded();
const inReach = all.filter(({ file }) => !(file in leftOut));
const replies = inReach.filter(({ status }) => status === 200);

describe.skipIf(!all.length)(
  `Messages recordings: ${inReach.length} of ${all.length} exchanges`,
  () => {
    test("every exchange is read or has a reason", () => {
      const files = new Set(all.map(({ file }) => file));
      expect(Object.keys(leftOut).filter((file) => !files.has(file))).toEqual([]);
      expect(inReach.length).toBeGreaterThan(110);
    });

    const whole = replies.filter(({ streamed }) => !streamed);
    test.each(whole)("$file #$index", ({ body }) => {
      const raw = JSON.parse(body) as Json;
      const data = anthropic.parse(raw, plainPlan);
      const { id, model, content, stop_reason, usage } = raw;
      const want = wanted(id, model, content as Json[], stop_reason, usage as Json);
      expect(got(data)).toEqual(want);
      expect(data.choices[0]!.finish_reason).toBe(finish[String(stop_reason)]);
      expect(data.usage!.total_tokens).toBe(want.input + want.output);
    });

    const streams = replies.filter(({ streamed }) => streamed);
    test.each(streams)("streamed: $file #$index", ({ body }) => {
      const events = eventsOf(body);
      const decoder = anthropic.decoder(plainPlan);
      const chunks = events.flatMap((event) => [...decoder.decode(event, undefined)]);
      chunks.push(...decoder.end());
      const want = wantedOfStream(events);
      const data = anthropic.parse(decoder.body(), plainPlan);
      expect(decoder.done).toBe(true);
      expect(got(data)).toEqual(want);
      expect(fromChunks(chunks)).toEqual({
        text: want.text,
        reasoning: want.reasoning,
        calls: want.calls,
        stop: finish[String(want.stop)],
      });
      expect(chunks[0]!.choices[0]!.delta.role).toBe("assistant");
      expect(chunks.at(-1)).toMatchObject({ choices: [], usage: data.usage });
      expect(chunks.filter(({ usage }) => usage)).toHaveLength(1);
      expect(
        new Set(chunks.map(({ id, model, created }) => `${id} ${model} ${created}`)).size,
      ).toBe(1);
    });
  },
);

describe.skipIf(!all.length)("Messages recordings that failed", () => {
  const failures = inReach.filter(({ status }) => status !== 200);
  test.each(failures)("$file #$index", ({ body, status }) => {
    const said = JSON.parse(body) as { error: { message: string }; request_id: string };
    const error = anthropic.classify({
      provider: "anthropic",
      model: "m",
      status,
      header: () => undefined,
      text: body,
      body: said,
    });
    expect(error.name).toBe("BadRequestError");
    expect(error.message).toContain(said.error.message);
    expect(error.requestId).toBe(said.request_id);
  });
});
