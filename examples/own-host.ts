/** Any server that speaks OpenAI's protocol: by URL in a call, or by a name of your own. */
import "./lib/node-version.ts";
import assert from "node:assert/strict";
import { createClient } from "polycall";
import { simulated } from "./lib/connect.ts";

// Your server's URL and key; here, the simulator's or, with a key, OpenAI's own.
const { simulator, close } = await simulated();
const { OPENAI_API_KEY, OPENAI_BASE_URL = "https://api.openai.com/v1" } = process.env;
const mine = OPENAI_API_KEY ? { baseURL: OPENAI_BASE_URL, apiKey: OPENAI_API_KEY } : undefined;
const { baseURL, apiKey } = mine ?? simulator!.providers.openai!;

const { completion, registerProvider } = createClient();
const messages = [{ role: "user" as const, content: "Tell a joke." }];

const once = await completion({ model: "custom_openai/gpt-6-luna", messages, baseURL, apiKey });
console.log(once.text);
assert.equal(once.provider, "custom_openai");

registerProvider("mycompany", { label: "My company", baseURL, apiKeyEnv: ["MYCOMPANY_API_KEY"] });
process.env.MYCOMPANY_API_KEY ??= apiKey;
const named = await completion({ model: "mycompany/gpt-6-luna", messages });
console.log(named.text);
assert.equal(named.provider, "mycompany");
await close();
