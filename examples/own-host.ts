/** Any server that speaks OpenAI's protocol: by URL in a call, or by a name of your own. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { createClient } from "polycall";
import { simulated } from "./lib/connect.ts";

const { simulator, close } = await simulated();
const { completion, registerProvider } = createClient();
const messages = [{ role: "user" as const, content: "Tell a joke." }];
const { baseURL, apiKey } = simulator!.providers.openai!;

const once = await completion({ model: "custom_openai/my-model", messages, baseURL, apiKey });
console.log(once.text);
assert.equal(once.provider, "custom_openai");

registerProvider("mycompany", { label: "My company", baseURL, apiKeyEnv: ["MYCOMPANY_API_KEY"] });
process.env.MYCOMPANY_API_KEY ??= apiKey;
const named = await completion({ model: "mycompany/my-model", messages });
console.log(named.text);
assert.equal(named.provider, "mycompany");
await close();
