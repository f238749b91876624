/** Stands in for the folder reader where there is no Node. */
import { InvalidRequestError } from "@polycall/core";
import type { Folder, Source } from "./source.ts";

const refused = () =>
  new InvalidRequestError(
    "Files can be ingested in Node only. Elsewhere hand documents: ingest([{ source, text }]).",
  );

/** @throws InvalidRequestError always */
export function folder(_patterns: readonly string[]): Folder {
  throw refused();
}

/** @throws InvalidRequestError always */
export function file(_source: string): Source {
  throw refused();
}
