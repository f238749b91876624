/** Runs a served tool for a client: checks, asks, bounds its time, and answers whatever happens. */
import type { CallToolResult } from "@modelcontextprotocol/server";
import { issuesOf, PolycallError, validate } from "@polycall/core";
import { blocksOf } from "./blocks.ts";
import { safeMessage } from "./secrets.ts";
import type { Served, ServedTools } from "./served.ts";

export interface RunOptions extends Pick<ServedTools, "approve"> {
  /** The agent's name that tools are told: the server's. */
  name: string;
  context: unknown;
  onError?: (error: unknown, call: { tool: string }) => void;
}

export interface ServedProgress {
  progress: number;
  total?: number;
  message?: string;
}

/** One call by a client. */
export interface ClientCall {
  id: string;
  args: unknown;
  signal: AbortSignal;
  /** Absent where the client does not care. */
  report?: (progress: ServedProgress) => void;
}

/** ms between two signs of life of an agent, so that clients do not give up on it. */
const heartbeat = 10_000;
/** ms that a tool has, where it does not say. Core's default (`ToolPolicy.timeout`). */
const patience = 300_000;

/** Never rejects: a failure is a result that the client's model reads. */
export async function run(
  served: Served,
  call: ClientCall,
  options: RunOptions,
): Promise<CallToolResult> {
  const { name } = served.tool.function;
  try {
    return await attempt(served, call, options);
  } catch (error) {
    try {
      options.onError?.(error, { tool: name });
    } catch {
      // The client gets its answer all the same.
    }
    return failed(safeMessage(error));
  }
}

async function attempt(served: Served, call: ClientCall, options: RunOptions) {
  const { tool } = served;
  const { result } = await validate(served.input, call.args ?? {}, tool.function.parameters);
  if (result.issues) {
    const issues = issuesOf(result.issues).map(
      ({ path, message }) => `${path || "arguments"}: ${message}`,
    );
    return failed(`The arguments do not fit. ${issues.join("; ")}`);
  }
  const args = result.value;
  const context = contextOf(call, options);
  const refusal = await refused(served, args, context, options);
  if (refusal) return failed(refusal);
  const ms = tool.policy.timeout ?? patience;
  const value = await bounded(ms, call.signal, async (signal) => {
    const stop = served.isAgent ? beat(call) : undefined;
    try {
      return await tool.execute(args, { ...context, signal });
    } finally {
      stop?.();
    }
  });
  return resultOf(served, value);
}

async function resultOf(served: Served, value: unknown): Promise<CallToolResult> {
  const content = blocksOf(value);
  if (!served.output) return { content };
  const { schema, json } = served.output;
  const { result } = await validate(schema, value, json);
  if (!result.issues)
    return { content, structuredContent: result.value as { [key: string]: unknown } };
  const issues = issuesOf(result.issues).map(
    ({ path, message }) => `${path || "result"}: ${message}`,
  );
  throw new PolycallError(`The tool's result does not fit what it promises. ${issues.join("; ")}`);
}

async function refused(
  { tool }: Served,
  args: unknown,
  context: ReturnType<typeof contextOf>,
  { approve }: RunOptions,
): Promise<string | undefined> {
  const { needsApproval, sensitive } = tool.policy;
  if (typeof approve !== "function") return undefined;
  const needs =
    sensitive === true ||
    (typeof needsApproval === "function" ? await needsApproval(args, context) : needsApproval);
  if (!needs) return undefined;
  const isApproved = await approve({ tool: tool.function.name, args });
  return isApproved === true ? undefined : "This call was not approved, so the tool did not run.";
}

/** What an agent tells its tools (`AgentContext` of `@polycall/agent`), as far as there is something to tell. */
function contextOf({ id, signal, report }: ClientCall, { name, context }: RunOptions) {
  const state = new Map<string, unknown>();
  const key = crypto.randomUUID();
  let told = 0;
  return {
    toolCallId: id,
    signal,
    context,
    idempotencyKey: key,
    runId: key,
    agent: name,
    progress(value: unknown) {
      told += 1;
      report?.(progressOf(value, told));
    },
    emit() {},
    state: {
      get: (one: string) => state.get(one),
      set: (one: string, value: unknown) => void state.set(one, value),
    },
  };
}

/** MCP's progress is a number that grows; whatever else a tool tells is its message. */
function progressOf(value: unknown, told: number): ServedProgress {
  if (typeof value === "number") return { progress: value };
  const { progress, total, message } = (value ?? {}) as Partial<ServedProgress>;
  if (typeof progress !== "number")
    return { progress: told, message: typeof value === "string" ? value : JSON.stringify(value) };
  return {
    progress,
    ...(typeof total === "number" && { total }),
    ...(typeof message === "string" && { message }),
  };
}

function beat({ report }: ClientCall): () => void {
  if (!report) return () => {};
  let beats = 0;
  const timer = setInterval(() => {
    beats += 1;
    report({ progress: beats, message: `Working for ${(beats * heartbeat) / 1000} s` });
  }, heartbeat);
  return () => clearInterval(timer);
}

/** Runs something that may never settle: it is left behind when its time is up or nobody waits for it. */
async function bounded<T>(
  ms: number,
  outer: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const mine = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    const end = (message: string) => {
      const error = new PolycallError(message);
      mine.abort(error);
      reject(error);
    };
    const leave = () => end("The call was cancelled.");
    if (outer.aborted) leave();
    outer.addEventListener("abort", leave, { once: true, signal: mine.signal });
    if (ms > 0) timer = setTimeout(end, ms, `The tool was given up after ${ms} ms.`);
  });
  try {
    return await Promise.race([over, work(mine.signal)]);
  } finally {
    clearTimeout(timer);
    mine.abort();
  }
}

function failed(message: string): CallToolResult {
  return { content: [{ type: "text", text: message }], isError: true };
}
