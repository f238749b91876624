/** Refuses a request body that the real service would refuse. */
import type { IncomingHttpHeaders } from "node:http";
import type { Json } from "../json.ts";
import type { Refusal } from "../refusal.ts";
import type { Route } from "../routes.ts";

/** The first thing wrong with a body, in the provider's words. */
export function refuseBody(
  _route: Route,
  _request: { headers: IncomingHttpHeaders; body: Json },
): Refusal | undefined {
  return undefined;
}
