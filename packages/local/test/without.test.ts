/** What is said where transformers.js is not installed; and the plan, which is made without it. */
import { createClient, type EmbeddingRequest, type PlanContext } from "@polycall/core";
import { expect, test, vi } from "vitest";
import { createLocal, local } from "../src/index.ts";

vi.mock("@huggingface/transformers", () => {
  throw new Error("Cannot find package '@huggingface/transformers'");
});

test("the error names the command that installs it", async () => {
  const { embedding } = createClient({ adapters: { local }, logLevel: "off" });
  const call = embedding({ model: "local/Xenova/all-MiniLM-L6-v2", input: "a" });
  await expect(call).rejects.toMatchObject({ name: "InvalidRequestError", provider: "local" });
  await expect(call).rejects.toThrow("npm install @huggingface/transformers");
});

test("a plan is made without it; a user is nobody here", () => {
  const connection = { provider: "local", baseURL: "", headers: {}, settings: {} };
  const context: PlanContext = { connection, model: "a/b", onUnsupported: "warn" };
  const request: EmbeddingRequest = {
    model: "local/a/b",
    input: ["x"],
    role: "query",
    dimensions: 2,
    user: "u",
    extra_body: { pooling: "cls" },
  };
  const { body, changes } = createLocal().embedding!.plan(request, context);
  expect(body).toEqual({ input: ["x"], role: "query", dimensions: 2, pooling: "cls" });
  expect(changes).toMatchObject([{ param: "user", action: "dropped" }]);
});
