/** What an Ollama on this machine can do: its models, by what each is for. */

export interface LocalModels {
  /** Model strings that chat and call tools, the latest pulled first; at most three. */
  chat: string[];
  /** A model string for `embedding()`. */
  embedding: string;
}

const most = 3;

function baseUrl(): string {
  const { OLLAMA_BASE_URL, OLLAMA_HOST } = process.env;
  const given = OLLAMA_BASE_URL || OLLAMA_HOST || "127.0.0.1:11434";
  return given.includes("://") ? given : `http://${given}`;
}

/** What a model can do. An Ollama from before May 2025 does not say: then its name does. */
async function abilities(name: string): Promise<string[]> {
  const asked = { method: "POST", body: JSON.stringify({ model: name }) };
  const response = await fetch(`${baseUrl()}/api/show`, asked);
  const { capabilities } = (await response.json()) as { capabilities?: string[] };
  return capabilities ?? (/embed|bge|minilm/i.test(name) ? ["embedding"] : ["completion", "tools"]);
}

/** The models of an Ollama on this machine; none when there is no Ollama. */
export async function localModels(): Promise<LocalModels> {
  const found: LocalModels = { chat: [], embedding: "" };
  try {
    const response = await fetch(`${baseUrl()}/api/tags`, { signal: AbortSignal.timeout(500) });
    const { models } = (await response.json()) as { models: { name: string }[] };
    for (const { name } of models) {
      const can = await abilities(name);
      const chats = can.includes("completion") && can.includes("tools");
      if (chats && found.chat.length < most) found.chat.push(`ollama/${name}`);
      if (can.includes("embedding")) found.embedding ||= `ollama/${name}`;
    }
  } catch {
    // No Ollama, or none that answers.
  }
  return found;
}
