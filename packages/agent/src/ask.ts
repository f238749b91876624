/** Which calls a person is asked about, and what becomes of them. */
import type { AnyTool } from "@polycall/core";
import type { ActiveRun } from "./active.ts";
import { type ApprovalRequest, checkDecision, type Decision } from "./approval.ts";
import { questions } from "./ask-user.ts";
import { hear, unlessEnded } from "./hooks.ts";
import { toolContext } from "./perform.ts";
import { type ReadCall, withArguments } from "./read-call.ts";

/** What a person is asked before the call, if anything. */
export function requestFor(
  run: ActiveRun,
  call: ReadCall,
): Promise<ApprovalRequest | undefined> | undefined {
  const { tool, problem } = call;
  if (!tool || problem) return undefined;
  const { needsApproval, sensitive } = tool.policy ?? {};
  const mayBe = needsApproval || run.agent.needsApproval || (sensitive && run.outside);
  return mayBe || questions.has(tool) ? requestOf(run, call, tool) : undefined;
}

async function requestOf(
  run: ActiveRun,
  call: ReadCall,
  tool: AnyTool,
): Promise<ApprovalRequest | undefined> {
  const { name, json, id } = call;
  const { needsApproval, sensitive } = tool.policy ?? {};
  const own = typeof needsApproval === "function";
  const policy =
    needsApproval === true ||
    ((own || run.agent.needsApproval) &&
      (await run.durable.step(`check ${id}`, () =>
        hear(run, async () => {
          if (own && (await needsApproval(call.args, toolContext(run, call) as never))) return true;
          return !!(await run.agent.needsApproval?.({ name, args: json }));
        }),
      )));
  const question = questions.has(tool);
  if (!policy && !question && !(sensitive && run.outside)) return undefined;
  // Kept, since another sub-agent's question may change it at any time.
  const standing = await run.durable.step(
    `standing ${id}`,
    async () => run.shared.always.get(alwaysKey(run, name)) ?? null,
  );
  if (standing === "approve" && !question) return undefined;
  if (standing === "reject") {
    call.problem = `A person has ruled out ${name} for this conversation.`;
    return undefined;
  }
  const why = question ? "question" : policy ? "policy" : "sensitive";
  return request(run, call, why, `${run.runId}:${id}`);
}

const alwaysKey = ({ path }: ActiveRun, tool: string) => `${path}/${tool}`;

const words = {
  question: "asks",
  policy: "asks whether it may call",
  sensitive: "has read text from outside, and asks whether it may call",
  outcome:
    "was interrupted while it ran, and nobody knows whether it had its effect; asks whether to run once more",
};

/** Whether to run a call once more that was begun and has not ended. */
export function outcomeRequest(run: ActiveRun, call: ReadCall): ApprovalRequest {
  return request(run, call, "outcome", `${run.runId}:${call.id}!${call.again}`);
}

function request(
  run: ActiveRun,
  call: ReadCall,
  why: ApprovalRequest["why"],
  id: string,
): ApprovalRequest {
  const message = `${run.agent.name} ${words[why]} ${call.name}(${JSON.stringify(call.json)})`;
  const { name: agent } = run.agent;
  return { id, agent, toolCallId: call.call.id, tool: call.name, args: call.json, why, message };
}

export interface Asked {
  request: ApprovalRequest;
  /** Answers in this process, where somebody is there. */
  inline?: Promise<Decision | undefined>;
}

export async function askFor(run: ActiveRun, asked: ApprovalRequest): Promise<Asked> {
  const known = await run.durable.ask(asked);
  if (known) return { request: asked, inline: Promise.resolve(known) };
  run.emit({ type: "approval", request: asked });
  const { approve } = run.shared;
  if (!approve) return { request: asked };
  const answer = (async () => approve(asked))();
  const inline = unlessEnded(run, answer).then((given) =>
    given === undefined ? undefined : checkDecision(given, asked.id),
  );
  inline.catch(() => {});
  return { request: asked, inline };
}

export async function decisionOf(
  run: ActiveRun,
  { request, inline }: Asked,
): Promise<Decision | undefined> {
  return run.durable.answer(request, inline && (() => inline));
}

/** The call as a person decided about it. */
export async function decide(
  run: ActiveRun,
  call: ReadCall,
  { why }: ApprovalRequest,
  decision: Decision,
): Promise<ReadCall> {
  const decided = { ...call, decision };
  if ("always" in decision && decision.always && why !== "outcome") {
    const key = alwaysKey(run, call.name);
    run.keepAlways(key, decision.action as "approve" | "reject");
    await run.durable.step(`always ${call.id}`, async () => {
      await run.shared.keepAlways(key, decision.action as "approve" | "reject");
      return true;
    });
  }
  if (decision.action === "edit") return withArguments(run, decided, decision.args);
  if (decision.action === "reject") {
    const said = decision.message ? ` They say: ${decision.message}` : "";
    const problem =
      why === "outcome"
        ? "It was interrupted, and nobody knows whether it had its effect. A person decided not to run it again."
        : "A person did not allow this call.";
    return { ...decided, problem: `${problem}${said}` };
  }
  if (decision.action === "approve" && why === "question") {
    return { ...decided, problem: "The person did not answer." };
  }
  return decided;
}
