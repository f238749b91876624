/** Makes the first turn the user's, for APIs that insist on it. */
import type { Changes } from "../changes.ts";
import type { Message } from "../types/messages.ts";
import { Trail } from "./trail.ts";

export interface UserFirstOptions {
  /** What the made user turn says. */
  text?: string;
}

/** Puts a neutral user turn before a history that starts with another role, or has system messages only. */
export function userFirst(
  messages: readonly Message[],
  changes: Changes,
  { text = "Hello." }: UserFirstOptions = {},
): readonly Message[] {
  Trail.of(messages, changes);
  let first = 0;
  while (messages[first]?.role === "system" || messages[first]?.role === "developer") first++;
  if (messages[first]?.role === "user") return messages;
  changes.note({
    param: "messages",
    action: "repaired",
    to: text,
    reason: "this API wants the first turn to be the user's, so a neutral one is put there",
  });
  return [...messages.slice(0, first), { role: "user", content: text }, ...messages.slice(first)];
}
