/** A program that calls a model and never names node:http itself. */
import { completion } from "polycall";

const messages = [{ role: "user" as const, content: "Tell a joke." }];
await completion({ model: "openai/gpt-6-luna", messages });
