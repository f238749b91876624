/** A typed object from any model: the schema is sent in the provider's dialect and checked here. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import * as z from "zod";
import { connect } from "./lib/connect.ts";

const { completion, explain, models, close } = await connect();

const recipe = z.object({
  title: z.string(),
  minutes: z.number().int().min(1).max(240),
  difficulty: z.enum(["easy", "medium", "hard"]),
  ingredients: z.array(z.object({ name: z.string(), grams: z.number().optional() })).min(1),
});
const messages = [{ role: "user" as const, content: "A recipe for pancakes." }];

for (const model of models) {
  const request = { model, messages, response_format: recipe };
  const { parsed } = await completion(request);
  console.log(model, parsed);
  assert.ok(parsed.minutes >= 1 && parsed.ingredients.length >= 1);

  // What the provider's dialect cannot say was moved to a description, and is still checked here.
  for (const { param, reason } of (await explain(request)).changes)
    console.log(`  ${param}: ${reason}`);
}
await close();
