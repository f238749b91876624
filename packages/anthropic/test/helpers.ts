/** What these tests share: a plan without a client, and the anthropic recordings. */
import type { CompletionRequest, Connection, Plan, PlanContext } from "@polycall/core";
import { wireData } from "@polycall/testing";
import { anthropic } from "../src/index.ts";

export type Json = { [key: string]: unknown };

export const connection: Connection = {
  provider: "anthropic",
  apiKey: "test-key",
  baseURL: "https://api.anthropic.com",
  headers: {},
  settings: {},
};

export function planOf(
  request: Omit<CompletionRequest, "model">,
  model = "claude-sonnet-4-5",
  context: Partial<PlanContext> = {},
): Plan {
  const whole = { model: `anthropic/${model}`, ...request };
  return anthropic.plan(whole, { connection, model, onUnsupported: "warn", ...context });
}

export interface Recorded {
  file: string;
  index: number;
  request: Json & { messages: Json[] };
  status: number;
  body: string;
  streamed: boolean;
}

const folders = ["anthropic/", "cross-provider/", "pydantic-gateway/"];

/** Every recorded exchange with a Messages endpoint; empty when the shared data is not there. */
export function recorded(): Recorded[] {
  const data = wireData();
  if (!data) return [];
  return data
    .list()
    .filter((file) => folders.some((folder) => file.startsWith(folder)))
    .flatMap((file) =>
      data.read(file).interactions.flatMap(({ request, response }, index): Recorded[] => {
        if (!/\/v1\/messages(\?|$)/.test(request.url) || response.body === undefined) return [];
        return [
          {
            file,
            index,
            request: request.body as Recorded["request"],
            status: response.status,
            body: response.body,
            streamed: (response.headers["content-type"] ?? "").includes("event-stream"),
          },
        ];
      }),
    );
}

/** The events of a recorded stream, read line by line. */
export function eventsOf(body: string): Json[] {
  return body
    .split("\n")
    .filter((line) => line.startsWith("data:"))
    .map((line) => JSON.parse(line.slice(5)) as Json);
}

/** A plan as these replies want it: nothing renamed, no stand-in tool. */
export const plainPlan: Plan = planOf({ messages: [{ role: "user", content: "Hi" }] });
