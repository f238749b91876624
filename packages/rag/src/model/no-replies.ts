/** Where there is no Node there are no files of replies. */
import { InvalidRequestError } from "@polycall/core";
import type { FileReplies } from "./replies.ts";

/** @throws InvalidRequestError always */
export function fileReplies(_: string): FileReplies {
  throw new InvalidRequestError(
    "fileReplies() needs Node's node:sqlite. Give another cache, such as memoryReplies().",
    { param: "cache" },
  );
}
