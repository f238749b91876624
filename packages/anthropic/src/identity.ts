/** Who the request is for: `metadata.user_id`, which must not be an e-mail address or a phone number. */
import type { CompletionRequest } from "@polycall/core";
import { sha256 } from "./sha256.ts";

const email = /[^\s@]+@[^\s@]+\.[^\s@]+/;
const phone = /^\+?\d[\d\s().-]{5,18}\d$/;

/** The id itself, or its SHA-256 where it looks like a way to reach the person: the API refuses those. */
export function userId(id: string): string {
  return email.test(id) || phone.test(id.trim()) ? `sha256-${sha256(id)}` : id;
}

/** The first of `metadata.user_id`, `safety_identifier` and `user`. */
export function identityOf(request: CompletionRequest): { metadata?: { user_id: string } } {
  const id = request.metadata?.user_id ?? request.safety_identifier ?? request.user;
  return typeof id === "string" && id ? { metadata: { user_id: userId(id) } } : {};
}
