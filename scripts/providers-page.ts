/** Writes docs/providers.md from what the adapters say of themselves: `node scripts/providers-page.ts`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderInfo } from "@polycall/core";
import { adapters } from "../packages/polycall/src/providers.ts";
import { root } from "./workspace.ts";

export const page = join(root, "docs", "providers.md");

const code = (names: readonly string[] = []) => names.map((name) => `\`${name}\``).join(", ");

function row(name: string, info: ProviderInfo): string {
  const key = code(info.apiKeyEnv) + (info.keyOptional ? " (optional)" : "");
  const url = [info.baseURL ?? (info.requiresBaseURL ? "yours" : "none"), code(info.baseURLEnv)]
    .filter(Boolean)
    .join("; ");
  return `| \`${name}/\` | ${info.label} | ${key} | ${url} |`;
}

/** The page as it should be. */
export async function providersPage(): Promise<string> {
  const rows: string[] = [];
  for (const [name, load] of Object.entries(adapters)) rows.push(row(name, (await load()).info));
  return `# Providers

A model string is \`provider/model\`, split at the first slash. An adapter is loaded on its first use. The
model is the provider's own name for it; one that polycall has never heard of is called all the same.

| prefix | provider | key from | base URL; from |
|---|---|---|---|
${rows.join("\n")}

- \`openai/chat/MODEL\` and \`openai/responses/MODEL\` force the endpoint; else the model and the request
  decide, and \`explain()\` says why.
- \`custom_openai/MODEL\` with a \`baseURL\` is any server that speaks OpenAI's protocol.
- \`vertex/MODEL\` takes a key (express mode), or \`project\`, \`location\` and Google credentials.
- \`azure/DEPLOYMENT\` takes the resource's URL; with \`apiVersion\`, the older paths by deployment.

A host of your own by name:

\`\`\`ts
import { completion, registerProvider } from "polycall";

registerProvider("mycompany", {
  label: "My company",
  baseURL: "https://llm.example.com/v1",
  apiKeyEnv: ["MYCOMPANY_API_KEY"],
});
await completion({ model: "mycompany/large", messages: [{ role: "user", content: "Hello" }] });
\`\`\`

This page is made from the adapters: \`node scripts/providers-page.ts\`.
`;
}

if (import.meta.main) writeFileSync(page, await providersPage());
