/** What goes wrong with an MCP server, as polycall's errors. */
import { type ErrorInfo, PolycallError } from "@polycall/core";

/** What an error knows of the server besides its message. */
export interface McpErrorInfo extends ErrorInfo {
  /** The name that you gave the server. */
  server?: string;
  /** The command or the address, without secrets. */
  transport?: string;
  /** The tool's name at the server. */
  tool?: string;
}

/** The root of every error about an MCP server. */
export class McpError extends PolycallError {
  static override readonly kind: string = "McpError";
  declare readonly server?: string;
  declare readonly transport?: string;
  declare readonly tool?: string;

  constructor(message: string, info: McpErrorInfo = {}) {
    super(message, info);
  }
}

/** The server could not be started or reached, or it was lost before it could be asked. */
export class McpConnectionError extends McpError {
  static override readonly kind: string = "McpConnectionError";
}

/** The server did not answer in time. */
export class McpTimeoutError extends McpConnectionError {
  static override readonly kind: string = "McpTimeoutError";
}

/**
 * The server was lost while a call ran that may not be repeated: nobody knows whether it had its effect.
 * Look, or ask a person, before the call is made again.
 */
export class McpUnknownOutcomeError extends McpConnectionError {
  static override readonly kind: string = "McpUnknownOutcomeError";
}

/** The server asks for a sign-in: send the user where your `authProvider` was told to, then `finishMcpAuth`. */
export class McpAuthorizationError extends McpError {
  static override readonly kind: string = "McpAuthorizationError";
}

/** The server answered with an error of the protocol, or with what the protocol does not have. */
export class McpProtocolError extends McpError {
  static override readonly kind: string = "McpProtocolError";
}

/** The tool ran and says that it failed. The message is the tool's own text, for the model to read. */
export class McpToolError extends McpError {
  static override readonly kind: string = "McpToolError";
}

/**
 * A tool describes itself otherwise than when it was accepted, or was never accepted. It was not called.
 * `server.accept(tool)` accepts it as it is now.
 */
export class McpChangedError extends McpError {
  static override readonly kind: string = "McpChangedError";
  /** What differs; "everything" for a tool that nobody has accepted yet. */
  declare readonly changed: readonly string[];

  constructor(message: string, info: McpErrorInfo & { changed: readonly string[] }) {
    super(message, info);
  }
}
