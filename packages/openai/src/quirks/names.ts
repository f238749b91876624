/** Parameters that a host calls something else. */
import { editEach, type Message, Trail } from "@polycall/core";
import type { Quirk } from "./quirk.ts";

/** The host knows one name only for the limit on generated tokens. */
export function maxTokensName(name: "max_tokens" | "max_completion_tokens"): Quirk {
  const other = name === "max_tokens" ? "max_completion_tokens" : "max_tokens";
  return {
    name: "maxTokensName",
    body(body) {
      if (body[other] === undefined) return;
      // The newer name wins where both are given, as on every other way.
      if (body[name] === undefined || other === "max_completion_tokens") body[name] = body[other];
      delete body[other];
    },
  };
}

/** Mistral's name for `seed`. */
export const randomSeed: Quirk = {
  name: "randomSeed",
  body(body) {
    if (body.seed === undefined) return;
    body.random_seed = body.seed;
    delete body.seed;
  },
};

/** Hosts that know `system` only; OpenAI reads both. */
export const developerIsSystem: Quirk = {
  name: "developerIsSystem",
  body(body) {
    const messages = body.messages as { role?: string }[];
    if (!messages.some((message) => message.role === "developer")) return;
    body.messages = messages.map((message) =>
      message.role === "developer" ? { ...message, role: "system" } : message,
    );
  },
};

/** The `name` of a message is a hint that strict hosts refuse (Mistral: 422 "extra_forbidden"). */
export const noMessageName: Quirk = {
  name: "noMessageName",
  messages(messages, { changes }) {
    const trail = Trail.of(messages, changes);
    return editEach(messages, (message) => {
      if (!("name" in message) || message.name === undefined) return message;
      const { name, ...rest } = message;
      const param = `${trail.place(message)}.name`;
      const reason = "this host refuses the name of a message";
      changes.hint({ param, action: "dropped", from: name, reason });
      return trail.copy(message, rest as Message);
    });
  },
};
