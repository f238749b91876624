/** What a person is asked about a call, and what the answer may be. */
import { InvalidRequestError } from "@polycall/core";
import type { Json } from "./store.ts";

/** A call that waits for a person. */
export interface ApprovalRequest {
  /** Names this one call: of which run, which step, which call. */
  id: string;
  agent: string;
  toolCallId: string;
  tool: string;
  /** As the model gave them, after repair and validation. */
  args: Json;
  /**
   * "policy": the tool or the agent asks before it; "sensitive": text from outside is in the conversation;
   * "question": the call is a question to the person; "outcome": the process died while the tool ran, and
   * running it twice would do harm.
   */
  why: "policy" | "sensitive" | "question" | "outcome";
  /** The same in words, for whoever is asked. */
  message: string;
}

/**
 * The answer: run it, run it with other arguments, tell the model that it may not, or give the result
 * yourself. `always` answers for all later calls of this tool by this agent, in this run and its session.
 */
export type Decision =
  | { action: "approve"; always?: boolean }
  | { action: "edit"; args: Json }
  | { action: "reject"; message?: string; always?: boolean }
  | { action: "result"; result: Json };

const actions = new Set(["approve", "edit", "reject", "result"]);

/** @throws InvalidRequestError for an answer that is none */
export function checkDecision(decision: unknown, id: string): Decision {
  const { action } = (decision ?? {}) as Partial<Decision>;
  if (!actions.has(action as string)) {
    throw new InvalidRequestError(
      `The decision for "${id}" is ${JSON.stringify(decision)}. Give { action: "approve" }, { action: "edit", args }, { action: "reject", message } or { action: "result", result }.`,
      { param: "decisions" },
    );
  }
  const required = action === "edit" ? "args" : action === "result" ? "result" : undefined;
  if (required && (decision as { [key: string]: unknown })[required] === undefined) {
    throw new InvalidRequestError(`The decision "${action}" for "${id}" lacks \`${required}\`.`, {
      param: "decisions",
    });
  }
  const { always } = decision as { always?: unknown };
  if (always && action !== "approve" && action !== "reject") {
    throw new InvalidRequestError(
      `The decision "${action}" for "${id}" has \`always\`: only approve and reject can hold for later calls.`,
      { param: "decisions" },
    );
  }
  return decision as Decision;
}

/** The run whose journal holds the call that an id names. */
export function runOf(approvalId: string): string {
  return approvalId.slice(0, approvalId.lastIndexOf(":"));
}
