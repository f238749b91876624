/** What is not fetched, and why. */
import { type ErrorInfo, PolycallError } from "@polycall/core";

/** A URL that may not be fetched, a reply that is too large, too late or broken. It names no address of a host. */
export class FetchRefusal extends PolycallError {
  static override readonly kind: string = "FetchRefusal";
}

/** A class of errors in its place. */
export type RefusalClass = new (message: string, info?: ErrorInfo) => Error;
