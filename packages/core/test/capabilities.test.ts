/** A client of core's own, without `@polycall/core/capabilities` and with it. */
import { expect, test } from "vitest";
import { completionOf, json, messages, wire } from "./support/wire.ts";

const refusal = json(400, {
  error: { message: "Unsupported parameter: 'temperature' is not supported with this model." },
});
const input = { model: "alpha/m", messages, temperature: 0.5 };

test("without it a refusal is an error, and an override says what is missing", async () => {
  const { client, requests } = await wire([refusal]);
  const { completion, registerCapabilities } = client();
  await expect(completion(input)).rejects.toMatchObject({ name: "BadRequestError" });
  expect(requests).toHaveLength(1);
  await expect(registerCapabilities("alpha/m", {})).rejects.toThrow("@polycall/core/capabilities");
});

test("with it both work, on an adapter that knows nothing of its models", async () => {
  const reply = json(200, completionOf("Hello"));
  const { client, requests } = await wire([refusal, reply, reply]);
  const { completion, registerCapabilities } = client({
    capabilities: () => import("../src/capabilities/index.ts"),
  });
  const { text, warnings } = await completion(input);
  expect(text).toBe("Hello");
  expect(warnings).toMatchObject([{ param: "temperature", rule: "healed/drop" }]);
  await registerCapabilities("alpha/*", { params: { top_p: { max: 0.5 } } });
  await completion({ ...input, top_p: 0.9 });
  expect(requests.at(-1)!.body).toMatchObject({ top_p: 0.5 });
  expect(requests.at(-1)!.body).not.toHaveProperty("temperature");
  await expect(registerCapabilities("alpha/m", { efforts: ["low"] })).rejects.toThrow(
    'there is no fact "efforts"',
  );
});
