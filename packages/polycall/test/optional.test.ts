/** An adapter that is a package of its own. */
import { expect, test } from "vitest";
import { createClient, InvalidRequestError } from "../src/index.ts";
import { optional } from "../src/optional.ts";

test("one that is not installed says how to install it", async () => {
  const client = createClient({
    adapters: { absent: optional("@polycall/absent", "what-it-needs") },
    logLevel: "off",
  });
  const call = client.embedding({ model: "absent/m", input: "a" });
  await expect(call).rejects.toThrow(InvalidRequestError);
  await expect(call).rejects.toThrow("npm install @polycall/absent what-it-needs");
});

test("one that is installed is loaded under its last name", async () => {
  const adapter = await optional("@polycall/local", "@huggingface/transformers")();
  expect(adapter.info.name).toBe("local");
});
