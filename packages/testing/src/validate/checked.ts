/** What the rules of every endpoint are given. */
import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "../json.ts";
import type { Route } from "../routes.ts";

/** A request whose types are right. */
export interface Checked {
  route: Route;
  headers: IncomingHttpHeaders;
  /** Path and query. */
  path: string;
  body: JsonObject;
}
