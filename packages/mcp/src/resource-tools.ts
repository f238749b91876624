/** Tools with which a model looks through a server's resources itself. */
import { type AnyTool, tool } from "@polycall/core";
import type { McpServer } from "./mcp.ts";
import type { NameMap } from "./names.ts";

export async function resourceTools(server: McpServer, names: NameMap): Promise<AnyTool[]> {
  const policy = { untrusted: true, idempotent: true };
  const list = tool({
    name: await names.encode("list_resources"),
    description: `Lists the resources of "${server.name}" by URI, and the templates of further URIs.`,
    parameters: { type: "object", properties: {}, additionalProperties: false },
    execute: async () => ({
      resources: (await server.resources()).map(({ uri, name, description, mimeType }) => ({
        uri,
        name,
        description,
        mimeType,
      })),
      templates: (await server.resourceTemplates()).map(({ uriTemplate, name, description }) => ({
        uriTemplate,
        name,
        description,
      })),
    }),
    ...policy,
  });
  const read = tool({
    name: await names.encode("read_resource"),
    description: `Reads a resource of "${server.name}".`,
    parameters: {
      type: "object",
      properties: { uri: { type: "string", description: "As listed, or made from a template" } },
      required: ["uri"],
      additionalProperties: false,
    },
    execute: async (args, { signal }) => {
      const parts = await server.readResource(String(args.uri), { signal });
      const [only] = parts;
      return parts.length === 1 && only?.type === "text" ? only.text : parts;
    },
    ...policy,
  });
  return [list, read];
}
