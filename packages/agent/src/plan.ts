/** A to-do list that the model keeps: part of the run's state and of its events. */
import { tool } from "@polycall/core";
import type { AgentContext } from "./context.ts";

export type PlanItem = {
  id: number;
  content: string;
  status: "open" | "started" | "done";
  /** What came of it. */
  result?: string;
};

/** Where the run's state holds the plan. */
export const planKey = "plan";

/** The arguments of the plan tool, as JSON Schema: the package needs no schema library. */
const parameters = {
  type: "object",
  properties: {
    add: {
      type: "array",
      items: { type: "string" },
      description: "New items, in the order in which they are to be done, one clear result each",
    },
    start: { type: "integer", description: "The id of the item that you begin now" },
    done: {
      type: "array",
      description: "Items that are finished, each with what came of it in a sentence",
      items: {
        type: "object",
        properties: { id: { type: "integer" }, result: { type: "string" } },
        required: ["id", "result"],
      },
    },
  },
} as const;

interface PlanArgs {
  add?: string[];
  start?: number;
  done?: { id: number; result: string }[];
}

/**
 * A tool with which the model keeps a to-do list: it adds items, starts one, and closes it with its result.
 * `run.plan` is the list, an event `plan` tells each change.
 */
export function planTool() {
  return tool({
    name: "plan",
    description:
      "Your to-do list for this task. Add all items before you begin a task of several steps; start an item when you begin it, and report its result when it is done. Gives the list as it then stands.",
    parameters,
    serial: true,
    untrusted: false,
    mayRepeat: true,
    execute: (args, { state }: AgentContext) => {
      const plan = changePlan(state.get<PlanItem[]>(planKey) ?? [], args as PlanArgs);
      state.set(planKey, plan as never);
      return planText(plan);
    },
  });
}

/** @throws Error in words for the model: an item that there is none of, a list that is none */
function changePlan(plan: readonly PlanItem[], args: PlanArgs): PlanItem[] {
  const { add = [], start, done = [] } = args;
  if (!Array.isArray(add) || !Array.isArray(done)) throw new Error("`add` and `done` are lists.");
  const items = plan.map((item) => ({ ...item }));
  for (const content of add)
    items.push({ id: items.length + 1, content: String(content), status: "open" });
  const find = (id: number) => {
    const item = items.find((one) => one.id === Number(id));
    if (item) return item;
    throw new Error(`There is no item ${id}. The list:\n${planText(items)}`);
  };
  for (const { id, result } of done) Object.assign(find(id), { status: "done", result });
  if (start !== undefined && start !== null) Object.assign(find(start), { status: "started" });
  return items;
}

const marks = { open: "[ ]", started: "[>]", done: "[x]" };

/** The list as the model and a terminal read it. */
export function planText(plan: readonly PlanItem[]): string {
  if (plan.length === 0) return "(the list is empty)";
  return plan
    .map(
      ({ id, content, status, result }) =>
        `${marks[status]} ${id}. ${content}${result === undefined ? "" : ` -> ${result}`}`,
    )
    .join("\n");
}
