/** A client whose requests a test answers itself, in OpenAI's words, and what came in. */
import { type ClientOptions, createClient } from "polycall";

export interface Body {
  model: string;
  input: string[];
  dimensions?: number;
  encoding_format?: string;
}

/** A refusal in OpenAI's words. */
export const refusal = (status: number, message: string, code?: string) =>
  Response.json({ error: { message, code } }, { status, headers: { "retry-after-ms": "1" } });

/** The reply that gives these vectors. */
export const vectors = (rows: number[][], more: object = {}) =>
  Response.json({
    object: "list",
    model: "served",
    data: rows.map((embedding, index) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: rows.length, total_tokens: rows.length },
    ...more,
  });

/** Vectors that tell the texts apart: their length, and their first character. */
export const lengths = ({ input, model }: Body) =>
  vectors(
    input.map((text) => [text.length, text.charCodeAt(0)]),
    { model },
  );

export function served(
  answer: (body: Body, nth: number) => Response | Promise<Response>,
  defaults: ClientOptions["defaults"] = {},
) {
  const bodies: Body[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const body = JSON.parse(String(init?.body)) as Body;
    bodies.push(body);
    return answer(body, bodies.length - 1);
  };
  const client = createClient({
    logLevel: "off",
    providers: { openai: { apiKey: "k" }, custom_openai: { baseURL: "http://127.0.0.1:1/v1" } },
    defaults: { fetch, ...defaults },
  });
  return { client, bodies, inputs: () => bodies.map(({ input }) => input) };
}
