/** What @polycall/mcp exports. */

export { finishMcpAuth } from "./authorize.ts";
export {
  McpAuthorizationError,
  McpChangedError,
  McpConnectionError,
  McpError,
  McpProtocolError,
  McpTimeoutError,
  McpToolError,
  McpUnknownOutcomeError,
} from "./errors.ts";
export type { McpServer } from "./mcp.ts";
export { mcp } from "./mcp.ts";
export { decodeToolName, encodeToolName } from "./names.ts";
export type {
  HttpServer,
  McpOptions,
  McpToolInfo,
  StdioServer,
  TransportServer,
} from "./options.ts";
export type { McpChange, PinOptions, PinStore } from "./pins.ts";
export type { NodeRequest, NodeResponse } from "./serve/node-types.ts";
export type { McpService, ServeOptions } from "./serve/serve.ts";
export { serveMcp } from "./serve/serve.ts";
export type { ServedAgent, ServedCall, ServedTools } from "./serve/served.ts";
