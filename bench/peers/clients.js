/** The Vercel AI SDK, LangChain.js, token.js and undici, asking what `clients.ts` asks. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { ChatOpenAI } from "@langchain/openai";
import { generateText, isStepCount, streamText, tool } from "ai";
import { TokenJS } from "token.js";
import { request } from "undici";
import * as z from "zod";

const content = "hi ".repeat(99);
const messages = [{ role: "user", content }];
const apiKey = "k";

async function drain(stream) {
  for await (const _ of stream) {
    // Read, and nothing else.
  }
}

function vercel(model) {
  return {
    plain: () => generateText({ model, prompt: content, maxRetries: 0 }),
    stream: () => drain(streamText({ model, prompt: content, maxRetries: 0 }).textStream),
  };
}

/** `undici.request`, which nothing that listens to fetch or node:http sees. */
function bareUndici(base) {
  const headers = { "content-type": "application/json" };
  const post = async (path, body) =>
    (await request(base + path, { method: "POST", headers, body: JSON.stringify(body) })).body;
  return {
    plain: async () => (await post("/chat/completions", { messages })).json(),
    stream: async () => {
      const decoder = new TextDecoder();
      let rest = "";
      for await (const bytes of await post("/chat/completions", { messages, stream: true })) {
        rest += decoder.decode(bytes, { stream: true });
        let at = 0;
        for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n", at)) {
          const data = rest.slice(rest.indexOf("data: ", at) + "data: ".length, end);
          if (data !== "[DONE]") JSON.parse(data);
          at = end + 2;
        }
        rest = rest.slice(at);
      }
    },
  };
}

function langchain(baseURL) {
  const model = new ChatOpenAI({
    model: "gpt-4.1-mini",
    apiKey,
    maxRetries: 0,
    configuration: { baseURL },
  });
  return {
    plain: () => model.invoke(content),
    stream: async () => drain(await model.stream(content)),
  };
}

function tokenjs(baseURL) {
  const { completions } = new TokenJS({ apiKey, baseURL }).chat;
  const request = { provider: "openai", model: "gpt-4o-mini", messages };
  return {
    plain: () => completions.create({ ...request }),
    stream: async () => drain(await completions.create({ ...request, stream: true })),
  };
}

/** The ten-tool run of `agent.ts`, of so many steps. */
export function agentRun(base, steps) {
  const model = createOpenAICompatible({
    name: "x",
    apiKey,
    baseURL: `${base}/agent/${steps}`,
  })("gpt-4.1-mini");
  const tools = Object.fromEntries(
    Array.from({ length: 10 }, (_, i) => [
      `tool_${i}`,
      tool({
        description: `Looks up the thing number ${i} of a city`,
        inputSchema: z.object({ city: z.string(), n: z.number() }),
        execute: async ({ city, n }) => ({ city, value: n }),
      }),
    ]),
  );
  return async () => {
    const { text, steps: taken } = await generateText({
      model,
      tools,
      prompt: content,
      maxRetries: 0,
      stopWhen: isStepCount(steps + 2),
    });
    return { text, steps: taken.length };
  };
}

/** Who speaks a protocol, by the name in the tables. */
export function peers(base, protocol) {
  switch (protocol) {
    case "chat":
      return {
        "undici.request": bareUndici(base),
        "Vercel AI SDK": vercel(
          createOpenAICompatible({ name: "x", apiKey, baseURL: base })("gpt-4.1-mini"),
        ),
        "LangChain.js": langchain(base),
        "token.js": tokenjs(base),
      };
    case "messages":
      return {
        "Vercel AI SDK": vercel(createAnthropic({ apiKey, baseURL: base })("claude-haiku-4-5")),
      };
    default:
      return {
        "Vercel AI SDK": vercel(
          createGoogleGenerativeAI({ apiKey, baseURL: base })("gemini-3.5-flash-lite"),
        ),
      };
  }
}
