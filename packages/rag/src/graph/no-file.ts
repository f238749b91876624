/** Where there is no Node there are no files of graphs. */
import { InvalidRequestError } from "@polycall/core";
import type { GraphRecords } from "./records.ts";

/** @throws InvalidRequestError always */
export function graphFile(_: string): GraphRecords {
  throw new InvalidRequestError(
    "graphFile() needs Node's node:sqlite. Give other records, such as memoryGraph().",
    { param: "records" },
  );
}
