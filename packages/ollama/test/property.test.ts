/** Random histories: the plan always meets the rules of Ollama's API. */
import type { Message } from "@polycall/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { planOf } from "./setup.ts";

const id = fc.constantFrom("a", "b", "");
const content = fc.oneof(
  fc.string(),
  fc.array(fc.record({ type: fc.constant("text"), text: fc.string() }), { maxLength: 2 }),
);
const call = fc.record({
  id,
  type: fc.constant("function"),
  function: fc.record({ name: fc.string(), arguments: fc.oneof(fc.string(), fc.json()) }),
});
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("system", "developer", "user"), content }),
  fc.record({
    role: fc.constant("assistant"),
    content: fc.oneof(content, fc.constant(null)),
    tool_calls: fc.array(call, { maxLength: 2 }),
  }),
  fc.record({ role: fc.constant("tool"), tool_call_id: id, content }),
  fc.record({ role: fc.constant("function"), name: fc.string(), content: fc.string() }),
) as fc.Arbitrary<Message>;

test("contents are strings, arguments objects, each call answered right after it", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), (messages) => {
      const sent = planOf({ messages }).body.messages as {
        role: string;
        content: unknown;
        tool_calls?: { id: string; function: { name: string; arguments: unknown } }[];
        tool_call_id?: string;
        tool_name?: string;
      }[];
      const owed: { id: string; name: string }[] = [];
      for (const { role, content, tool_calls, tool_call_id, tool_name } of sent) {
        expect(content).toBeTypeOf("string");
        expect(["system", "user", "assistant", "tool"]).toContain(role);
        if (role === "tool") {
          expect({ id: tool_call_id, name: tool_name }).toEqual(owed.shift());
          continue;
        }
        expect(owed).toEqual([]);
        for (const { id, function: fn } of tool_calls ?? []) {
          expect(Object.prototype.toString.call(fn.arguments)).toBe("[object Object]");
          owed.push({ id, name: fn.name });
        }
      }
      expect(owed).toEqual([]);
    }),
  );
});
