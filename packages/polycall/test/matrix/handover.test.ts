/** A conversation that one provider begins, another takes over, and the first ends. */
import { describe, expect, test } from "vitest";
import type { AssistantMessage, CompletionInput, Message } from "../../src/index.ts";
import { simulated } from "../support/simulated.ts";
import { answered, tools } from "../support/tools.ts";

const { sim, ask } = await simulated();

interface Speaker {
  model: string;
  /** How the request asks for reasoning. */
  more?: Partial<CompletionInput>;
  /** What of a request holds what this provider said for its own eyes only. */
  mark?: RegExp;
  /** It does not reason, and has no state. */
  stateless?: boolean;
}

const high = { reasoning_effort: "high" } as const;
const responses: Speaker = {
  model: "openai/responses/gpt-5.6-luna",
  more: high,
  mark: /"encrypted_content":"/,
};
const claude: Speaker = {
  model: "anthropic/claude-haiku-4-5",
  more: high,
  mark: /"signature":"/,
};
const gemini: Speaker = {
  model: "gemini/gemini-3.5-flash-lite",
  more: high,
  mark: /"thoughtSignature":"(?!skip_|context_)/,
};
const openrouter: Speaker = { model: "openrouter/z-ai/glm-4.7", more: high };
const deepseek: Speaker = {
  model: "deepseek/deepseek-reasoner",
  more: high,
  mark: /"reasoning_content":"The simulator reads/,
};
const ollama: Speaker = { model: "ollama/qwen3:8b", more: high, mark: /"thinking":"/ };
const chat: Speaker = { model: "openai/chat/gpt-4.1-mini", stateless: true };

const pairs: [Speaker, Speaker][] = [
  [responses, claude],
  [claude, gemini],
  [gemini, responses],
  [deepseek, claude],
  [claude, deepseek],
  [openrouter, gemini],
  [ollama, chat],
  [gemini, ollama],
];

const asks = (city: string): Message => ({
  role: "user",
  content: `How much is a ticket to ${city}?`,
});

const named = pairs.map(([first, second]) => ({ first, second }));

describe.each(named)("$first.model, $second.model and back", ({ first, second }) => {
  test.each([false, true])("streamed: %s", async (stream) => {
    const messages: Message[] = [{ role: "system", content: "Be brief." }];
    const add = (more: Message[]) =>
      messages.push(...(JSON.parse(JSON.stringify(more)) as Message[]));
    const say = async ({ model, more }: Speaker) =>
      ask(stream, { model, messages, tools, ...more });

    // A calls; its result is read by B, who answers; B calls; its result is read by A.
    add([asks("London")]);
    const callOfFirst = await say(first);
    expect(callOfFirst.toolCalls).toMatchObject([{ args: { city: "London" } }]);
    add(await answered(callOfFirst));

    const answerOfSecond = await say(second);
    expect(answerOfSecond.text).toBe("(simulator) A ticket to London is $799.");
    if (first.mark) expect(sim.requests.at(-1)!.text).not.toMatch(first.mark);
    add(await answered(answerOfSecond));

    add([asks("Paris")]);
    const callOfSecond = await say(second);
    expect(callOfSecond.toolCalls).toMatchObject([{ args: { city: "Paris" } }]);
    add(await answered(callOfSecond));

    const answerOfFirst = await say(first);
    expect(answerOfFirst.text).toBe("(simulator) A ticket to Paris is $899.");
    const own = sim.requests.at(-1)!.text;
    if (first.mark) expect(own).toMatch(first.mark);
    if (second.mark) expect(own).not.toMatch(second.mark);
    add(await answered(answerOfFirst));

    // Each still finds its own state in the history, and each alone calls and answers.
    for (const [speaker, city, price] of [
      [second, "Rome", "$649"],
      [first, "London", "$799"],
    ] as const) {
      add([asks(city)]);
      const call = await say(speaker);
      add(await answered(call));
      const answer = await say(speaker);
      expect(answer.text).toBe(`(simulator) A ticket to ${city} is ${price}.`);
      if (speaker.mark) expect(sim.requests.at(-1)!.text).toMatch(speaker.mark);
      add(await answered(answer));
    }

    expect(sim.requests.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(sim.requests.map(({ text }) => text).join()).not.toContain("provider_state");
    const states = messages.flatMap((one) => (one as AssistantMessage).provider_state ?? []);
    for (const { model, stateless = false } of [first, second]) {
      const [provider] = model.split("/");
      expect(states.some((state) => state.provider === provider)).toBe(!stateless);
    }
  });
});
