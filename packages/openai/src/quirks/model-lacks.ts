/** Parameters that some of a host's models refuse. */
import { dropParams } from "@polycall/core";
import { lacking } from "../chat/host-row.ts";
import type { Quirk } from "./quirk.ts";

export function modelLacks(models: RegExp, params: readonly string[]): Quirk {
  return {
    name: "modelLacks",
    onBoth: true,
    body(body, { model, known, changes }) {
      if (models.test(model)) dropParams(body, lacking(params, known), model, changes);
    },
  };
}
