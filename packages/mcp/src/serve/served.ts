/** Tools and agents as they are served: what a client is told of them, and what runs. */
import type { Tool as ListedTool } from "@modelcontextprotocol/server";
import {
  type AnyTool,
  InvalidRequestError,
  isStandardSchema,
  isTool,
  type JsonSchema,
  type StandardSchema,
  type ToolParameters,
  toJsonSchema,
  tool,
} from "@polycall/core";
import { validated } from "../schema.ts";

/** Anything with a name that can be given a task; an agent of `@polycall/agent` is one. */
export interface ServedAgent {
  name: string;
  description?: string;
  run(input: string, options: { signal: AbortSignal }): Promise<{ text: string }>;
}

/** A call that waits for leave. */
export interface ServedCall {
  tool: string;
  args: unknown;
}

export interface ServedTools {
  tools?: readonly AnyTool[];
  /** Each becomes a tool of its name that takes `{ input }` and returns the agent's text. */
  agents?: readonly ServedAgent[];
  /**
   * What tools return, by their names: objects of these schemas. Their results are checked, and given as
   * `structuredContent` too.
   */
  outputs?: Readonly<Record<string, ToolParameters>>;
  /**
   * Who is asked for tools that need approval: the client's user, as MCP wants of clients ("client"), or
   * this function. Needed as soon as one of the tools has `needsApproval` or `sensitive`.
   */
  approve?: "client" | ((call: ServedCall) => boolean | Promise<boolean>);
}

/** One served tool. */
export interface Served {
  tool: AnyTool;
  listed: ListedTool;
  input: StandardSchema;
  output?: { schema: StandardSchema; json: JsonSchema };
  /** An agent: it takes long and tells nothing on the way. */
  isAgent: boolean;
}

/** @throws InvalidRequestError for what cannot be served, and for tools that need approval that nobody gives */
export function servedTools(options: ServedTools): Map<string, Served> {
  const { tools = [], agents = [], outputs = {}, approve } = options;
  const served = new Map<string, Served>();
  const add = (one: AnyTool, isAgent: boolean) => {
    const { name, description, parameters } = one.function;
    if (served.has(name))
      throw new InvalidRequestError(
        `serveMcp(): two tools are called "${name}". Rename one; an agent is a tool of its name.`,
        { param: "tools" },
      );
    const { needsApproval, sensitive, idempotent, untrusted } = one.policy;
    if ((needsApproval || sensitive) && approve === undefined)
      throw new InvalidRequestError(
        `serveMcp(): the tool "${name}" needs approval. Say who gives it: approve: "client" leaves it to the client's user, a function decides here.`,
        { param: "approve" },
      );
    const output = outputs[name] && outputOf(name, outputs[name]);
    served.set(name, {
      tool: one,
      input: isStandardSchema(one.schema) ? one.schema : validated(parameters),
      ...(output && { output }),
      isAgent,
      listed: {
        name,
        ...(description !== undefined && { description }),
        inputSchema: { ...parameters, type: "object" },
        ...(output && { outputSchema: output.json as ListedTool["outputSchema"] }),
        annotations: {
          ...((needsApproval || sensitive) && { destructiveHint: true }),
          ...(idempotent !== undefined && { idempotentHint: idempotent }),
          ...(untrusted === true && { openWorldHint: true }),
        },
      },
    });
  };
  for (const one of tools) {
    if (!isTool(one))
      throw new InvalidRequestError(
        "serveMcp(): tools are made by tool(): a plain OpenAI tool has no function to run.",
        { param: "tools" },
      );
    add(one, false);
  }
  for (const agent of agents) add(agentTool(agent), true);
  const stray = Object.keys(outputs).find((name) => !served.has(name));
  if (stray !== undefined)
    throw new InvalidRequestError(`serveMcp(): outputs names "${stray}", which is not served.`, {
      param: "outputs",
    });
  return served;
}

function agentTool(agent: ServedAgent): AnyTool {
  const name = agent.name.replace(/[^A-Za-z0-9_-]+/g, "_").slice(0, 64);
  return tool({
    name,
    description: agent.description ?? `Gives a task to the agent "${agent.name}".`,
    parameters: {
      type: "object",
      properties: { input: { type: "string", description: "The task, with all that it takes" } },
      required: ["input"],
      additionalProperties: false,
    },
    execute: async ({ input }, { signal }) => {
      const { text } = await agent.run(String(input), {
        signal: signal ?? new AbortController().signal,
      });
      return text;
    },
    timeout: 0,
  }) as AnyTool;
}

function outputOf(name: string, given: ToolParameters): Served["output"] {
  const json = toJsonSchema(given);
  if ((json as { type?: unknown }).type !== "object")
    throw new InvalidRequestError(
      `serveMcp(): outputs.${name} describes no object, and MCP's structured results are objects.`,
      { param: "outputs" },
    );
  const schema = isStandardSchema(given) ? given : validated(json as { [key: string]: unknown });
  return { schema, json };
}
