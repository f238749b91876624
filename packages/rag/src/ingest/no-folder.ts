/** Stands in for the folder reader where there is no Node. */
import { InvalidRequestError } from "@polycall/core";
import type { Folder } from "./source.ts";

/** @throws InvalidRequestError always */
export function folder(_patterns: readonly string[]): Folder {
  throw new InvalidRequestError(
    "Files can be ingested in Node only. Elsewhere hand documents: ingest([{ source, text }]).",
  );
}
