/** Who the request is for: `metadata.user_id`, which must not be an e-mail address or a phone number. */
import type { Changes, CompletionRequest } from "@polycall/core";
import { sha256 } from "./sha256.ts";

const email = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const phone = /^\+?\d[\d\s().-]{5,18}\d$/;

/** The id itself, or its SHA-256 where it looks like a way to reach the person: the API refuses those. */
export function userId(id: string): string {
  return email.test(id) || phone.test(id.trim()) ? `sha256-${sha256(id)}` : id;
}

/** The first of `metadata.user_id`, `safety_identifier` and `user`. */
export function identityOf(
  request: CompletionRequest,
  changes: Changes,
): { metadata?: { user_id: string } } {
  const ids = [
    ["metadata.user_id", request.metadata?.user_id],
    ["safety_identifier", request.safety_identifier],
    ["user", request.user],
  ] as const;
  const [param, id] = ids.find(([, given]) => given !== undefined && given !== null) ?? [];
  if (!param || typeof id !== "string" || !id) return {};
  const user_id = userId(id);
  if (user_id !== id) {
    const reason = "this API refuses ids that look like an e-mail address or a phone number";
    changes.note({ param, action: "converted", to: user_id, reason });
  }
  return { metadata: { user_id } };
}
