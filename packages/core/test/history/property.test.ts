/** Random histories through the passes in the order that adapters use them. */
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  answerOrphanCalls,
  dropOrphanResults,
  emptyContent,
  legacyFunctions,
  type Message,
  mergeTurns,
  orderResults,
  toolCallIds,
  userFirst,
} from "../../src/index.ts";
import { calls, changes, frozen, result } from "./setup.ts";

const id = fc.constantFrom("a", "b", "c:1", "d.2", "");
const words = fc.constantFrom("", " ", "Hello", "Bye ");
const message: fc.Arbitrary<Message> = fc.oneof(
  words.map((content): Message => ({ role: "user", content })),
  words.map((content): Message => ({ role: "assistant", content })),
  fc.array(id, { minLength: 1, maxLength: 3 }).map((list) => calls(...list)),
  id.map((one) => result(one)),
  fc.constant<Message>({
    role: "assistant",
    content: null,
    function_call: { name: "f", arguments: "{}" },
  }),
  fc.constant<Message>({ role: "function", name: "f", content: "1" }),
);
const valid = /^[a-zA-Z0-9_-]{1,40}$/;

function repair(given: readonly Message[]): readonly Message[] {
  const kept = changes();
  let messages = legacyFunctions(given, kept);
  messages = dropOrphanResults(messages, kept);
  messages = answerOrphanCalls(messages, kept);
  messages = orderResults(messages, kept);
  messages = toolCallIds(messages, kept, { valid, unique: true });
  messages = emptyContent(messages, kept, { dropBlank: true, filler: "(empty)", trimFinal: true });
  messages = userFirst(messages, kept);
  return mergeTurns(messages, kept);
}

test("every history ends up with each call answered once, right after it, in order", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (given) => {
      const messages = repair(frozen(given));
      const seen = new Set<string>();
      const expected: string[] = [];
      let before: Message["role"] | undefined;
      for (const message of messages) {
        if (message.role === "tool") expect(message.tool_call_id).toBe(expected.shift());
        else expect(expected).toEqual([]);
        if (message.role === "assistant") {
          for (const { id } of message.tool_calls ?? []) {
            expect(seen.has(id)).toBe(false);
            expect(id).toMatch(valid);
            seen.add(id);
            expected.push(id);
          }
        }
        if (message.role !== "tool") expect(message.role).not.toBe(before);
        before = message.role;
      }
      expect(expected).toEqual([]);
      expect(messages[0]?.role).toBe("user");
    }),
  );
});

test("a repaired history needs no second repair", () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 12 }), (given) => {
      const once = repair(given);
      expect(repair(once)).toBe(once);
    }),
  );
});
