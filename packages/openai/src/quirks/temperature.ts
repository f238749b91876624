/** Hosts whose temperature ends below OpenAI's 2: more is a 400 or a 422. */
import type { Quirk } from "./quirk.ts";

/** @param most the highest temperature that the host takes */
export function temperatureUpTo(most: number): Quirk {
  return {
    name: "temperatureUpTo",
    onBoth: true,
    body(body, { known, changes }) {
      const from = body.temperature;
      const said = known?.params?.temperature;
      if (said === true || (said && said.max !== undefined)) return;
      if (typeof from !== "number" || from <= most) return;
      body.temperature = most;
      const reason = `this host takes 0 to ${most}`;
      changes.hint({ param: "temperature", action: "clamped", from, to: most, reason });
    },
  };
}
