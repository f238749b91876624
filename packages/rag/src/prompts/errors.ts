/** What is wrong with a template. */
import { InvalidRequestError } from "@polycall/core";

/** A template that lacks a slot, has one that nobody fills, or was given a value for none. */
export class TemplateError extends InvalidRequestError {
  static override readonly kind: string = "TemplateError";
  /** Its name, where it is about one. */
  declare readonly slot: string | undefined;

  constructor(template: string, what: string, slot?: string) {
    super(`The template "${template}" ${what}`, { param: "template" });
    Object.assign(this, { slot });
  }
}
