/** BullMQ, which whoever queues has installed. */
import { InvalidRequestError } from "@polycall/core";

/** @throws InvalidRequestError that says how to install it */
export async function bullmq(): Promise<typeof import("bullmq")> {
  try {
    return await import("bullmq");
  } catch (cause) {
    throw new InvalidRequestError(
      "@polycall/rag/queue works through BullMQ, which is not installed: npm install bullmq ioredis",
      { cause },
    );
  }
}
