/** BullMQ, which whoever queues has installed. */
import { optional } from "../optional.ts";

/** @throws InvalidRequestError that says how to install it */
export function bullmq(): Promise<typeof import("bullmq")> {
  const wants = "@polycall/rag/queue works through";
  return optional({ name: "bullmq", wants, beside: "ioredis" }, () => import("bullmq"));
}
